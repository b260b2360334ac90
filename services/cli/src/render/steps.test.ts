import { expect, test } from 'vitest'
import { Steps } from './steps.ts'

function shown(isTTY: boolean, act: (steps: Steps, pass: (ms: number) => void) => void): string {
  let text = ''
  let nowMs = 0
  const steps = new Steps({ isTTY, write: (piece) => (text += piece) }, () => nowMs)
  act(steps, (ms) => {
    nowMs += ms
  })
  steps.close()
  return text
}

test('in a pipe a line for what changes and one for what is done, without control characters', () => {
  const text = shown(false, (steps, pass) => {
    steps.begin('Kafka')
    steps.note('downloading')
    pass(2340)
    steps.note('starting')
    steps.say('something else')
    steps.done('127.0.0.1:9092')
  })
  expect(text).toBe('Kafka: downloading\nKafka: starting\nsomething else\nKafka: 127.0.0.1:9092 (2.3 s)\n')
})

test('on a terminal one line that is drawn over, and taken away before the next', () => {
  const text = shown(true, (steps, pass) => {
    steps.begin('Kafka', 'starting')
    pass(1500)
    steps.done('127.0.0.1:9092')
    steps.begin('Topics', 'comparing')
  })
  // As a terminal would leave it: what stands before a line's last return to its beginning is gone.
  const left = text.split('\n').map((line) => line.split('\r\x1b[2K').at(-1)!)
  expect(left[0]).toContain('Kafka')
  expect(left[0]).toContain('127.0.0.1:9092')
  expect(left[0]).toContain('1.5 s')
  expect(left[0]).not.toContain('starting')
  expect(left).toHaveLength(2)
  expect(left[1]).toBe('')
})
