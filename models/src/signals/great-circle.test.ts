import fc from 'fast-check'
import { expect, test } from 'vitest'
import { greatCircleKm, spherePoint } from './great-circle.ts'

/** The formula that is well-conditioned at every distance (a sphere's case of Vincenty's), with the engine's trigonometry. */
function referenceKm(lat1: number, lon1: number, lat2: number, lon2: number): number {
  const rad = Math.PI / 180
  const [a, b, d] = [lat1 * rad, lat2 * rad, (lon2 - lon1) * rad]
  const across = Math.cos(b) * Math.sin(d)
  const along = Math.cos(a) * Math.sin(b) - Math.sin(a) * Math.cos(b) * Math.cos(d)
  const dot = Math.sin(a) * Math.sin(b) + Math.cos(a) * Math.cos(b) * Math.cos(d)
  return 6371 * Math.atan2(Math.sqrt(across * across + along * along), dot)
}

const latitude = fc.double({ min: -90, max: 90, noNaN: true })
const longitude = fc.double({ min: -180, max: 180, noNaN: true })

test('agrees with the reference anywhere on Earth', () => {
  fc.assert(
    fc.property(latitude, longitude, latitude, longitude, (lat1, lon1, lat2, lon2) => {
      const distance = greatCircleKm(spherePoint(lat1, lon1), spherePoint(lat2, lon2))
      expect(Math.abs(distance - referenceKm(lat1, lon1, lat2, lon2))).toBeLessThan(0.1)
    }),
  )
})

test('knows the distances of an atlas', () => {
  const london = spherePoint(51.5, -0.13)
  expect(greatCircleKm(london, spherePoint(40.71, -74.01))).toBeCloseTo(5570, -1.5)
  expect(greatCircleKm(london, london)).toBe(0)
  expect(greatCircleKm(spherePoint(0, 0), spherePoint(0, 180))).toBeCloseTo(Math.PI * 6371, 3)
})
