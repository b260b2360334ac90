/** Mean radius of the Earth, in km (IUGG). */
const earthRadiusKm = 6371

const radiansPerDegree = 0.017453292519943295

/** A point on the unit sphere. */
export interface SpherePoint {
  readonly x: number
  readonly y: number
  readonly z: number
}

/** sin of |angle| ≤ π/2 by its Taylor series: the core uses no library sine, whose last bits differ between engines. */
function sinOfQuarter(angle: number): number {
  const square = angle * angle
  let term = angle
  let sum = angle
  for (let k = 2; k <= 20; k += 2) {
    term = (-term * square) / (k * (k + 1))
    sum += term
  }
  return sum
}

/** [sin, cos] of |angle| ≤ π, by the double-angle formulas. */
function sinCos(angle: number): readonly [number, number] {
  const halfSin = sinOfQuarter(angle / 2)
  const halfCos = Math.sqrt(Math.max(1 - halfSin * halfSin, 0))
  return [2 * halfSin * halfCos, 1 - 2 * halfSin * halfSin]
}

/** The point at a latitude in [−90, 90] and a longitude in [−180, 180], in degrees. */
export function spherePoint(latitudeDegrees: number, longitudeDegrees: number): SpherePoint {
  const [sinLatitude, cosLatitude] = sinCos(latitudeDegrees * radiansPerDegree)
  const [sinLongitude, cosLongitude] = sinCos(longitudeDegrees * radiansPerDegree)
  return { x: cosLatitude * cosLongitude, y: cosLatitude * sinLongitude, z: sinLatitude }
}

/** Angle whose sine is in [0, 1]: halved until its Taylor series converges fast. */
function arcSin(sine: number): number {
  let value = sine
  let doublings = 1
  while (value > 0.1) {
    value /= Math.sqrt(2 * (1 + Math.sqrt(Math.max(1 - value * value, 0))))
    doublings *= 2
  }
  const square = value * value
  return doublings * value * (1 + square * (1 / 6 + square * (3 / 40 + square * (15 / 336 + (square * 105) / 3456))))
}

/** Great-circle distance of two points, in km: from the chord between them, which is stable for near points. */
export function greatCircleKm(a: SpherePoint, b: SpherePoint): number {
  const dx = a.x - b.x
  const dy = a.y - b.y
  const dz = a.z - b.z
  return 2 * earthRadiusKm * arcSin(Math.min(Math.sqrt(dx * dx + dy * dy + dz * dz) / 2, 1))
}
