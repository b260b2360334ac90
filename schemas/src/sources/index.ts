import type { Source } from '../source.ts'
import { awsCloudtrail } from './aws-cloudtrail/normalise.ts'
import { azureActivity } from './azure-activity/normalise.ts'
import { entraAudit } from './entra-audit/normalise.ts'
import { entraSignin } from './entra-signin/normalise.ts'
import { gcpAudit } from './gcp-audit/normalise.ts'

/** Every source, in the order in which formats are tried. */
export const sources: readonly Source[] = [awsCloudtrail, gcpAudit, azureActivity, entraSignin, entraAudit]
