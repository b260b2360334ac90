/** The systems met so far, each with the first organisation name it was met with. */
export class AutonomousSystems {
  readonly #positions = new Map<number, number>()
  readonly #numbers: number[] = []
  readonly #names: Uint8Array[] = []
  #nameBytes = 0

  /** Position of a system plus one; `nameOf` is asked once per system. */
  intern(asn: number, nameOf: () => Uint8Array): number {
    const known = this.#positions.get(asn)
    if (known !== undefined) return known
    const name = nameOf()
    this.#numbers.push(asn)
    this.#names.push(name)
    this.#nameBytes += name.length
    this.#positions.set(asn, this.#numbers.length)
    return this.#numbers.length
  }

  finish(): { readonly asNumbers: Uint32Array; readonly nameOffsets: Uint32Array; readonly names: Uint8Array } {
    const nameOffsets = new Uint32Array(this.#numbers.length + 1)
    const names = new Uint8Array(this.#nameBytes)
    let at = 0
    this.#names.forEach((name, index) => {
      names.set(name, at)
      at += name.length
      nameOffsets[index + 1] = at
    })
    return { asNumbers: Uint32Array.from(this.#numbers), nameOffsets, names }
  }
}
