/**
 * Seeded random numbers: sfc32 by Chris Doty-Humphrey (PractRand 0.95, "Small Fast Counting" generator, 128 bits of state),
 * seeded from text by four FNV-1a lanes closed with the finaliser of MurmurHash3 (Austin Appleby, public domain). Only
 * integer arithmetic, division and `Math.log`/`exp`/`sqrt` go into a draw, so that a seed means the same on every Node.
 */
export class Random {
  #a: number
  #b: number
  #c: number
  #counter: number

  constructor(a: number, b: number, c: number, d: number) {
    this.#a = a | 0
    this.#b = b | 0
    this.#c = c | 0
    this.#counter = d | 0
    for (let i = 0; i < 12; i++) this.uint32()
  }

  /** The generator that these words name; different words give unrelated numbers. */
  static of(...words: readonly (string | number)[]): Random {
    const text = words.join('\u0000')
    return new Random(hashText(text, 1), hashText(text, 2), hashText(text, 3), hashText(text, 4))
  }

  /** A generator of its own for a part, so that what the part draws changes nothing elsewhere. */
  child(): Random {
    return new Random(this.uint32(), this.uint32(), this.uint32(), this.uint32())
  }

  uint32(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  /** Uniform in [0, 1). */
  unit(): number {
    return this.uint32() / 4_294_967_296
  }

  /** A whole number from 0 to `count` - 1. */
  below(count: number): number {
    return Math.floor(this.unit() * count)
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.unit() * (high - low + 1))
  }

  /** Uniform in [low, high). */
  range(low: number, high: number): number {
    return low + this.unit() * (high - low)
  }

  chance(probability: number): boolean {
    return this.unit() < probability
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!
  }

  /** One of `from`, the first the likeliest: weights 1, 1/2, 1/3 … as popularity goes in organisations. */
  pickSkewed<T>(from: readonly T[]): T {
    const scale = Math.log(from.length + 1)
    return from[Math.min(from.length - 1, Math.floor(Math.exp(this.unit() * scale)) - 1)]!
  }

  /** The position drawn in proportion to the weights, which are not negative and not all zero. */
  weighted(weights: readonly number[]): number {
    let total = 0
    for (const weight of weights) total += weight
    let left = this.unit() * total
    for (let i = 0; i < weights.length; i++) {
      left -= weights[i]!
      if (left < 0) return i
    }
    return weights.length - 1
  }

  /** In random order: Fisher and Yates. */
  shuffle<T>(items: readonly T[]): T[] {
    const mixed = [...items]
    for (let i = mixed.length - 1; i > 0; i--) {
      const j = this.below(i + 1)
      const held = mixed[i]!
      mixed[i] = mixed[j]!
      mixed[j] = held
    }
    return mixed
  }

  exponential(mean: number): number {
    return -Math.log(1 - this.unit()) * mean
  }

  /** Nearly normal, mean 0 and deviation 1: the sum of twelve uniforms (Irwin and Hall). */
  normal(): number {
    let sum = -6
    for (let i = 0; i < 12; i++) sum += this.unit()
    return sum
  }

  logNormal(median: number, deviation: number): number {
    return median * Math.exp(deviation * this.normal())
  }

  /** Knuth's product method for small means, the normal approximation above 30. */
  poisson(mean: number): number {
    if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.normal()))
    const floor = Math.exp(-mean)
    let product = this.unit()
    let count = 0
    while (product > floor) {
      product *= this.unit()
      count++
    }
    return count
  }

  /** `length` characters of `alphabet`, whose length divides 2^32 or is so small that the skew cannot be seen. */
  text(length: number, alphabet: string): string {
    let written = ''
    for (let i = 0; i < length; i++) written += alphabet[this.below(alphabet.length)]
    return written
  }

  /** Eight lower-case hexadecimal digits for every 32 bits. */
  hex(length: number): string {
    let written = ''
    while (written.length < length) written += hexWord(this.uint32())
    return written.length === length ? written : written.slice(0, length)
  }

  /** Shaped like a version 4 UUID (RFC 9562). */
  uuid(): string {
    const a = this.uint32()
    const b = this.uint32()
    const c = this.uint32()
    const d = this.uint32()
    const middle = hexPairs[(b >>> 24) & 255]! + hexPairs[(b >>> 16) & 255]!
    const version = hexPairs[0x40 | ((b >>> 8) & 15)]! + hexPairs[b & 255]!
    const variant = hexPairs[0x80 | ((c >>> 24) & 63)]! + hexPairs[(c >>> 16) & 255]!
    return `${hexWord(a)}-${middle}-${version}-${variant}-${hexPairs[(c >>> 8) & 255]!}${hexPairs[c & 255]!}${hexWord(d)}`
  }
}

const hexPairs: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

function hexWord(word: number): string {
  return (
    hexPairs[(word >>> 24) & 255]! +
    hexPairs[(word >>> 16) & 255]! +
    hexPairs[(word >>> 8) & 255]! +
    hexPairs[word & 255]!
  )
}

/** 32 bits of a text: FNV-1a, closed with the finaliser of MurmurHash3 so that near texts lie far apart. */
export function hashText(text: string, lane = 0): number {
  let hash = 0x811c9dc5 ^ Math.imul(lane, 0x9e3779b1)
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
