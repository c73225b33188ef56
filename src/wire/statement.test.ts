import assert from 'node:assert/strict'
import { test } from 'node:test'

import { readStatement, statementText, type Statement } from './statement.ts'

const STATEMENT: Statement = {
  ring: '9'.repeat(32),
  member: '1'.repeat(32),
  nonce: '5'.repeat(64),
  witnesses: 3,
  url: 'https://example.org/',
  finalUrl: 'https://example.org/home',
  status: 200,
  contentSha256: 'a'.repeat(64),
  contentBytes: 1_234,
  headersSha256: 'b'.repeat(64),
  address: '192.0.2.7',
  asked: '2026-11-22T01:29:59.850Z',
  received: '2026-11-22T01:30:00.000Z',
}

/** As it stands in docs/spec/testimony.md. */
const TEXT = `anillo testimony statement 1
ring: 99999999999999999999999999999999
member: 11111111111111111111111111111111
nonce: 5555555555555555555555555555555555555555555555555555555555555555
witnesses: 3
url: https://example.org/
final-url: https://example.org/home
status: 200
content-sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
content-bytes: 1234
headers-sha256: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
address: 192.0.2.7
asked: 2026-11-22T01:29:59.850Z
received: 2026-11-22T01:30:00.000Z
`

test('statementText() is the text of the specification, and readStatement() reads it', () => {
  assert.equal(statementText(STATEMENT), TEXT)
  assert.deepEqual(readStatement(TEXT), STATEMENT)
})

test('readStatement() takes one spelling alone', () => {
  const changed: readonly (readonly [string, string])[] = [
    ['anillo testimony statement 1', 'anillo testimony statement 2'],
    ['status: 200', 'status: 0200'],
    ['status: 200', 'status: -1'],
    ['status: 200\n', ''],
    ['address: 192.0.2.7\n', 'address: 192.0.2.7\naddress: 192.0.2.7\n'],
    ['ring: 9', 'ring: A'],
    ['url: https://example.org/\n', 'url: https://example.org/ x\n'],
    ['url: https://example.org/\n', 'url: \n'],
    ['2026-11-22T01:30:00.000Z', '2026-11-22T01:30:00Z'],
    ['2026-11-22T01:30:00.000Z', '2026-13-22T01:30:00.000Z'],
    ['Z\n', 'Z\r\n'],
  ]
  for (const [from, to] of changed) {
    assert.equal(readStatement(TEXT.replace(from, to)), undefined, `${from} as ${to}`)
  }
  assert.equal(readStatement(TEXT.trim()), undefined)
  assert.equal(readStatement(`${TEXT}\n`), undefined)
  assert.equal(readStatement(''), undefined)
  const long = TEXT.replace('https://example.org/home', `https://example.org/${'h'.repeat(6_000)}`)
  assert.equal(readStatement(long), undefined)
})
