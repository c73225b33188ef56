/**
 * The doors of three members over accounts in real partitions: tokens that do not hold, anywhere.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { InjectOptions, LightMyRequestResponse } from 'fastify'

import { utf8 } from '../../src/base/bytes.ts'
import { MINUTE_MS, SECOND_MS } from '../../src/base/limits.ts'
import { fakeDoor } from '../../src/gateways/rest/fakes.test-helper.ts'
import { createGateway } from '../../src/gateways/rest/gateway.ts'
import { Refusals } from '../../src/gateways/rest/refusals.ts'
import { AccountRing, PASSWORD, RING_ID } from './account-ring.test-helper.ts'

interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
}

const DOORS = [1, 2, 3] as const
const NICK = 'ana'

class Doors {
  readonly ring = new AccountRing()
  readonly refusals = new Refusals()
  readonly #servers = DOORS.map((number) =>
    createGateway({
      ...fakeDoor(),
      refusals: this.refusals,
      entrance: {
        accounts: this.ring.at(number),
        ringId: RING_ID,
        hasGuests: true,
        isOrigin: async () => false,
        isRegistrationOpen: async () => true,
      },
    }),
  )

  async ask(asked: InjectOptions, number = 1): Promise<LightMyRequestResponse> {
    const server = await this.#servers[number - 1]
    assert.ok(server !== undefined)
    const headers = { host: 'localhost', ...asked.headers }
    // The door waits for the world, and the world for nobody.
    const answer = server.inject({ ...asked, headers })
    let isThere = false
    void answer.finally(() => {
      isThere = true
    })
    while (!isThere) {
      await new Promise((resolve) => setImmediate(resolve))
      await this.ring.world.pass(1)
    }
    return answer
  }

  post(path: string, payload: object, number = 1): Promise<LightMyRequestResponse> {
    return this.ask({ method: 'POST', url: `/v1/${path}`, payload }, number)
  }

  async logIn(): Promise<Tokens> {
    const answer = await this.post('auth/login', { nick: NICK, password: PASSWORD })
    assert.equal(answer.statusCode, 200, answer.body)
    return answer.json()
  }

  async who(token: string, number: number): Promise<string> {
    const headers = { authorization: `Bearer ${token}` }
    const answer = await this.ask({ method: 'GET', url: '/v1/auth/me', headers }, number)
    return String(answer.json().nick ?? answer.json().code)
  }

  /** At each door, in one sentence that tells nothing else. */
  async refuse(token: string, said: string): Promise<void> {
    const headers = { authorization: `Bearer ${token}` }
    for (const number of DOORS) {
      const answer = await this.ask({ method: 'GET', url: '/v1/pages?url=x', headers }, number)
      assert.equal(answer.statusCode, 401, `${said} at ${number}`)
      const { code, detail, details } = answer.json()
      const told = { code, detail, details }
      assert.deepEqual(told, {
        code: 'LOGIN_FIRST',
        detail: 'Log in first: no key or log-in was shown, or the one that was does not hold.',
        details: {},
      })
    }
  }
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

function decode(text = ''): object {
  const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
  assert.ok(typeof value === 'object' && value !== null)
  return value
}

async function withAccount(): Promise<Doors> {
  const doors = new Doors()
  const made = await doors.post('users', { nick: NICK, password: PASSWORD })
  assert.equal(made.statusCode, 201, made.body)
  return doors
}

test('forged and changed tokens are refused at every door, told in one sentence, and counted', async () => {
  const doors = await withAccount()
  const { accessToken } = await doors.logIn()
  for (const number of DOORS) assert.equal(await doors.who(accessToken, number), NICK)
  const [head = '', body = '', signature = ''] = accessToken.split('.')
  const { signing } = doors.ring.effects
  const foreign = signing.makeKey()
  const sign = (header: object, claims: object): string => {
    const text = `${encode(header)}.${encode(claims)}`
    const bytes = signing.sign(foreign.privateKey, utf8(text))
    return `${text}.${Buffer.from(bytes).toString('base64url')}`
  }
  const [header, claims] = [decode(head), decode(body)]
  const forged: Readonly<Record<string, string>> = {
    'without signature': `${encode({ ...header, alg: 'none' })}.${body}.`,
    'of no algorithm': `${encode({ ...header, alg: 'none' })}.${body}.${signature}`,
    'of another algorithm': `${encode({ ...header, alg: 'HS256' })}.${body}.${signature}`,
    'by another key': sign(header, claims),
    'by a key that nobody knows': sign({ ...header, kid: 'mine' }, claims),
    'for another audience': sign(header, { ...claims, aud: 'elsewhere' }),
    'by another ring': sign(header, { ...claims, iss: '6'.repeat(32) }),
    'for another person': `${head}.${encode({ ...claims, sub: 'admin' })}.${signature}`,
    'cut short': accessToken.slice(0, -4),
    'with more behind it': `${accessToken}.x`,
    'as long as a header may be': 'x'.repeat(4_096),
    'a key that nobody made': `anillo-k.${NICK}.${'a'.repeat(16)}.${'b'.repeat(43)}`,
  }
  const before = doors.refusals.counts.get('LOGIN_FIRST') ?? 0
  for (const [said, token] of Object.entries(forged)) await doors.refuse(token, said)
  const counted = (doors.refusals.counts.get('LOGIN_FIRST') ?? 0) - before
  assert.equal(counted, DOORS.length * Object.keys(forged).length)
})

