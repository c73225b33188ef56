import assert from 'node:assert/strict'
import { isIP } from 'node:net'
import { test } from 'node:test'

import { fc } from '../../test/properties.ts'
import { hexOf } from './hex.ts'
import { ipBytes } from './ip-bytes.ts'

test('addresses of both kinds become bytes', () => {
  const hex = (text: string) => hexOf(ipBytes(text) ?? new Uint8Array())
  assert.equal(hex('192.0.2.1'), 'c0000201')
  assert.equal(hex('::1'), '00000000000000000000000000000001')
  assert.equal(hex('2001:db8::ff'), '20010db80000000000000000000000ff')
  assert.equal(hex('::ffff:192.0.2.1'), '00000000000000000000ffffc0000201')
  assert.equal(hex('1:2:3:4:5:6:7:8'), '00010002000300040005000600070008')
})

test('what is no address is none', () => {
  const none = ['', '1', '1.2.3', '1.2.3.256', '01.2.3.4', '1.2.3.4.5', ':', ':::', '1::2::3']
  const more = ['1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', 'fe80::1%eth0', '12345::', 'localhost', 'g::']
  for (const text of [...none, ...more, '1:2:3:4:5:6:7::8']) {
    assert.equal(ipBytes(text), undefined, text)
  }
})

test('it agrees with the platform on what is an address', () => {
  const letters = fc.constantFrom(...'0123456789abf:.'.split(''))
  fc.assert(
    fc.property(
      fc.oneof(fc.ipV4(), fc.ipV6(), fc.string({ unit: letters, maxLength: 20 })),
      (text) => {
        const family = isIP(text)
        const length = ipBytes(text)?.length ?? 0
        assert.equal(length, family === 0 ? 0 : family === 4 ? 4 : 16, text)
      },
    ),
  )
})
