import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isAnilloError } from '../base/errors.ts'
import { AnilloClient } from './client.ts'
import {
  FirstCredentials,
  KeyCredentials,
  SessionCredentials,
  fetchAs,
  sessionInMemory,
  type KeptSession,
  type SessionOptions,
} from './credentials.ts'
import { Doors } from './doors.ts'
import type { Credentials } from './request.ts'

const A = 'http://localhost:9100'
const PASSWORD = 'correct horse'

/** Doors of one ring that know one account, and whom they let in. */
class FakeRing {
  readonly asked: string[] = []
  readonly #valid = new Set<string>()
  #refreshToken = ''
  #sessions = 0
  isGuestWelcome = false

  readonly world = {
    fetch: async (url: string, init: RequestInit): Promise<Response> => this.#answer(url, init),
    pause: async () => undefined,
    newKey: () => 'key',
    start: 'npm start',
  }

  client(credentials: Credentials): AnilloClient {
    return new AnilloClient(this.world, [A], credentials)
  }

  /** As when ten minutes went by. */
  expire(): void {
    this.#valid.clear()
  }

  /** As when it was logged out elsewhere. */
  end(): void {
    this.expire()
    this.#refreshToken = ''
  }

  allow(bearer: string): void {
    this.#valid.add(bearer)
  }

  #answer(url: string, { headers, body, method }: RequestInit): Response {
    const { pathname } = new URL(url)
    const bearer = new Headers(headers).get('authorization')?.slice('Bearer '.length)
    this.asked.push(`${method} ${pathname} ${bearer ?? 'nobody'}`)
    const told: unknown = typeof body === 'string' ? JSON.parse(body) : {}
    if (pathname === '/v1/auth/login') return this.#login(told as { password: string })
    if (pathname === '/v1/auth/refresh') return this.#refresh(told as { refreshToken: string })
    if (bearer === undefined ? !this.isGuestWelcome : !this.#valid.has(bearer)) {
      return problem('LOGIN_FIRST', 401)
    }
    return Response.json({ waiting: [] })
  }

  #login({ password }: { readonly password: string }): Response {
    return password === PASSWORD ? this.#tokens() : problem('BAD_LOGIN', 401)
  }

  #refresh({ refreshToken }: { readonly refreshToken: string }): Response {
    const isIt = refreshToken !== '' && refreshToken === this.#refreshToken
    return isIt ? this.#tokens() : problem('LOGIN_FIRST', 401)
  }

  #tokens(): Response {
    const accessToken = `access${++this.#sessions}`
    this.#refreshToken = `refresh${this.#sessions}`
    this.#valid.add(accessToken)
    return Response.json({ accessToken, refreshToken: this.#refreshToken, expiresIn: 600 })
  }
}

function problem(code: string, status: number): Response {
  return Response.json(
    { type: 't', title: 't', status, code, detail: 'd', details: {} },
    { status },
  )
}

const known = async () => ({ nick: 'ana', password: PASSWORD })

function open(options: Partial<SessionOptions> = {}): Promise<SessionCredentials> {
  return SessionCredentials.open({ place: sessionInMemory(), client: 'test', ...options })
}

const isFirst = (thrown: unknown): boolean => isAnilloError(thrown, 'LOGIN_FIRST')

test('a password is used once a door refuses a guest, and its session from then on', async () => {
  const ring = new FakeRing()
  ring.isGuestWelcome = true
  const client = ring.client(await open({ password: known }))
  await client.waiting()
  assert.deepEqual(ring.asked, ['GET /v1/ring/waiting nobody'])
  ring.isGuestWelcome = false
  await client.waiting()
  await client.waiting()
  assert.deepEqual(ring.asked.slice(1), [
    'GET /v1/ring/waiting nobody',
    'POST /v1/auth/login nobody',
    'GET /v1/ring/waiting access1',
    'GET /v1/ring/waiting access1',
  ])
})

test('an access token that ran out is renewed once for all requests that it fails', async () => {
  const ring = new FakeRing()
  const place = sessionInMemory()
  const client = ring.client(await open({ place, password: known }))
  await client.waiting()
  ring.expire()
  await Promise.all([client.waiting(), client.waiting(), client.waiting()])
  const renewals = ring.asked.filter((asked) => asked.includes('refresh'))
  assert.deepEqual(renewals, ['POST /v1/auth/refresh nobody'])
  const kept: KeptSession = { nick: 'ana', accessToken: 'access2', refreshToken: 'refresh2' }
  assert.deepEqual(await place.read(), kept)
})

