import { ByteReader, ByteWriter } from '../sketches/byte-codec.ts'
import { BytePages } from '../sketches/byte-pages.ts'
import { encodeIdentityState, type IdentityState, newIdentityState, readIdentityState } from './identity-state.ts'

/** A state as objects, ready for an event. When its identity makes room, another's is read into the same objects. */
interface Unfolded {
  readonly state: IdentityState
  /** −1 while it is nobody's. */
  row: number
  /** Whether it was asked for since the hand came by. */
  used: boolean
}

/** Stands for no row, place or page. */
const none = -1
const rowsMin = 1024

const blank = new ByteWriter()
encodeIdentityState(newIdentityState(0, 0), blank)
const blankReader = new ByteReader(blank.finish())

/**
 * The states of identities by row, most of them folded. Few of a million identities do something at a time: those that do have their
 * state as objects, and all others lie as the bytes that a snapshot holds of them, which say the same to the last bit, in a
 * tenth of the memory and where the collector has nothing to look at.
 *
 * Which states are unfolded changes no answer. The one that makes room is found by a hand that goes round and passes over those
 * that were used since it last came by (the CLOCK algorithm: Corbató, A Paging Experiment with the Multics System, 1968).
 */
export class FoldedStates {
  readonly #unfoldedMax: number
  readonly #unfolded: Unfolded[] = []
  #hand = 0
  readonly #pages = new BytePages()
  readonly #writer = new ByteWriter()
  /** By row: the first page of the state as it was last folded, and its day then; −1 while it never was. */
  #firstPages = new Int32Array(rowsMin)
  #days = new Int32Array(rowsMin)
  /** By row: the place among the unfolded; −1 while it is folded. */
  #places = new Int32Array(rowsMin)
  #rows = 0
  readonly #freeRows: number[] = []

  /** @param unfoldedMax states that lie unfolded at a time */
  constructor(unfoldedMax: number) {
    this.#unfoldedMax = unfoldedMax
  }

  /** Begins a state. Returns its row. */
  add(timeMs: number, day: number, shared: boolean): number {
    const row = this.#newRow()
    const { state } = this.#seat(row)
    blankReader.rewind()
    readIdentityState(state, blankReader)
    state.shared = shared
    state.firstMs = timeMs
    state.lastMs = timeMs
    state.recentHighMs = timeMs
    state.day = day
    return row
  }

  /** Takes a state from what `encodeIdentityState` wrote. Returns its row. After a throw nothing here is of use. */
  restore(reader: ByteReader): number {
    const row = this.#newRow()
    readIdentityState(this.#seat(row).state, reader)
    return row
  }

  /** The state of a row, to be looked at and changed until another row is asked for. */
  at(row: number): IdentityState {
    const place = this.#places[row]!
    if (place !== none) {
      const held = this.#unfolded[place]!
      held.used = true
      return held.state
    }
    const { state } = this.#seat(row)
    readIdentityState(state, this.#pages.read(this.#firstPages[row]!))
    return state
  }

  /** The day of a row's newest event; unfolds nothing. */
  dayOf(row: number): number {
    const place = this.#places[row]!
    return place === none ? this.#days[row]! : this.#unfolded[place]!.state.day
  }

  /** A row's state as bytes, valid until the next call. */
  bytesOf(row: number): Uint8Array {
    this.#foldIfUsed(row)
    return this.#pages.bytesOf(this.#firstPages[row]!)
  }

  /** How many bytes that is. */
  lengthOf(row: number): number {
    this.#foldIfUsed(row)
    return this.#pages.lengthOf(this.#firstPages[row]!)
  }

  remove(row: number): void {
    const place = this.#places[row]!
    if (place !== none) this.#unfolded[place]!.row = none
    const page = this.#firstPages[row]!
    if (page !== none) this.#pages.remove(page)
    this.#freeRows.push(row)
  }

  /** Writes down what is unfolded and leaves it so. */
  #foldIfUsed(row: number): void {
    const place = this.#places[row]!
    if (place !== none) this.#fold(this.#unfolded[place]!)
  }

  #fold({ state, row }: Unfolded): void {
    const writer = this.#writer
    writer.clear()
    encodeIdentityState(state, writer)
    const page = this.#firstPages[row]!
    if (page === none) this.#firstPages[row] = this.#pages.add(writer)
    else this.#pages.replace(page, writer)
    this.#days[row] = state.day
  }

  /** A place for the state of a row, which is still to be read into it. */
  #seat(row: number): Unfolded {
    const place = this.#freePlace()
    const held = this.#unfolded[place]!
    held.row = row
    held.used = true
    this.#places[row] = place
    return held
  }

  #freePlace(): number {
    const unfolded = this.#unfolded
    if (unfolded.length < this.#unfoldedMax)
      return unfolded.push({ state: newIdentityState(0, 0), row: none, used: false }) - 1
    for (;;) {
      const place = this.#hand
      const held = unfolded[place]!
      this.#hand = place + 1 === unfolded.length ? 0 : place + 1
      if (held.row === none) return place
      if (!held.used) {
        this.#fold(held)
        this.#places[held.row] = none
        return place
      }
      held.used = false
    }
  }

  #newRow(): number {
    const row = this.#freeRows.pop() ?? this.#rows++
    if (row === this.#places.length) {
      this.#firstPages = doubled(this.#firstPages)
      this.#days = doubled(this.#days)
      this.#places = doubled(this.#places)
    }
    this.#firstPages[row] = none
    this.#places[row] = none
    return row
  }
}

function doubled(numbers: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(numbers.length * 2)
  grown.set(numbers)
  return grown
}
