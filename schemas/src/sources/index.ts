import type { Source } from '../source.ts'
import { awsCloudtrail } from './aws-cloudtrail/normalise.ts'

/** Every source, in the order in which formats are tried. */
export const sources: readonly Source[] = [awsCloudtrail]
