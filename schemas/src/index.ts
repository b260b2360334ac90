export * from './access-event.ts'
export * from './alert.ts'
export * from './avro.ts'
export * from './canonical.ts'
export * from './clear-event.ts'
export * from './error-codes.ts'
export * from './finding.ts'
export * from './ocsf/detection-finding.ts'
export {
  type AttackNames,
  type DetectionFindingOptions,
  ocsfVersion,
  toDetectionFinding,
} from './ocsf/detection-finding.ts'
export * from './ocsf/ostiary-fields.ts'
export { type NameOf, toFlat } from './ocsf/ostiary-fields.ts'
export * from './source.ts'
export { sources } from './sources/index.ts'
export { envelopeDepthMax, envelopeRecordsMax, normaliseRecord } from './sources/normalise-record.ts'
export { parseTime } from './sources/parse-time.ts'
