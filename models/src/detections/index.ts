import type { Detection, Policy } from './detection.ts'

export const detections: readonly Detection[] = []
export const policies: readonly Policy[] = []
