import { describe, expect, it } from 'vitest'
import { plainCode, plainName, withoutPort } from './plain-text.ts'

describe('plain text', () => {
  it('keeps codes, and neither sentences nor addresses', () => {
    expect(plainCode('Forbidden')).toBe('Forbidden')
    expect(plainCode('403')).toBe('403')
    for (const text of ['ada@example.com', 'The client does not', '', 'x'.repeat(65)]) expect(plainCode(text)).toBe('')
  })

  it('keeps names without addresses', () => {
    expect(plainName(' Azure Portal ')).toBe('Azure Portal')
    expect(plainName('mail of ada@example.com')).toBe('')
  })

  it.each([
    ['192.0.2.1:443', '192.0.2.1'],
    ['192.0.2.1', '192.0.2.1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['', ''],
  ])('%j without port is %j', (address, bare) => expect(withoutPort(address)).toBe(bare))
})
