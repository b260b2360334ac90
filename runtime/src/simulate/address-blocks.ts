/**
 * Parts of address blocks that providers hold in public registries, by what calls out of them. Only the block is real: the
 * rest of every address is drawn at random and denotes nobody. A block is written by its first two numbers (a /16) or three (a
 * /24); its test looks every one up in the tables the product ships, so that simulated callers have networks and countries.
 */
export type NetworkKind = 'home' | 'business' | 'hosting' | 'vpn' | 'runner' | 'cloud'

/** Internet access of households: DSL, cable, fibre. */
const home: Readonly<Record<string, string>> = {
  DE: '87.160 84.170 79.200 178.0 188.100 91.10 24.134 95.90 109.192',
  GB: '81.150 86.150 82.10 80.5 90.200 2.120',
  FR: '90.10 86.200 92.150 82.64 88.170',
  ES: '83.50 79.150 95.120 84.120',
  PL: '83.20 83.10 79.185 31.60 188.146',
  US: '73.150 67.180 98.200 71.60 24.90 76.170 108.30 99.100 98.140',
  CA: '70.50 99.230 99.240 24.80 70.70 174.90 67.70',
  BR: '201.6 186.220 177.30 189.40 179.100',
  IN: '49.36 117.200 122.170 47.30',
  SG: '118.200 116.86 175.156 121.6',
  JP: '153.150 180.10 126.100 126.50 60.90 118.10',
  AU: '58.160 101.160 120.150 60.240 101.170 220.240',
  IT: '87.5 79.40 93.40 151.30',
  NL: '62.195 77.160',
  PT: '2.80 188.80 85.240',
  CH: '85.2 188.60',
  SE: '78.70 90.230 85.225',
  TW: '118.160 1.160',
  TR: '88.240 85.100',
  ZA: '105.225 41.13',
  VN: '113.160 171.240 1.52',
  ID: '110.136 36.80 114.120',
  NG: '102.89 197.210',
  AR: '181.30 201.212 186.18',
  GR: '79.130 94.70',
}

/** Leased lines of offices, hotels and conference centres. */
const business: Readonly<Record<string, string>> = {
  DE: '217.110 194.25 212.185 217.6',
  GB: '217.33 62.172 81.128 31.94',
  FR: '80.14 80.13',
  ES: '195.53 217.126 80.58 212.170',
  PL: '212.160 80.50',
  US: '8.30 4.14 12.30 65.200 50.200 96.80',
  CA: '64.180 142.180',
  BR: '177.50 189.100',
  IN: '182.71 115.113 121.240 125.21',
  SG: '203.116 165.21',
  JP: '202.32 123.220',
  AU: '203.50 139.130 203.38',
}

/** Rented servers, where stolen credentials are often used from; a country only where the whole block lies in it. */
const hosting: Readonly<Record<string, string>> = {
  DE: '116.202',
  FI: '95.217',
  US: '5.161',
  CA: '51.79',
  FR: '51.15 163.172',
  NL: '85.17',
  '': '159.65 167.99 134.209 139.162 45.76 51.68 145.239 165.22',
}

/** Commercial VPN exits. */
const vpn: Readonly<Record<string, string>> = {
  '': '89.187.165 89.187.178 84.17.57 195.181.163 37.120.140 37.120.205 5.157.205 159.26.105 85.115.110 179.43.140',
}

/** Hosted runners of CI services. */
const runner: Readonly<Record<string, string>> = {
  US: '20.57 13.64 52.150 172.180 4.150 20.120 20.1 20.55 52.240',
}

/** Public addresses of a cloud's regions, by region; `gcp` and `azure` stand for customers of other clouds. */
const cloud: Readonly<Record<string, string>> = {
  'us-east-1': '3.208 3.220 44.200 3.90 34.224',
  'us-east-2': '3.15 18.217 3.130',
  'us-west-2': '34.210 44.230 44.240',
  'eu-west-1': '34.240 34.250 52.210 52.16',
  'eu-west-2': '18.130 35.176',
  'eu-west-3': '35.181 15.188',
  'eu-central-1': '3.66 3.70 18.184 18.195 3.120',
  'eu-north-1': '13.50 16.16 13.53',
  'eu-south-1': '35.152 15.160',
  'ap-southeast-1': '13.213 18.140 18.138',
  'ap-southeast-2': '13.238 3.106 54.206',
  'ap-northeast-1': '13.114 18.180 3.112',
  'ap-northeast-2': '3.38 43.200',
  'ap-south-1': '13.233 65.1 52.66',
  'ca-central-1': '3.96 35.182 52.60',
  'sa-east-1': '18.228 18.230 54.94',
  gcp: '34.66 34.70 34.90 34.76 35.195 34.122',
  azure: '20.80 20.115 4.180',
}

const tables: Readonly<Record<NetworkKind, Readonly<Record<string, readonly string[]>>>> = {
  home: split(home),
  business: split(business),
  hosting: split(hosting),
  vpn: split(vpn),
  runner: split(runner),
  cloud: split(cloud),
}

/** The blocks of a kind in a place (country, region, or '' where no country holds the whole block); empty where there are none. */
export function blocksOf(kind: NetworkKind, place: string): readonly string[] {
  return tables[kind][place] ?? []
}

/** The places of which a kind has blocks. */
export function placesOf(kind: NetworkKind): readonly string[] {
  return Object.keys(tables[kind])
}

function split(table: Readonly<Record<string, string>>): Record<string, readonly string[]> {
  return Object.fromEntries(Object.entries(table).map(([place, blocks]) => [place, blocks.split(' ')]))
}
