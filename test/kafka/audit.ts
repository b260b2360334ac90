/** A decision of Kafka's authorizer. */
export interface Decision {
  readonly principal: string
  readonly allowed: boolean
  readonly operation: string
  /** `Topic`, `Group`, `TransactionalId`, `Cluster`. */
  readonly resource: string
  readonly name: string
  readonly request: string
}

const pattern =
  /Principal = User:(\S+) is (Allowed|Denied) operation = (\w+) from host = \S+ on resource = (\w+):LITERAL:(\S+) for request = (\w+) /

/** Reads the lines of Kafka's `authorizer.log`, without those of the broker itself. */
export function decisionsOf(lines: readonly string[]): Decision[] {
  return lines.flatMap((line) => {
    const [, principal, said, operation, resource, name, request] = pattern.exec(line) ?? []
    if (principal === undefined || principal === 'ANONYMOUS') return []
    return {
      principal,
      allowed: said === 'Allowed',
      operation: operation!,
      resource: resource!,
      name: name!,
      request: request!,
    }
  })
}