test('a session that another process renewed is taken from its place, not renewed again', async () => {
  const ring = new FakeRing()
  const place = sessionInMemory()
  await ring.client(await open({ place, password: known })).waiting()
  const [mine, others] = [ring.client(await open({ place })), ring.client(await open({ place }))]
  ring.expire()
  await others.waiting()
  ring.asked.length = 0
  await mine.waiting()
  assert.deepEqual(ring.asked, ['GET /v1/ring/waiting access1', 'GET /v1/ring/waiting access2'])
  // And where that one ran out as well, it is renewed.
  const stale = ring.client(await open({ place: placeOf('access1', 'refresh2') }))
  ring.expire()
  await stale.waiting()
})

function placeOf(accessToken: string, refreshToken: string) {
  const place = sessionInMemory()
  void place.write({ nick: 'ana', accessToken, refreshToken })
  return place
}

test('a session that ended is forgotten and told, and nobody asks in its name', async () => {
  const ring = new FakeRing()
  const ended: KeptSession[] = []
  const place = placeOf('old', 'old')
  const options = { place, onEnd: (session: KeptSession) => void ended.push(session) }
  await assert.rejects(ring.client(await open(options)).waiting(), isFirst)
  assert.deepEqual(
    ended.map(({ nick }) => nick),
    ['ana'],
  )
  assert.equal(await place.read(), undefined)
})

test('a wrong password is told to whoever asks, and tried once', async () => {
  const ring = new FakeRing()
  const password = async () => ({ nick: 'ana', password: 'wrong' })
  const client = ring.client(await open({ password }))
  const isBad = (thrown: unknown): boolean => isAnilloError(thrown, 'BAD_LOGIN')
  await Promise.all([1, 2, 3].map(() => assert.rejects(client.waiting(), isBad)))
  assert.equal(ring.asked.filter((asked) => asked.includes('login')).length, 1)
})

test('a key is shown as it is, and a key that does not hold is no guest', async () => {
  const ring = new FakeRing()
  ring.isGuestWelcome = true
  ring.allow('anillo-k.ana.1.secret')
  await ring.client(new KeyCredentials('anillo-k.ana.1.secret')).waiting()
  await assert.rejects(ring.client(new KeyCredentials('other')).waiting(), isFirst)
  assert.deepEqual(ring.asked, [
    'GET /v1/ring/waiting anillo-k.ana.1.secret',
    'GET /v1/ring/waiting other',
  ])
})

test('of several the first that holds is used, in the end nobody', async () => {
  const ring = new FakeRing()
  const refused: string[] = []
  const wrong = await open({
    password: async () => ({ nick: 'admin', password: 'wrong' }),
    onWrong: async () => void refused.push('admin'),
  })
  const ended = await open({ place: placeOf('old', 'old') })
  const right = await open({ password: known })
  const client = ring.client(new FirstCredentials([wrong, ended, right]))
  await Promise.all([client.waiting(), client.waiting()])
  assert.equal(ring.asked.at(-1), 'GET /v1/ring/waiting access1')
  assert.deepEqual(new Set(refused), new Set(['admin']))
  const dead = ring.client(new FirstCredentials([await open({ place: placeOf('old', 'old') })]))
  await assert.rejects(dead.waiting(), isFirst)
  ring.isGuestWelcome = true
  await dead.waiting()
  assert.equal(ring.asked.at(-1), 'GET /v1/ring/waiting nobody')
})

test('fetchAs() asks by itself, logged in where it must be', async () => {
  const ring = new FakeRing()
  const way = { world: ring.world, doors: new Doors([A]) }
  const ask = fetchAs(await open({ password: known }), way)
  const answer = await ask(`${A}/v1/kv/t/p/s`, { method: 'PUT', body: '"x"' })
  assert.equal(answer.status, 200)
  assert.equal(ring.asked.at(-1), 'PUT /v1/kv/t/p/s access1')
})
