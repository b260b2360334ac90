import { invalidJson, parseRecord } from './parse-record.ts'
import { headBytesMax } from './raw-item.ts'

/** A number, string, word or array that stands alone is JSON all the same: whoever parses it says that it is no object. */
export function isJsonValue(bytes: Buffer): boolean {
  return bytes.length <= headBytesMax && parseRecord(bytes) !== invalidJson
}

/** Whether `bytes` goes on from a member of an object to the object's end. */
export function isMembers(bytes: Buffer): boolean {
  return bytes.length <= headBytesMax && parseRecord(Buffer.concat([Buffer.from('{"":0'), bytes])) !== invalidJson
}
