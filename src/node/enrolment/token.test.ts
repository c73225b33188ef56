import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../test/properties.ts'
import { isAnilloError, type ErrorCode } from '../../base/errors.ts'
import { parseRingId } from '../../base/ids.ts'
import { HOUR_MS } from '../../base/limits.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { fakeCrypto, fakeRandom } from './fakes.test-helper.ts'
import {
  makeToken,
  readToken,
  verifyToken,
  TOKEN_ADDRESSES_MAX,
  TOKEN_VALID_MS_MAX,
} from './token.ts'

const effects = { crypto: fakeCrypto(), random: fakeRandom(), clock: new ManualClock() }
const ringId = parseRingId('0123456789abcdef0123456789abcdef')
const ring = { ringId, authority: await effects.crypto.makeAuthority(ringId, 0) }
const addresses = ['10.0.0.1:9300', '[fd00::2]:9300']

function throwsWith(code: ErrorCode, run: () => unknown): void {
  assert.throws(run, (error) => isAnilloError(error, code))
}

test('readToken() gives back what makeToken() put in, for any addresses', () => {
  const address = fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme-ascii' })
  fc.assert(
    fc.property(
      fc.array(address, { maxLength: 8 }),
      fc.integer({ min: 1, max: HOUR_MS }),
      (some, validForMs) => {
        const { text, token } = makeToken(effects, ring, { validForMs, addresses: some })
        assert.deepEqual(readToken(text), token)
        assert.deepEqual(verifyToken(effects, ring, text), token)
        assert.deepEqual(token.addresses, some.slice(0, TOKEN_ADDRESSES_MAX))
        assert.match(text, /^[\w-]+$/)
      },
    ),
  )
})

test('readToken() forgives line breaks and blanks of a copied token', () => {
  const { text, token } = makeToken(effects, ring, { validForMs: HOUR_MS, addresses })
  const broken = `  ${text.slice(0, 70)}\r\n${text.slice(70)}\n`
  assert.deepEqual(readToken(broken), token)
})

test('readToken() refuses every token with one character changed, lost or doubled', () => {
  const { text } = makeToken(effects, ring, { validForMs: HOUR_MS, addresses })
  for (let i = 0; i < text.length; i++) {
    const other = text[i] === 'A' ? 'B' : 'A'
    throwsWith('TOKEN_MALFORMED', () => readToken(text.slice(0, i) + other + text.slice(i + 1)))
    throwsWith('TOKEN_MALFORMED', () => readToken(text.slice(0, i) + text.slice(i + 1)))
    throwsWith('TOKEN_MALFORMED', () => readToken(text.slice(0, i) + other + text.slice(i)))
  }
  throwsWith('TOKEN_MALFORMED', () => readToken(`${text}x`))
})

test('readToken() refuses anything else with one code', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 4_000 }), (text) =>
      throwsWith('TOKEN_MALFORMED', () => readToken(text)),
    ),
  )
  fc.assert(
    fc.property(fc.base64String({ maxLength: 400 }), (text) =>
      throwsWith('TOKEN_MALFORMED', () => readToken(`anillo1-${text}`)),
    ),
  )
})

test('verifyToken() knows its own ring’s tokens only', async () => {
  const foreign = { ringId, authority: await effects.crypto.makeAuthority(ringId, 0) }
  const { text } = makeToken(effects, foreign, { validForMs: HOUR_MS, addresses })
  throwsWith('TOKEN_WRONG', () => verifyToken(effects, ring, text))
})

test('verifyToken() refuses a token from its last millisecond on', () => {
  const { text } = makeToken(effects, ring, { validForMs: HOUR_MS, addresses })
  effects.clock.advance(HOUR_MS - 1)
  verifyToken(effects, ring, text)
  effects.clock.advance(1)
  throwsWith('TOKEN_EXPIRED', () => verifyToken(effects, ring, text))
})

test('makeToken() refuses a life of nothing and one without end', () => {
  for (const validForMs of [0, -1, Number.NaN, TOKEN_VALID_MS_MAX + 1]) {
    throwsWith('USAGE', () => makeToken(effects, ring, { validForMs, addresses }))
  }
})
