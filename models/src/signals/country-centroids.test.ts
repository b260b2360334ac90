import { expect, test } from 'vitest'
import { countryCentroids } from './country-centroids.ts'
import { greatCircleKm } from './great-circle.ts'

test('holds the 249 codes of ISO 3166-1 and Kosovo, each a disc on the globe', () => {
  expect(countryCentroids.size).toBe(250)
  for (const [code, { point, radiusKm }] of countryCentroids) {
    expect(code).toMatch(/^[A-Z]{2}$/)
    expect(point.x * point.x + point.y * point.y + point.z * point.z).toBeCloseTo(1, 12)
    expect(radiusKm).toBeGreaterThan(0)
    expect(radiusKm).toBeLessThan(3000)
  }
})

/** Pairs that share a border or a narrow strait, on every continent: a disc too small or misplaced shows here. */
const neighbours = [
  ['US', 'CA'],
  ['US', 'MX'],
  ['FR', 'GB'],
  ['FR', 'ES'],
  ['DE', 'PL'],
  ['DE', 'CH'],
  ['NO', 'SE'],
  ['SE', 'FI'],
  ['CN', 'IN'],
  ['CN', 'RU'],
  ['CN', 'VN'],
  ['JP', 'KR'],
  ['BR', 'AR'],
  ['CL', 'AR'],
  ['AU', 'ID'],
  ['AU', 'PG'],
  ['NG', 'GH'],
  ['ZA', 'ZW'],
  ['EG', 'SA'],
  ['IN', 'LK'],
  ['MY', 'SG'],
  ['TR', 'GR'],
  ['KE', 'TZ'],
  ['PE', 'EC'],
] as const

test.each(neighbours)('%s and %s lie within 500 km of each other', (a, b) => {
  const one = countryCentroids.get(a)!
  const other = countryCentroids.get(b)!
  expect(greatCircleKm(one.point, other.point) - one.radiusKm - other.radiusKm).toBeLessThan(500)
})

/** Pairs an ocean or a continent apart, with the least distance between them that an atlas allows. */
const far = [
  ['DE', 'US', 3500],
  ['DE', 'SG', 8500],
  ['GB', 'JP', 7000],
  ['BR', 'NG', 3000],
  ['NL', 'KR', 7000],
  ['IE', 'CA', 1500],
  ['AU', 'ZA', 6500],
  ['IN', 'DE', 3500],
  ['CN', 'US', 5000],
] as const

test.each(far)('%s and %s lie more than %d km apart', (a, b, km) => {
  const one = countryCentroids.get(a)!
  const other = countryCentroids.get(b)!
  expect(greatCircleKm(one.point, other.point) - one.radiusKm - other.radiusKm).toBeGreaterThan(km)
})
