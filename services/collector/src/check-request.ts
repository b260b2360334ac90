import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { RequestRefusal } from './request-refusal.ts'

const recordsPath = '/v1/records'
/** Bytes of a body as it is sent, and of what it inflates to. */
export const bodyBytesMax: number = 64 * 1024 * 1024
export const inflatedBytesMaxDefault: number = 512 * 1024 * 1024

const printableAscii = /^[\x20-\x7e]{1,256}$/
const originDefault = 'http'
const encodings: readonly string[] = ['', 'identity', 'gzip', 'x-gzip']
/** `curl --data-binary` says that it sends a form unless told otherwise. */
const contentTypes: readonly string[] = [
  '',
  'application/json',
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/x-json-stream',
  'application/gzip',
  'application/x-gzip',
  'application/octet-stream',
  'application/x-www-form-urlencoded',
  'text/plain',
]

/** Looks at all of a request but its body. Throws RequestRefusal; gives the origin of its records. */
export function checkRequest(request: IncomingMessage, isAuthorised: (header: string | undefined) => boolean): string {
  const path = request.url?.split('?', 1)[0]
  if (path !== recordsPath)
    throw new RequestRefusal(404, `there is nothing at this path: send records to ${recordsPath}`)
  if (request.method !== 'POST') throw new RequestRefusal(405, 'records are sent with POST', { allow: 'POST' })
  const { headers } = request
  if (!isAuthorised(headers.authorization))
    throw new RequestRefusal(401, 'the token is missing or not the right one: send "Authorization: Bearer <token>"', {
      'www-authenticate': 'Bearer realm="ostiary"',
    })
  checkBodyHeaders(headers)
  return originOf(headers)
}

function checkBodyHeaders(headers: IncomingHttpHeaders): void {
  const encoding = (headers['content-encoding'] ?? '').trim().toLowerCase()
  if (!encodings.includes(encoding))
    throw new RequestRefusal(415, `the content encoding is not understood: gzip or none is`, {
      'accept-encoding': 'gzip',
    })
  const type = (headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase()
  if (!contentTypes.includes(type))
    throw new RequestRefusal(415, 'the content type is not understood: application/json and application/x-ndjson are')
  if (Number(headers['content-length'] ?? 0) > bodyBytesMax) throw bodyTooLong()
}

export function bodyTooLong(): RequestRefusal {
  return new RequestRefusal(413, `the body is longer than ${bodyBytesMax} bytes: send it in parts`)
}

export function inflatedTooLong(bytesMax: number): RequestRefusal {
  return new RequestRefusal(413, `the body inflates to more than ${bytesMax} bytes: send it in parts`)
}

function originOf(headers: IncomingHttpHeaders): string {
  const origin = headers['ostiary-origin']
  if (origin === undefined) return originDefault
  if (typeof origin !== 'string' || !printableAscii.test(origin))
    throw new RequestRefusal(400, 'the header Ostiary-Origin takes 1 to 256 printable ASCII characters')
  return origin
}
