import { type ClearResource } from '../../clear-event.ts'
import type { JsonObject } from '../../source.ts'
/** What the operation touched: the record's own list, and what its parameters name. At most `resourcesMax`. */
export declare function resourcesOf(service: string, record: JsonObject): readonly ClearResource[]
//# sourceMappingURL=resources.d.ts.map
