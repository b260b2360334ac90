import type { Dashboard } from './dashboard.ts'
import { detection } from './detection.ts'
import { kafkaAndState } from './kafka-and-state.ts'
import { overview } from './overview.ts'
import { pipeline } from './pipeline.ts'
import { soc } from './soc.ts'

/** Every dashboard, in the order in which they link to one another. */
export const dashboards: readonly Dashboard[] = [overview, pipeline, detection, kafkaAndState, soc]
