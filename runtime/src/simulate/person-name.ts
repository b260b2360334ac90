import type { Random } from './random.ts'

const given: readonly string[] =
  'ada bela chiara dara emil farid greta hana igor jana kofi lena marek nadia omar petra quentin rosa sven tara ugo vera wanda xenia yara zoe'.split(
    ' ',
  )
/** Made of two halves each, so that nobody is meant. */
const fronts: readonly string[] =
  'alder birch brook clay dale elm fern glen heath lake moor oak reed stone thorn wood'.split(' ')
const backs: readonly string[] = 'berg field ford gate holm land ley mark by stad ton wick'.split(' ')

/** A made-up name such as `lena.elmstad`, with the position behind it wherever two could meet. */
export function createName(position: number, random: Random): string {
  const first = given[position % given.length]!
  const suffix = position < given.length ? '' : String(Math.floor(position / given.length))
  return `${first}.${random.pick(fronts)}${random.pick(backs)}${suffix}`
}
