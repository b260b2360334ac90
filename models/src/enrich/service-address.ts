import { awsServices } from './provider-services.ts'

/** What CloudTrail writes in place of an address when AWS itself calls, beside service host names. */
const awsInternalAddress = 'AWS Internal'

const serviceHost = /^[a-z][a-z0-9-]{0,39}(?:\.[a-z0-9-]{1,40}){0,3}\.amazonaws\.com(?:\.cn)?$/

/**
 * Whether a source address is a cloud service calling by itself rather than a place on a network: `ecs.amazonaws.com`,
 * `AWS Internal`, Google's `private`. Host names of customers' instances (`ec2-….compute.amazonaws.com`) are none.
 */
export function isServiceAddress(address: string): boolean {
  return serviceName(address) !== ''
}

/**
 * The calling service's name, without a region; `''` when the address is no service. Only names of a closed list are kept,
 * any other is `amazonaws.com`: nothing that a customer could have chosen gets through.
 */
export function serviceName(address: string): string {
  if (address === awsInternalAddress) return 'aws-internal'
  // Google Cloud: callerIp of a call between Google's own production services.
  if (address === 'private') return 'google-internal'
  if (!address.endsWith('.amazonaws.com') && !address.endsWith('.amazonaws.com.cn')) return ''
  if (!serviceHost.test(address) || address.includes('compute') || /[0-9]-[0-9]/.test(address)) return ''
  const service = address.slice(0, address.indexOf('.'))
  return awsServices.has(service) ? `${service}.amazonaws.com` : 'amazonaws.com'
}
