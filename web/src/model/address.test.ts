import assert from 'node:assert/strict'
import { test } from 'node:test'

import { completeAddress, hostOf, shortAddress } from './address.ts'

const CASES: readonly (readonly [string, string])[] = [
  ['', ''],
  ['   ', ''],
  [':8000', 'http://localhost:8000'],
  [' :8000/a?b#c ', 'http://localhost:8000/a?b#c'],
  [':8000?x', 'http://localhost:8000?x'],
  ['example.org', 'https://example.org'],
  ['example.org/path', 'https://example.org/path'],
  ['//example.org', 'https://example.org'],
  ['example.org:8080', 'http://example.org:8080'],
  ['example.org:443/x', 'https://example.org:443/x'],
  ['localhost', 'http://localhost'],
  ['localhost:3000', 'http://localhost:3000'],
  ['app.localhost/x', 'http://app.localhost/x'],
  ['printer', 'http://printer'],
  ['nas.local', 'http://nas.local'],
  ['192.168.1.7', 'http://192.168.1.7'],
  ['[::1]:8000/', 'http://[::1]:8000/'],
  ['HTTP://Example.org', 'HTTP://Example.org'],
  ['ftp://example.org', 'ftp://example.org'],
  ['mailto:a@example.org', 'mailto:a@example.org'],
  ['javascript:alert(1)', 'javascript:alert(1)'],
]

for (const [typed, wanted] of CASES) {
  test(`completeAddress(${JSON.stringify(typed)}) is ${JSON.stringify(wanted)}`, () => {
    assert.equal(completeAddress(typed), wanted)
  })
}

test('shortAddress() drops the scheme and a last slash', () => {
  assert.equal(shortAddress('https://example.org/'), 'example.org')
  assert.equal(shortAddress('http://localhost:8000/a/b'), 'localhost:8000/a/b')
})

test('hostOf() gives host and port, or the text itself', () => {
  assert.equal(hostOf('http://localhost:8000/a'), 'localhost:8000')
  assert.equal(hostOf('no address'), 'no address')
})
