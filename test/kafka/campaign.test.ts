import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { bin, commandFolder } from '../e2e/command.ts'
import { Campaign } from '../torture/campaign.ts'

// Builds the command.
commandFolder()
const folder = mkdtempSync(join(tmpdir(), 'ostiary-campaign-'))
const campaign = new Campaign({
  kills: 6,
  seed: 4,
  // One of each, so that the alerts are held to those of an undisturbed run as well.
  rawPartitions: 1,
  eventPartitions: 1,
  recordsPerKill: 300,
  program: bin,
  folder,
  timeoutMs: 420_000,
  tell: () => undefined,
})
afterAll(async () => {
  await campaign.close()
  rmSync(folder, { recursive: true, force: true })
})

test('every law holds after a short campaign of faults', async () => {
  const result = await campaign.run()
  expect(result.differences.lines()).toEqual([])
  expect(result.kills).toBeGreaterThanOrEqual(6)
  expect(result.findings).toBeGreaterThan(0)
  expect(result.counts.recoveries).toBeGreaterThan(0)
}, 480_000)
