import type { NetworkType } from '@ostiary/schemas'

/**
 * What kind of network an autonomous system is. Facts from the operators' own pages and from the organisation names under
 * which the regional registries list the numbers. Where one operator runs several businesses under one number, the mark
 * says what an access log's caller there most likely is.
 */
const marks: readonly { readonly type: NetworkType; readonly asns: readonly number[] }[] = [
  {
    // Public clouds: Amazon, Google, Microsoft, Oracle, Alibaba, Tencent, Huawei, IBM, and content networks whose
    // customers' code can call out (Cloudflare, Fastly, Akamai, G-Core).
    type: 'cloud',
    asns: [
      7224, 8987, 14618, 16509, 38895, 62785, 15169, 19527, 396982, 8068, 8069, 8070, 8071, 8072, 8073, 8074, 8075,
      12076, 31898, 37963, 45102, 134963, 45090, 132203, 55990, 136907, 36351, 13335, 209242, 132892, 395747, 54113,
      20940, 36183, 199524, 36459,
    ],
  },
  {
    // Hosting: rented servers. OVH, Hetzner, DigitalOcean, Linode (Akamai), Vultr (The Constant Company), Scaleway,
    // Contabo, Leaseweb, Rackspace, IONOS, netcup, Hostinger, UpCloud, GoDaddy, Hivelocity, Sharktech, FranTech,
    // HostPapa, QuadraNet, Psychz, Clouvider, Hydra, Performive, WorldStream, Wildcard, Advania, Kirino, Selectel,
    // TimeWeb, Reg.ru, AlexHost, 1337 Services, Cherry Servers, Multacom, Zenlayer, velia, xTom, NForce, NetActuate,
    // Namecheap, UK-2, tzulo, InMotion, QuickPacket, UCloud, Kaopu, IP Volume, Chang Way, FlokiNET, GTHost, HOSTKEY,
    // Limestone, HostRoyale, Gandi, M247 UK.
    type: 'hosting',
    asns: [
      16276, 24940, 213230, 14061, 393406, 46652, 63949, 20473, 12876, 51167, 40021, 141995, 60781, 28753, 16265, 30633,
      59253, 19994, 33070, 15395, 8560, 197540, 47583, 202053, 26496, 398101, 29802, 61317, 46844, 53667, 36352, 54290,
      8100, 40676, 62240, 25369, 46562, 49981, 34119, 50613, 41378, 49505, 9123, 197695, 48282, 200019, 210558, 16125,
      35916, 21859, 30083, 3214, 43350, 36236, 22612, 13213, 11878, 22611, 46261, 135377, 138915, 202425, 57523, 200651,
      63023, 395839, 46475, 203020, 203476, 206264, 60404, 204601, 58065, 42675, 55286, 62904, 20454, 32475, 55081,
      26347, 24961, 16247, 42973, 33970,
    ],
  },
  {
    // Networks that carry commercial VPNs before all else: M247 Europe, Datacamp (CDN77), 31173 Services (Mullvad),
    // Proton, PacketHub and Tefincom (NordVPN), Windscribe, Private Layer, Relayify.
    type: 'vpn',
    asns: [
      9009, 60068, 212238, 39351, 62371, 209103, 199218, 208172, 136787, 147049, 207137, 141039, 397540, 51852, 203156,
    ],
  },
]

/** Words of an organisation's name that say it rents out servers; looked for in networks the table above does not name. */
const hostingWords: readonly string[] = [
  'hosting',
  'hoster',
  'data center',
  'datacenter',
  'datacentre',
  'data centre',
  'dedicated server',
  'colocation',
  'vps',
  'cloud',
]
const vpnWords: readonly string[] = ['vpn']

/** The tables as one value, so that they have a hash. */
export const networkMarks: {
  readonly marks: typeof marks
  readonly hostingWords: readonly string[]
  readonly vpnWords: readonly string[]
} = { marks, hostingWords, vpnWords }

const typeByAsn: ReadonlyMap<number, NetworkType> = new Map(
  marks.flatMap((mark) => mark.asns.map((asn): [number, NetworkType] => [asn, mark.type])),
)

/** The kind of network behind an AS: by its number, else by its organisation's name, else an access network. */
export function networkTypeOf(asn: number, organisation: string): NetworkType {
  if (asn === 0) return 'unknown'
  const marked = typeByAsn.get(asn)
  if (marked !== undefined) return marked
  const lower = organisation.toLowerCase()
  if (vpnWords.some((word) => lower.includes(word))) return 'vpn'
  return hostingWords.some((word) => lower.includes(word)) ? 'hosting' : 'access'
}
