import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runTool } from './tool.ts'

/** The broker's key and certificate, in a folder, by name. */
export const keystoreName = 'server.pem'
/** The certificate alone: what a client has to trust. */
export const certificateName = 'certificate.pem'
const keyName = 'key.pem'
const convertedName = 'key.pkcs8.pem'

const validDays = 3650
const toolMsMax = 60_000

/** A key and a certificate for the loopback interface, signed by itself; kept where the folder has them. */
export async function makeTlsFiles(folder: string): Promise<void> {
  if (existsSync(join(folder, keystoreName))) return
  const action = 'make a TLS certificate'
  await runTool(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-sha256', '-days', String(validDays)],
      ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
      ...['-keyout', keyName, '-out', certificateName],
    ],
    { action, timeoutMs: toolMsMax, cwd: folder },
  )
  // Java reads PKCS #8 only, which older versions of openssl do not write above.
  await runTool('openssl', ['pkcs8', '-topk8', '-nocrypt', '-in', keyName, '-out', convertedName], {
    action,
    timeoutMs: toolMsMax,
    cwd: folder,
  })
  const key = await readFile(join(folder, convertedName), 'utf8')
  const certificate = await readFile(join(folder, certificateName), 'utf8')
  await writeFile(join(folder, keystoreName), `${key}${certificate}`, { mode: 0o600 })
  for (const name of [keyName, convertedName]) await rm(join(folder, name))
}
