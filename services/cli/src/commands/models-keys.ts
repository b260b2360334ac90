import type { SetExitCode } from '@ostiary/launcher'
import {
  loadConfig,
  makeModelKey,
  modelKeyIdOf,
  readModelKey,
  readPublicModelKey,
  signModel,
  storedModelIn,
  trustFileOf,
  trustKey,
  wholeModelOf,
  writeSignature,
} from '@ostiary/runtime'
import { OstiaryError } from '@ostiary/schemas'
import { Command } from 'commander'

/** `ostiary models keygen`: a key pair to sign models with. */
export function keygenCommand(_: SetExitCode): Command {
  return new Command('keygen')
    .description('makes an Ed25519 key pair: FILE (yours alone) and FILE.pub')
    .requiredOption('--out <file>', 'where to write the private key')
    .action(({ out }: { readonly out: string }) => {
      const key = makeModelKey(out)
      process.stdout.write(`${JSON.stringify({ key, private: out, public: `${out}.pub` })}\n`)
    })
}

/** `ostiary models sign`: vouches for a model. */
export function signCommand(_: SetExitCode): Command {
  return new Command('sign')
    .description('signs the model in a folder, once it was checked to be whole')
    .argument('<folder>', 'model that "ostiary train" wrote')
    .requiredOption('--key <file>', 'private key that "ostiary models keygen" made')
    .action(async (folder: string, { key }: { readonly key: string }) => {
      process.stdout.write(`${JSON.stringify(await signFolder(folder, key))}\n`)
    })
}

/** Signs the model in a folder. Returns what was signed, by which key. */
export async function signFolder(folder: string, keyFile: string): Promise<{ model: string; key: string }> {
  const { id: model } = wholeModelOf({ ...(await storedModelIn(folder)), signature: undefined })
  const signature = signModel(model, readModelKey(keyFile))
  await writeSignature(folder, signature)
  return { model, key: signature.key }
}

interface TrustFlags {
  readonly name: string
  readonly config?: string
}

/** `ostiary models trust`: whose models may take effect. From the first key on, unsigned ones are refused. */
export function trustCommand(_: SetExitCode): Command {
  return new Command('trust')
    .description('trusts models signed with this key; from the first one on, all others are refused')
    .argument('<file>', 'public key, FILE.pub of "ostiary models keygen"')
    .option('--name <text>', 'whose key it is', '')
    .option('--config <file>', 'configuration file, YAML or JSON')
    .action(async (file: string, { name, config: configFile }: TrustFlags) => {
      if (name !== '' && !/^[^\s][^\r\n]{0,99}$/.test(name))
        throw new OstiaryError('usage.invalid', 'Cannot use --name: give at most 100 characters, the first no space')
      const config = await loadConfig({ file: configFile, env: process.env })
      const path = trustFileOf(config, process.env)
      const publicKey = readPublicModelKey(file)
      await trustKey(path, publicKey, name)
      process.stdout.write(`${JSON.stringify({ trusted: modelKeyIdOf(publicKey), name, in: path })}\n`)
    })
}
