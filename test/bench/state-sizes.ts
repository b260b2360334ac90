import { ByteReader } from '@ostiary/models'

/** Bytes of each identity's state in the snapshot's section of that name. */
export function stateSizesOf(section: Uint8Array): number[] {
  const reader = new ByteReader(section)
  const sizes: number[] = []
  for (let left = reader.u32(); left > 0; left--) {
    reader.text()
    sizes.push(reader.bytes().length)
  }
  return sizes.sort((a, b) => a - b)
}
