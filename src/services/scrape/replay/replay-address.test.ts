import assert from 'node:assert/strict'
import { test } from 'node:test'

import { digitsOf, instantOfDigits, replayPath, rewrittenAddress } from './replay-address.ts'

test('instantOfDigits() reads the end of what is named, and nothing that is no time', () => {
  const cases = {
    '20261122013000': '2026-11-22T01:30:00.999Z',
    '202611220130': '2026-11-22T01:30:59.999Z',
    '2026112201': '2026-11-22T01:59:59.999Z',
    '20261122': '2026-11-22T23:59:59.999Z',
    '202602': '2026-02-28T23:59:59.999Z',
    '2026': '2026-12-31T23:59:59.999Z',
    '9999': '9999-12-31T23:59:59.999Z',
  }
  for (const [digits, instant] of Object.entries(cases)) {
    assert.equal(instantOfDigits(digits), instant, digits)
  }
  const none = [
    '',
    '202',
    '20261',
    '20261322',
    '20260230',
    '2026112224',
    '99999999999999999999',
    'x',
  ]
  for (const digits of none) assert.equal(instantOfDigits(digits), undefined, digits)
  assert.equal(digitsOf('2026-11-22T01:30:00.123Z'), '20261122013000')
})

test('rewrittenAddress() leads what could be held into the archive, and nothing else', () => {
  const base = 'http://a.test/dir/page?q'
  const at = (address: string) => rewrittenAddress({ digits: '2026' }, { address, base })
  assert.equal(at('../x?a#b'), '/2026/http://a.test/x?a#b')
  assert.equal(at('?'), '/2026/http://a.test/dir/page?')
  assert.equal(at('\\\\b.test\\x'), '/2026/http://b.test/x')
  for (const stays of ['', ' ', '#a', 'data:,x', 'javascript:x', 'blob:x', 'ws://x/', 'tel:1']) {
    assert.equal(at(stays), undefined, stays)
  }
  assert.equal(at('https://[x'), 'about:invalid')
  assert.equal(
    replayPath({ digits: '2026', pass: 'y' }, 'http://a.test/'),
    '/p/y/2026/http://a.test/',
  )
})
