/** A keyed operator. It may mutate the state it is given, and must touch nothing else. */
export interface Operator<State, In, Out> {
  readonly name: string
  init(): State
  /** Synchronous, total and bounded: never throws on any input of its type, never waits. */
  step(state: State, input: In): readonly Out[]
}
