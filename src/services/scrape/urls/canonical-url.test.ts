import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import { isAnilloError, type ErrorCode } from '../../../base/errors.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { URL_CHARS_MAX } from '../limits.ts'
import { canonicalUrl, pageIdOf, redirectTarget } from './canonical-url.ts'

const SPELLINGS: readonly (readonly [typed: string, canonical: string])[] = [
  [':8000', 'http://localhost:8000/'],
  [':8000/a?b#c', 'http://localhost:8000/a?b'],
  ['  https://Example.ORG  ', 'https://example.org/'],
  ['example.org', 'https://example.org/'],
  ['example.org./x', 'https://example.org/x'],
  ['//example.org/x', 'https://example.org/x'],
  ['example.org:8080/x', 'http://example.org:8080/x'],
  ['localhost', 'http://localhost/'],
  ['localhost:8000', 'http://localhost:8000/'],
  ['printer.local/x', 'http://printer.local/x'],
  ['wiki/page', 'http://wiki/page'],
  ['192.0.2.7/a', 'http://192.0.2.7/a'],
  ['[::1]:80/a', 'http://[::1]/a'],
  ['http://2130706433/', 'http://127.0.0.1/'],
  ['http://0x7f.1', 'http://127.0.0.1/'],
  ['http://[::ffff:127.0.0.1]/', 'http://[::ffff:7f00:1]/'],
  ['http://example.org:80/', 'http://example.org/'],
  ['https://example.org:443/', 'https://example.org/'],
  ['http://example.org:443/', 'http://example.org:443/'],
  ['http://example.org/?', 'http://example.org/'],
  ['http://example.org/?#', 'http://example.org/'],
  ['http://example.org/a/../b/./c', 'http://example.org/b/c'],
  ['http://example.org/%7euser/%c3%a9?q=%2f%41', 'http://example.org/~user/%C3%A9?q=%2FA'],
  ['http://example.org/%2541', 'http://example.org/%2541'],
  ['http://bücher.example/ü', 'http://xn--bcher-kva.example/%C3%BC'],
  ['http:example.org', 'http://example.org/'],
  ['HTTP:\\\\example.org\\x', 'http://example.org/x'],
]

test('canonicalUrl() gives each address its one spelling', () => {
  for (const [typed, canonical] of SPELLINGS) assert.equal(canonicalUrl(typed), canonical, typed)
})

const REFUSED: readonly (readonly [typed: string, code: ErrorCode])[] = [
  ['', 'URL_MALFORMED'],
  ['   ', 'URL_MALFORMED'],
  ['http://', 'URL_MALFORMED'],
  ['http://a b/', 'URL_MALFORMED'],
  ['not an address', 'URL_MALFORMED'],
  ['http://example.org:99999/', 'URL_MALFORMED'],
  ['http://example.org:0/', 'URL_MALFORMED'],
  ['http://example.org../', 'URL_MALFORMED'],
  ['http://./', 'URL_MALFORMED'],
  ['http://1.2.3.4.5/', 'URL_MALFORMED'],
  [':99999', 'URL_MALFORMED'],
  ['ftp://example.org/', 'URL_SCHEME'],
  ['file:///etc/passwd', 'URL_SCHEME'],
  ['javascript:alert(1)', 'URL_SCHEME'],
  ['data:text/html,x', 'URL_SCHEME'],
  ['mailto:a@example.org', 'URL_SCHEME'],
  ['tel:5551234', 'URL_SCHEME'],
  ['gopher://example.org/', 'URL_SCHEME'],
  ['http://user:secret@example.org/', 'URL_USERINFO'],
  ['someone@example.org', 'URL_USERINFO'],
  [`http://example.org/${'x'.repeat(URL_CHARS_MAX)}`, 'URL_TOO_LONG'],
  [`http://example.org/${'é'.repeat(URL_CHARS_MAX / 4)}`, 'URL_TOO_LONG'],
  ['x'.repeat(100_000), 'URL_TOO_LONG'],
]

test('canonicalUrl() refuses what cannot be downloaded, with the code that says why', () => {
  for (const [typed, code] of REFUSED) {
    assert.throws(
      () => canonicalUrl(typed),
      (thrown) => isAnilloError(thrown, code),
      typed.slice(0, 60),
    )
  }
})

test('canonicalUrl() never repeats a password in its error', () => {
  for (const typed of [
    'http://user:hunter2@example.org/',
    'http://user:hunter2@exa mple/',
    'ftp://u:hunter2@x/',
  ]) {
    assert.throws(
      () => canonicalUrl(typed),
      (thrown) =>
        isAnilloError(thrown) &&
        !JSON.stringify([thrown.message, thrown.details]).includes('hunter2'),
    )
  }
})

test('canonicalUrl() applied twice changes nothing', () => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom('%7e', '%2E', '%2f', '..', '.', '%25', '%', '?', '#', '/', ' '),
  )
  const address = fc
    .tuple(
      fc.constantFrom('http://', 'https://', '', '//', ':', 'HTTP:'),
      fc.oneof(fc.domain(), fc.ipV4()),
      fc.array(piece),
    )
    .map(([scheme, host, path]) => `${scheme}${host}/${path.join('')}`)
  fc.assert(
    fc.property(
      fc.oneof(fc.webUrl({ withFragments: true, withQueryParameters: true }), address, fc.string()),
      (typed) => {
        const once = tryCanonical(typed)
        if (once === undefined) return
        assert.equal(canonicalUrl(once), once)
        assert.ok(once.length <= URL_CHARS_MAX && !once.includes('#'))
      },
    ),
    { numRuns: 2_000 },
  )
})

test('canonicalUrl() throws coded errors alone, whatever is typed', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (typed) => void tryCanonical(typed)),
    { numRuns: 2_000 },
  )
})

test('redirectTarget() resolves against the page and keeps the rules', () => {
  const from = canonicalUrl('http://example.org/a/b')
  assert.equal(redirectTarget(from, '../c#d'), 'http://example.org/c')
  assert.equal(redirectTarget(from, '//other.example'), 'http://other.example/')
  assert.equal(redirectTarget(from, ''), 'http://example.org/a/b')
  assert.throws(
    () => redirectTarget(from, 'ftp://x/'),
    (thrown) => isAnilloError(thrown, 'URL_SCHEME'),
  )
  assert.throws(
    () => redirectTarget(from, 'http://a:b@x/'),
    (thrown) => isAnilloError(thrown, 'URL_USERINFO'),
  )
  assert.throws(
    () => redirectTarget(from, 'http://['),
    (thrown) => isAnilloError(thrown, 'URL_MALFORMED'),
  )
})

test('pageIdOf() is the SHA-256 of the canonical text', () => {
  assert.equal(pageIdOf(canonicalUrl(':8000')), sha256Hex('http://localhost:8000/'))
})

function tryCanonical(typed: string): string | undefined {
  try {
    return canonicalUrl(typed)
  } catch (thrown) {
    if (isAnilloError(thrown)) return undefined
    throw thrown
  }
}
