import { expect, test } from 'vitest'
import { runTool } from './tool.ts'

const run = { action: 'try it', timeoutMs: 30_000 }

test('gives what a program printed', async () => {
  const printed = await runTool(process.execPath, ['-e', 'console.log("out"); console.error("err")'], run)
  expect(printed.trim().split('\n').sort()).toEqual(['err', 'out'])
})

test('a program that is not there is named, with what brings it', async () => {
  const old = process.env['PATH']
  process.env['PATH'] = ''
  try {
    await expect(runTool('mvn', [], run)).rejects.toMatchObject({
      code: 'platform.missing',
      message: expect.stringMatching(/^Cannot try it: "mvn" is not installed\. Install Apache Maven/),
    })
  } finally {
    process.env['PATH'] = old
  }
})

test('a program that fails is quoted', async () => {
  const failing = runTool(process.execPath, ['-e', 'console.error("no space"); process.exit(3)'], run)
  await expect(failing).rejects.toThrow(/ended with 3\. no space/)
})

test('a program that does not end is stopped at its limit', async () => {
  const hanging = runTool(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { ...run, timeoutMs: 200 })
  await expect(hanging).rejects.toThrow('was stopped by SIGTERM (limit 200 ms)')
})
