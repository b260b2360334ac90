/** A stream of pseudo-random numbers that depends on its seed alone, on every machine. */
export interface SeededRandom {
  /** 32 random bits as a whole number ≥ 0. */
  bits(): number
  /** Uniform in [0, 1). */
  uniform(): number
  /** A whole number from 0 to `count` − 1. */
  below(count: number): number
  /** Normal with mean 0 and variance 1. */
  normal(): number
}

/** sfc32 by C. Doty-Humphrey (PractRand), seeded by splitmix32 so that neighbouring seeds give unrelated streams. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0
  const mixed = (): number => {
    state = (state + 0x9e3779b9) >>> 0
    let z = state
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return (z ^ (z >>> 15)) >>> 0
  }
  let a = mixed()
  let b = mixed()
  let c = mixed()
  let counter = 1
  const bits = (): number => {
    const sum = (a + b + counter) >>> 0
    counter = (counter + 1) >>> 0
    a = (b ^ (b >>> 9)) >>> 0
    b = (c + (c << 3)) >>> 0
    c = (((c << 21) | (c >>> 11)) + sum) >>> 0
    return sum
  }
  for (let i = 0; i < 12; i++) bits()
  const uniform = (): number => bits() / 4_294_967_296
  let spare = Number.NaN
  return {
    bits,
    uniform,
    below: (count) => Math.floor(uniform() * count),
    normal() {
      if (!Number.isNaN(spare)) {
        const held = spare
        spare = Number.NaN
        return held
      }
      // Marsaglia's polar method: it needs no sine or cosine, whose last bits differ between runtimes.
      for (;;) {
        const x = 2 * uniform() - 1
        const y = 2 * uniform() - 1
        const square = x * x + y * y
        if (square >= 1 || square === 0) continue
        const scale = Math.sqrt((-2 * Math.log(square)) / square)
        spare = y * scale
        return x * scale
      }
    },
  }
}
