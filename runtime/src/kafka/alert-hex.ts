import { type Alert, alertSchema } from '@ostiary/schemas'
import avro from 'avsc'

const type = avro.Type.forSchema(alertSchema as never)

/** An alert's bytes in `access.alerts`, in hex; without the header, whose schema id is the registry's. */
export function alertHex(alert: Alert): string {
  return type.toBuffer(alert).toString('hex')
}
