import assert from 'node:assert/strict'
import { test } from 'node:test'

import { utf8 } from '../../src/base/bytes.ts'
import { parseRingId } from '../../src/base/ids.ts'
import { DAY_MS, MINUTE_MS } from '../../src/base/limits.ts'
import type { SigningKey } from '../../src/effects/signing.ts'
import { createAccounts } from '../../src/services/accounts/accounts.ts'
import { fc } from '../properties.ts'
import { AccountRing, HERE, PASSWORD } from './account-ring.test-helper.ts'

const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

const decode = (text: string | undefined): Record<string, unknown> =>
  JSON.parse(Buffer.from(text ?? '', 'base64url').toString()) as Record<string, unknown>

class Forger {
  readonly ring = new AccountRing()
  readonly key: SigningKey = this.ring.effects.signing.makeKey()

  sign(head: unknown, body: unknown, { privateKey } = this.key): string {
    const text = `${encode(head)}.${encode(body)}`
    const signature = this.ring.effects.signing.sign(privateKey, utf8(text))
    return `${text}.${Buffer.from(signature).toString('base64url')}`
  }

  async token(): Promise<string> {
    await this.ring.register('ana')
    return (await this.ring.logIn('ana')).accessToken
  }

  refuse(token: string): Promise<void> {
    return this.ring.isNobody({ accessToken: token })
  }
}

test('authenticate() refuses what was changed, at any place', async () => {
  const forger = new Forger()
  const token = await forger.token()
  for (let at = 0; at < token.length; at++) {
    const other = token[at] === 'A' ? 'B' : 'A'
    const changed = token.slice(0, at) + other + token.slice(at + 1)
    await forger.ring.refused('LOGIN_FIRST', forger.ring.at(1).authenticate(changed))
  }
  assert.equal((await forger.ring.within(forger.ring.at(1).authenticate(token))).nick, 'ana')
})

test('authenticate() refuses tokens without signature, of other keys, forms and algorithms', async () => {
  const forger = new Forger()
  const token = await forger.token()
  const [head, body, signature] = token.split('.')
  const header = decode(head)
  const claims = decode(body)
  await forger.refuse(forger.sign(header, claims))
  await forger.refuse(forger.sign({ ...header, kid: 'mine' }, claims))
  await forger.refuse(`${encode({ ...header, alg: 'none' })}.${body}.`)
  await forger.refuse(`${encode({ ...header, alg: 'none' })}.${body}.${signature}`)
  await forger.refuse(`${encode({ ...header, alg: 'HS256' })}.${body}.${signature}`)
  await forger.refuse(forger.sign({ ...header, crit: ['exp'] }, claims))
  const jwk = {
    kty: 'OKP',
    crv: 'Ed25519',
    x: Buffer.from(forger.key.publicKey).toString('base64url'),
  }
  await forger.refuse(forger.sign({ ...header, jwk }, claims))
  await forger.refuse(`${head}.${encode({ ...claims, sub: 'admin' })}.${signature}`)
  for (const text of ['', '.', '..', '...', token.slice(0, -1), `${token}A`, `${token}.`]) {
    await forger.refuse(text)
  }
  await forger.refuse(`${token}${'A'.repeat(100_000)}`)
})

test('authenticate() refuses what the ring’s own key signed for another end', async () => {
  const forger = new Forger()
  const token = await forger.token()
  const [head, body] = token.split('.')
  const header = decode(head)
  const claims = decode(body)
  const { items } = await forger.ring.within(
    forger.ring.ring.store(1).list({ table: 'tokens', pk: 'signing', limit: 1 }),
  )
  const { privateKey } = JSON.parse(Buffer.from(items[0]?.value ?? []).toString()) as {
    privateKey: string
  }
  const ours = { ...forger.key, privateKey: new Uint8Array(Buffer.from(privateKey, 'hex')) }
  const signed = (changed: object): string => forger.sign(header, { ...claims, ...changed }, ours)
  // As the ring signs it, it holds: so what is refused below is refused for what it says.
  await forger.ring.within(forger.ring.at(2).authenticate(signed({ more: 1 })))
  await forger.refuse(signed({ iss: '6'.repeat(32) }))
  await forger.refuse(signed({ aud: 'elsewhere' }))
  await forger.refuse(signed({ aud: undefined }))
  await forger.refuse(signed({ exp: 1 }))
  await forger.refuse(signed({ exp: '9999999999' }))
  await forger.refuse(signed({ exp: undefined }))
  await forger.refuse(signed({ sub: 'Ana' }))
  await forger.refuse(signed({ sub: 'eva' }))
  await forger.refuse(signed({ sid: '../../account' }))
})

test('whatever is shown is refused alike, and never fails otherwise', async () => {
  const forger = new Forger()
  const token = await forger.token()
  const parts = token.split('.')
  const json = fc.json().map(encode)
  const piece = fc.oneof(fc.constantFrom(...parts, ''), fc.base64String(), json, fc.string())
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 2_000 }),
    fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join('.')),
    piece.map((text) => `anillo-k.ana.${text}`),
    piece.map((text) => `anillo-r.${text}`),
  )
  const accounts = forger.ring.at(2)
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      fc.pre(text !== token)
      await forger.ring.refused('LOGIN_FIRST', accounts.authenticate(text))
      await forger.ring.refused('LOGIN_FIRST', accounts.refresh(text, HERE))
    }),
  )
})

test('an access token expires, and one of another ring counts for nothing', async () => {
  const forger = new Forger()
  const token = await forger.token()
  const { effects, ring } = forger.ring
  const ringId = parseRingId('6'.repeat(32))
  const elsewhere = createAccounts({ effects, ringId, store: ring.store(1) })
  await forger.ring.refused('LOGIN_FIRST', elsewhere.authenticate(token))
  await forger.ring.pass(10 * MINUTE_MS)
  assert.ok(await forger.ring.within(forger.ring.at(1).authenticate(token)))
  await forger.ring.pass(MINUTE_MS)
  await forger.refuse(token)
})

test('signing keys are made once, published, and give way after a month', async () => {
  const forger = new Forger()
  const { ring } = forger
  await ring.register('ana')
  const logins = [1, 2, 3].map((number) =>
    ring.at(number).logIn({ nick: 'ana', password: PASSWORD }, HERE),
  )
  await ring.within(Promise.all(logins))
  const published = await ring.within(ring.at(3).publicKeys())
  assert.equal(published.length, 1)
  const { crv, kty, kid, x } = published[0] ?? {}
  assert.deepEqual({ crv, kty }, { crv: 'Ed25519', kty: 'OKP' })
  assert.equal(Buffer.from(x ?? '', 'base64url').length, 32)
  await ring.pass(30 * DAY_MS - 5 * MINUTE_MS)
  const old = await ring.logIn('ana')
  assert.equal(decode(old.accessToken.split('.')[0])['kid'], kid)
  await ring.pass(6 * MINUTE_MS)
  const young = await ring.logIn('ana')
  assert.notEqual(decode(young.accessToken.split('.')[0])['kid'], kid)
  for (const number of [1, 2, 3]) {
    assert.ok(await ring.who(old, number))
    assert.ok(await ring.who(young, number))
  }
  assert.equal((await ring.within(ring.at(2).publicKeys())).length, 2)
  await ring.pass(2 * DAY_MS)
  assert.equal((await ring.within(ring.at(2).publicKeys())).length, 1)
})
