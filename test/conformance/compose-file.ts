import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

/** What we use of the Compose Specification. */
export interface ComposeService {
  readonly image?: string
  readonly build?: string
  readonly command?: readonly string[]
  readonly user?: string
  readonly environment?: Readonly<Record<string, string | number>>
  readonly secrets?: readonly string[]
  readonly volumes?: readonly string[]
  readonly networks?: readonly string[]
  readonly ports?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly read_only?: boolean
  readonly tmpfs?: readonly string[]
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly restart?: string
  readonly mem_limit?: string
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean }
  readonly logging?: { readonly options: Readonly<Record<string, string>> }
}

export interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>
  readonly secrets: Readonly<Record<string, { readonly file: string }>>
  readonly volumes: Readonly<Record<string, null>>
  readonly networks: Readonly<Record<string, null>>
}

type Named = readonly [name: string, service: ComposeService]

const file = fileURLToPath(new URL('../../docker-compose.yml', import.meta.url))

export const compose: Compose = parse(readFileSync(file, 'utf8'), { merge: true, strict: true, uniqueKeys: true })
export const services: readonly Named[] = Object.entries(compose.services)
/** What is built here, the others being pulled. */
export const ours: readonly Named[] = services.filter(([, { build }]) => build !== undefined)
