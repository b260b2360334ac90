import { accountStateDetections } from './account-state.ts'
import { actionDetections } from './action.ts'
import { credentialDetections } from './credential.ts'
import type { Detection } from './detection.ts'
import { placeDetections } from './place.ts'
import { volumeDetections } from './volume.ts'

export { policies, policiesOf } from './policies.ts'

/** Every detection that reads a signal, by question. Where two read the same signal, the first that applies leads. */
export const detections: readonly Detection[] = [
  ...credentialDetections,
  ...placeDetections,
  ...actionDetections,
  ...volumeDetections,
  ...accountStateDetections,
]
