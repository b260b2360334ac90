/** Avro primitive names and the TypeScript type each one carries. */
interface Primitives {
  null: null
  boolean: boolean
  int: number
  long: number
  float: number
  double: number
  string: string
  bytes: Uint8Array
}

/**
 * The TypeScript type of a value that conforms to the Avro schema `S`, for schemas written inline `as const`.
 * This keeps the Avro schema the one source of truth: the type is read off it and cannot drift.
 */
export type AvroValue<S> = S extends keyof Primitives
  ? Primitives[S]
  : S extends { type: 'record'; fields: infer F }
    ? F extends readonly { name: string; type: unknown }[]
      ? { readonly [K in F[number] as K['name']]: AvroValue<K['type']> }
      : never
    : S extends { type: 'enum'; symbols: readonly (infer E)[] }
      ? E
      : S extends { type: 'array'; items: infer I }
        ? readonly AvroValue<I>[]
        : S extends { type: 'map'; values: infer V }
          ? { readonly [key: string]: AvroValue<V> }
          : S extends readonly (infer U)[]
            ? U extends unknown
              ? AvroValue<U>
              : never
            : never
