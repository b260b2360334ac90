import { OstiaryError } from '@ostiary/schemas'
import { type Check, type CheckRow, failure, type Outcome, type Patient, skipped } from './check.ts'

/** A check that takes longer has found that somebody does not answer. */
const checkMsMax = 60_000

/**
 * Makes checks one after the other. An error that we know is what a check found; one that we do not is a defect of ours and is
 * thrown.
 *
 * @param begin is told of each check before it is made, and `done` of what came of it
 */
export async function examine(
  checks: readonly Check[],
  patient: Patient,
  tell: { readonly begin: (check: string) => void; readonly done: (row: CheckRow) => void },
): Promise<CheckRow[]> {
  const rows: CheckRow[] = []
  for (const { name, after = [], run } of checks) {
    tell.begin(name)
    const failed = after.find((one) => rows.some(({ check, state }) => check === one && state === 'failure'))
    const row = {
      check: name,
      ...(failed === undefined
        ? await outcomeOf(async () => run(patient))
        : skipped(`${failed} failed: mend that first`)),
    }
    rows.push(row)
    tell.done(row)
  }
  return rows
}

/** What came of a check, within its time. */
export async function outcomeOf(run: () => Promise<Outcome>, msMax: number = checkMsMax): Promise<Outcome> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Outcome>((resolve) => {
    timer = setTimeout(
      () => resolve(failure(`there was no answer within ${msMax / 1000} s: look at the network`)),
      msMax,
    )
  })
  try {
    return await Promise.race([run(), late])
  } catch (error) {
    if (error instanceof OstiaryError && error.code !== 'internal') return failure(error.message)
    throw error
  } finally {
    clearTimeout(timer)
  }
}
