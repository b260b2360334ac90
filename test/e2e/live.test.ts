import { writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { commandFolder, expectCode, type Json, jsonLines, linesOf, setUpMs } from './command.ts'
import { startOnTerminal, terminalPossible, terminalText } from './terminal.ts'

const folder = commandFolder()
const sixty = ['--identities', '60', '--days', '10']

beforeAll(async () => {
  expectCode(await folder.run(['simulate', '--identities', '20', '--days', '6', '--out', 'org.ndjson']), 0)
}, setUpMs)

describe('without a terminal', () => {
  test('the alerts as lines, the numbers at the end', async () => {
    const ran = await folder.run(['live', ...sixty])
    expectCode(ran, 0)
    const alerts = jsonLines(ran.stdout)
    expect(alerts.length).toBeGreaterThan(5)
    expect(alerts.filter((alert) => alert['class_uid'] !== 2004)).toEqual([])
    expect(ran.stdout).not.toContain('\u001b')
    const counts = JSON.parse(linesOf(ran.stderr).at(-1)!) as Json
    expect(counts['events']).toBe(counts['scored'])
    expect(alerts.length).toBe((counts['alerts'] as number) + (counts['digest'] as number))
  })

  test('the same seed gives the same, another another', async () => {
    const of = async (seed: string): Promise<string> =>
      (await folder.run(['live', '--identities', '20', '--days', '6', '--seed', seed])).stdout
    const first = await of('3')
    expect(first).not.toBe('')
    expect((await of('3')) === first).toBe(true)
    expect((await of('4')) === first).toBe(false)
  })

  test('of files it says what a scan says', async () => {
    const live = await folder.run(['live', 'org.ndjson'])
    expectCode(live, 0)
    const scan = await folder.run(['scan', 'org.ndjson'])
    expect(live.stdout).not.toBe('')
    expect(live.stdout === scan.stdout).toBe(true)
  })

  test('of files that hold nothing it is an error', async () => {
    writeFileSync(folder.at('none'), '')
    expectCode(await folder.run(['live', 'none']), 3)
  })

  test('an interrupt ends it with whole lines, also while it waits for more', async () => {
    const running = folder.start(['live', '-'])
    // More than a pipe holds: once it is all taken, somebody reads at the other end.
    await new Promise((resolve) => running.child.stdin!.write(folder.text('org.ndjson'), resolve))
    running.child.kill('SIGINT')
    const ran = await running.done
    expectCode(ran, 130)
    jsonLines(ran.stdout)
    expect(JSON.parse(linesOf(ran.stderr).at(-1)!)).toHaveProperty('events')
  })
})

const [hideCursor, showCursor] = ['\u001b[?25l', '\u001b[?25h']
const [otherScreen, firstScreen] = ['\u001b[?1049h', '\u001b[?1049l']

describe.skipIf(!terminalPossible)('on a terminal', () => {
  test('a view; an interrupt gives the terminal back', async () => {
    const running = startOnTerminal(folder, ['live', ...sixty, '--day-ms', '60000'])
    const shown = (): string => running.seen().stdout
    // The second half of the days passes slowly: by then there are alerts.
    while (!/\d bits/.test(terminalText(shown()))) await new Promise((resolve) => setTimeout(resolve, 50))
    expect(shown()).toContain(hideCursor)
    expect(shown()).toContain(otherScreen)
    expect(shown()).not.toContain(showCursor)
    running.child.stdin!.write('\u0003')
    const ran = await running.done
    expectCode(ran, 0)
    expect(ran.stdout.lastIndexOf(showCursor)).toBeGreaterThan(ran.stdout.lastIndexOf(hideCursor))
    expect(ran.stdout.lastIndexOf(firstScreen)).toBeGreaterThan(ran.stdout.lastIndexOf(otherScreen))
    const text = terminalText(ran.stdout)
    for (const part of ['Ostiary', 'Alerts', 'Most surprising', 'identities', '/s']) expect(text).toContain(part)
    const last = terminalText(ran.stdout.slice(ran.stdout.lastIndexOf(firstScreen)))
    expect(Math.max(...last.split(/\r?\n/).map((line) => line.length))).toBeLessThanOrEqual(130)
  })

  test('a failure gives the terminal back too', async () => {
    writeFileSync(folder.at('none'), '')
    const ran = await startOnTerminal(folder, ['live', 'none']).done
    expectCode(ran, 3)
    expect(ran.stdout.lastIndexOf(showCursor)).toBeGreaterThan(ran.stdout.lastIndexOf(hideCursor))
    expect(ran.stdout).toContain('Nothing was scored')
  })
})
