import type { Fact } from '../../clear-event.ts'
import type { JsonObject } from '../../source.ts'
/** The facts that a record's parameters tell; the parameters themselves are not kept. */
export declare function factsOf(service: string, operation: string, record: JsonObject): readonly Fact[]
//# sourceMappingURL=facts.d.ts.map
