import type { ClearPrincipal } from '../../clear-event.ts'
import type { JsonObject } from '../../source.ts'
/** Reads `userIdentity`, in every shape CloudTrail gives it. */
export declare function principalOf(record: JsonObject): ClearPrincipal
//# sourceMappingURL=principal.d.ts.map
