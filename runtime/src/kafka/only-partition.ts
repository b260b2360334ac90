import { AssignerProtocol, type PartitionAssigner } from 'kafkajs'

/** Gives every member the one partition; meant for groups of one member, since kafkajs reads in groups only. */
export function onlyPartition(topic: string, partition: number): PartitionAssigner {
  const name = 'only-partition'
  const version = 1
  const userData = Buffer.alloc(0)
  return () => ({
    name,
    version,
    assign: async ({ members }) =>
      members.map(({ memberId }) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({
          version,
          assignment: { [topic]: [partition] },
          userData,
        }),
      })),
    protocol: ({ topics }) => ({
      name,
      metadata: AssignerProtocol.MemberMetadata.encode({ version, topics, userData }),
    }),
  })
}