test('a token that has expired is refused at every door, and its session goes on by a refresh', async () => {
  const doors = await withAccount()
  const { accessToken, refreshToken } = await doors.logIn()
  await doors.ring.pass(11 * MINUTE_MS)
  await doors.refuse(accessToken, 'expired')
  const anew = (await doors.post('auth/refresh', { refreshToken }, 2)).json()
  for (const number of DOORS) assert.equal(await doors.who(anew.accessToken, number), NICK)
})

test('a refresh token that is replayed ends the session at every door', async () => {
  const doors = await withAccount()
  const { refreshToken } = await doors.logIn()
  const anew = (await doors.post('auth/refresh', { refreshToken }, 2)).json()
  await doors.ring.pass(30 * SECOND_MS)
  const replayed = await doors.post('auth/refresh', { refreshToken }, 3)
  assert.equal(replayed.json().code, 'LOGIN_FIRST')
  await doors.refuse(anew.accessToken, 'of a session that a thief may have')
  const after = await doors.post('auth/refresh', { refreshToken: anew.refreshToken })
  assert.equal(after.json().code, 'LOGIN_FIRST')
})

test('log out everywhere, and no door takes any token of the account any more', async () => {
  const doors = await withAccount()
  const tokens = [await doors.logIn(), await doors.logIn(), await doors.logIn()]
  const [first] = tokens
  assert.ok(first !== undefined)
  const out = await doors.ask(
    {
      method: 'POST',
      url: '/v1/auth/logout',
      payload: { everywhere: true },
      headers: { authorization: `Bearer ${first.accessToken}` },
    },
    2,
  )
  assert.equal(out.statusCode, 204)
  for (const { accessToken } of tokens) await doors.refuse(accessToken, 'logged out')
})

test('an account and a key that are asked for again elsewhere are made once', async () => {
  const doors = new Doors()
  const repeated = async (path: string, payload: object, number: number, more = {}) =>
    doors.ask(
      {
        method: 'POST',
        url: `/v1/${path}`,
        payload,
        headers: { 'idempotency-key': 'once', ...more },
      },
      number,
    )
  const ana = { nick: NICK, password: PASSWORD }
  const made = await repeated('users', ana, 1)
  assert.equal(made.statusCode, 201, made.body)
  assert.equal((await repeated('users', ana, 2)).body, made.body)
  const other = await repeated('users', { ...ana, password: 'another horse' }, 3)
  assert.deepEqual([other.statusCode, other.json().code], [422, 'RETRY_MISMATCH'])

  const authorization = `Bearer ${(await doors.logIn()).accessToken}`
  const wanted = { name: 'backup', permissions: ['pages.read'] }
  const key = await repeated(`users/${NICK}/keys`, wanted, 1, { authorization })
  assert.equal(key.statusCode, 201, key.body)
  const again = await repeated(`users/${NICK}/keys`, wanted, 2, { authorization })
  assert.equal(again.body, key.body)
  assert.equal(await doors.who(again.json().secret, 3), NICK)
  const wider = { ...wanted, permissions: ['pages.read', 'account.own'] }
  const refused = await repeated(`users/${NICK}/keys`, wider, 3, { authorization })
  assert.equal(refused.json().code, 'RETRY_MISMATCH')
  const keys = await doors.ask({
    method: 'GET',
    url: `/v1/users/${NICK}/keys`,
    headers: { authorization },
  })
  assert.equal(keys.json().items.length, 1)
})
