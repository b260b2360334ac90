import { type Fixture, times } from './fixture.ts'
import { dayMs } from './test-event.ts'

const workload = { identity: { type: 'workload', type_evidence: 'service account' } } as const

/** For tests: where each detection of `account-state.ts` must apply, and where it must not. */
export const accountStateFixtures: Readonly<Record<string, Fixture>> = {
  dormant_identity_active: {
    applies: { days: 40, pauseMs: 200 * dayMs, event: {} },
    says: /^dormant identity active again: silent for 20\d days, though usually active every day|every 1\.\d days/,
    not: { days: 40, pauseMs: 21 * dayMs, event: {} },
  },
  silent_program_resumed: {
    applies: { days: 40, daily: times(2, workload), pauseMs: 6 * dayMs, event: workload },
    says: /^was silent for 6 days, though usually active every day: it stood still, or its log did/,
    not: { days: 40, daily: times(2, workload), pauseMs: dayMs, event: workload },
  },
}
