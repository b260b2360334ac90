import { expect, it } from 'vitest'
import { someOf, wholeNumber, wholeNumbers } from './developer-command.ts'

it.each(['', ' ', '-1', '1.5', 'many', '1e400'])('no whole number from 0 on: "%s"', (text) => {
  expect(() => wholeNumber(0)(text)).toThrow('Give a whole number from 0 on.')
})

it('takes whole numbers from the least on', () => {
  expect(wholeNumber(3)('3')).toBe(3)
  expect(() => wholeNumber(3)('2')).toThrow('from 3 on')
  expect(wholeNumbers(1)('10000,200000')).toEqual([10_000, 200_000])
  expect(() => wholeNumbers(1)('10000,')).toThrow('from 1 on')
})

it('takes some of what is offered, in any order, and nothing else', () => {
  const speedAndMemory = someOf(['speed', 'cores', 'memory'])
  expect(speedAndMemory('memory, speed')).toEqual(['memory', 'speed'])
  expect(() => speedAndMemory('speed,time')).toThrow('Give some of speed, cores, memory, with commas between.')
})
