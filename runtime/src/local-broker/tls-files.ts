import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runTool } from './tool.ts'

/** The broker's key and certificate, in a folder, by name. */
export const keystoreName = 'server.pem'
/** The authority's certificate: what a client has to trust. */
export const authorityName = 'authority.pem'

const keyName = 'key.pem'
const convertedName = 'key.pkcs8.pem'
const authorityKeyName = 'authority.key.pem'
const requestName = 'request.pem'
const certificateName = 'certificate.pem'
const extensionsName = 'extensions.cnf'

const validDays = 3650
const toolMsMax = 60_000
/** Clients compare the address they asked for with these. */
const extensions = 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n'

/**
 * A key and a certificate for the loopback interface, signed by an authority that is made for it, and whose key is thrown
 * away; kept where the folder has them.
 */
export async function makeTlsFiles(folder: string): Promise<void> {
  if (existsSync(join(folder, keystoreName))) return
  const openssl = (args: readonly string[]): Promise<string> =>
    runTool('openssl', args, { action: 'make a TLS certificate', timeoutMs: toolMsMax, cwd: folder })
  const newKey = ['-newkey', 'rsa:2048', '-nodes', '-sha256']
  const days = ['-days', String(validDays)]
  await openssl([
    ...['req', '-x509', ...newKey, ...days, '-subj', '/CN=Ostiary local authority'],
    ...['-keyout', authorityKeyName, '-out', authorityName],
  ])
  await openssl(['req', ...newKey, '-subj', '/CN=localhost', '-keyout', keyName, '-out', requestName])
  await writeFile(join(folder, extensionsName), extensions)
  await openssl([
    ...['x509', '-req', '-sha256', ...days, '-in', requestName, '-CA', authorityName, '-CAkey', authorityKeyName],
    ...['-set_serial', '1', '-extfile', extensionsName, '-out', certificateName],
  ])
  // Java reads PKCS #8 only, which older versions of openssl do not write above.
  await openssl(['pkcs8', '-topk8', '-nocrypt', '-in', keyName, '-out', convertedName])
  const key = await readFile(join(folder, convertedName), 'utf8')
  const certificate = await readFile(join(folder, certificateName), 'utf8')
  await writeFile(join(folder, keystoreName), `${key}${certificate}`, { mode: 0o600 })
  for (const name of [keyName, convertedName, authorityKeyName, requestName, certificateName, extensionsName])
    await rm(join(folder, name))
}
