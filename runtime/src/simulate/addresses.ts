import type { NetworkKind } from './address-blocks.ts'
import { blocksOf, placesOf } from './address-blocks.ts'
import type { Random } from './random.ts'

/** An address of a block of that kind and place; where the kind has none there, of any of its blocks. */
export function drawAddress(kind: NetworkKind, place: string, random: Random): string {
  const blocks = blocksOf(kind, place)
  return addressIn(random.pick(blocks.length > 0 ? blocks : blocksOf(kind, random.pick(placesOf(kind)))), random)
}

/** A random address of a block; never the network's own or its broadcast address. */
export function addressIn(block: string, random: Random): string {
  const third = block.indexOf('.') === block.lastIndexOf('.') ? `.${random.below(256)}` : ''
  return `${block}${third}.${random.between(1, 254)}`
}

/** An address inside a private network, of the subnet that the number names. */
export function privateAddress(network: number, random: Random): string {
  return `10.${network % 256}.${random.below(64)}.${random.between(4, 250)}`
}

const countriesOfTrips: readonly string[] = [
  'DE',
  'GB',
  'FR',
  'ES',
  'PL',
  'US',
  'CA',
  'BR',
  'IN',
  'SG',
  'JP',
  'AU',
].concat(['IT', 'NL', 'PT', 'CH', 'SE', 'TW', 'TR', 'ZA', 'GR'])

/** Where a trip goes. */
export function countryAbroad(own: string, random: Random): string {
  return random.pick(countriesOfTrips.filter((country) => country !== own))
}

/** A hotel's or guest network abroad. */
export function hotelAddress(country: string, random: Random): string {
  const kind = blocksOf('business', country).length > 0 && random.chance(0.6) ? 'business' : 'home'
  return drawAddress(kind, country, random)
}

const farAway: readonly string[] = ['VN', 'ID', 'NG', 'AR', 'TR', 'BR', 'ZA', 'US', 'IN', 'TW']

export interface ForeignAddress {
  readonly address: string
  /** As labels name it: `res` a household's, `hfor` a server abroad, `hsame` a server in the victim's own country. */
  readonly kind: 'res' | 'hfor' | 'hsame'
}

/** Whence somebody else uses a credential. */
export function attackerAddress(victimCountry: string, random: Random): ForeignAddress {
  const draw = random.unit()
  if (draw < 0.25) {
    const country = random.pick(farAway.filter((other) => other !== victimCountry))
    return { address: drawAddress('home', country, random), kind: 'res' }
  }
  const near = blocksOf('hosting', victimCountry)
  if (draw < 0.4 && near.length > 0) return { address: addressIn(random.pick(near), random), kind: 'hsame' }
  if (draw < 0.6) return { address: drawAddress('vpn', '', random), kind: 'hfor' }
  const place = random.pick(placesOf('hosting').filter((other) => other !== victimCountry))
  return { address: drawAddress('hosting', place, random), kind: 'hfor' }
}
