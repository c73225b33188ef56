/** Log-ins, cookies, origins, keys, names: what the table of permissions alone does not tell. */
import assert from 'node:assert/strict'
import { request as askOver, Agent } from 'node:http'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'

import { AnilloError } from '../../base/errors.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { ClientListener } from '../../platform/client-listener.ts'
import { PERMISSIONS_OF } from '../../wire/permissions.ts'
import { askedDoor, bearer, OTHER_ORIGIN, RING_ID } from './entrance.test-helper.ts'
import { fakeDoor } from './fakes.test-helper.ts'
import { ASK_AGAIN_MS, PASSWORDS_AT_ONCE, PASSWORDS_WAITING_MAX } from './limits.ts'

type Door = Awaited<ReturnType<typeof askedDoor>>

const OWN_ORIGIN = 'http://localhost:9100'
const OF_PAGE = { origin: OWN_ORIGIN, 'anillo-request': '1' }
const ACCESS = `anillo-access-${RING_ID.slice(0, 8)}`
const REFRESH = `anillo-refresh-${RING_ID.slice(0, 8)}`

function logIn({ ask }: Door, more: object = {}, headers: Record<string, string> = {}) {
  const payload = { nick: 'ana', password: 'ana-password', ...more }
  return ask({ method: 'POST', url: '/v1/auth/login', payload, headers })
}

/** Cookies that an answer sets, by name. */
function cookiesOf(answer: Awaited<ReturnType<typeof logIn>>): ReadonlyMap<string, string> {
  return new Map(
    [answer.headers['set-cookie'] ?? []].flat().map((cookie) => {
      const [pair = ''] = cookie.split(';')
      return [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]
    }),
  )
}

async function inBrowser(door: Door) {
  door.accounts.person('ana', 'member')
  const cookies = cookiesOf(await logIn(door, { cookie: true }, OF_PAGE))
  const cookie = [...cookies].map((pair) => pair.join('=')).join('; ')
  return { cookie, cookies }
}

const me = { method: 'GET', url: '/v1/auth/me' } as const
const logOut = { method: 'POST', url: '/v1/auth/logout' } as const
const rename = { method: 'PATCH', url: '/v1/users/ana', payload: { name: 'Ana' } } as const

test('a log-in answers with tokens, and with cookies for a page, where no script reads them', async () => {
  await using door = await askedDoor()
  door.accounts.person('ana', 'member')
  const plain = await logIn(door)
  assert.equal(plain.statusCode, 200)
  assert.deepEqual(Object.keys(plain.json()), ['accessToken', 'refreshToken', 'expiresIn'])
  assert.equal(plain.headers['cache-control'], 'no-store')
  assert.equal(plain.headers['set-cookie'], undefined)

  const page = await logIn(door, { cookie: true }, OF_PAGE)
  assert.deepEqual(page.json(), { expiresIn: 600 })
  const [access = '', refresh = ''] = [page.headers['set-cookie'] ?? []].flat()
  assert.match(access, /^anillo-access-01234567=access\.ana\.s\d+; Path=\/; /)
  assert.match(refresh, /^anillo-refresh-01234567=refresh\.ana\.[^;]+; Path=\/v1\/auth; /)
  for (const cookie of [access, refresh]) assert.match(cookie, /; HttpOnly; SameSite=Strict$/)
})

test('cookies let a page in as its person, and log-out takes them away', async () => {
  await using door = await askedDoor()
  const { cookie } = await inBrowser(door)
  assert.equal((await door.ask({ ...me, headers: { cookie } })).json().nick, 'ana')
  const out = await door.ask({ ...logOut, headers: { cookie, ...OF_PAGE } })
  assert.equal(out.statusCode, 204)
  assert.deepEqual([...cookiesOf(out).values()], ['', ''])
  for (const gone of [out.headers['set-cookie'] ?? []].flat()) assert.match(gone, /Max-Age=0/)
  const after = await door.ask({ ...me, headers: { cookie } })
  assert.equal(after.json().code, 'LOGIN_FIRST', 'and not a guest')
})

test('a refresh renews cookies for who came with them, and takes out those that hold no more', async () => {
  await using door = await askedDoor()
  const { cookie } = await inBrowser(door)
  const refresh = { method: 'POST', url: '/v1/auth/refresh' } as const
  const anew = await door.ask({ ...refresh, headers: { cookie, ...OF_PAGE } })
  assert.deepEqual(anew.json(), { expiresIn: 600 })
  assert.equal(cookiesOf(anew).size, 2)
  const again = await door.ask({ ...refresh, headers: { cookie, ...OF_PAGE } })
  assert.equal(again.statusCode, 401)
  assert.deepEqual([...cookiesOf(again).values()], ['', ''])
  const none = await door.ask({ ...refresh, headers: OF_PAGE })
  assert.equal(none.json().code, 'LOGIN_FIRST')
})

test('only pages of the ring use the cookies of a log-in, and forms never', async () => {
  await using door = await askedDoor()
  const { cookie } = await inBrowser(door)
  const foreign: readonly Record<string, string>[] = [
    {},
    { origin: OWN_ORIGIN },
    { 'anillo-request': '1' },
    { origin: OWN_ORIGIN, 'anillo-request': 'yes' },
    { origin: 'http://localhost:3000', 'anillo-request': '1' },
    { origin: 'https://localhost:9100', 'anillo-request': '1' },
    { origin: 'http://127.0.0.1:9100', 'anillo-request': '1' },
    { origin: 'null', 'anillo-request': '1' },
  ]
  for (const headers of foreign) {
    const said = JSON.stringify(headers)
    const changed = await door.ask({ ...rename, headers: { cookie, ...headers } })
    assert.equal(changed.statusCode, 403, said)
    assert.equal((await logIn(door, { cookie: true }, headers)).statusCode, 403, said)
  }
  const read = await door.ask({ ...me, headers: { cookie, origin: 'http://localhost:3000' } })
  assert.equal(read.statusCode, 403)
  assert.equal((await door.ask({ ...me, headers: { cookie } })).statusCode, 200)
  for (const origin of [OWN_ORIGIN, OTHER_ORIGIN]) {
    const headers = { cookie, origin, 'anillo-request': '1' }
    assert.equal((await door.ask({ ...rename, headers })).statusCode, 200, origin)
  }
})

test('only pages of the ring may show credentials to another door of it', async () => {
  await using door = await askedDoor()
  for (const [origin, allowed] of [
    [OTHER_ORIGIN, 'true'],
    [OWN_ORIGIN, 'true'],
    ['http://localhost:3000', undefined],
  ] as const) {
    const answer = await door.ask({ method: 'OPTIONS', url: '/v1/ring', headers: { origin } })
    assert.equal(answer.headers['access-control-allow-credentials'], allowed, origin)
    assert.equal(answer.headers['access-control-allow-origin'], origin)
    assert.match(String(answer.headers['access-control-allow-headers']), /anillo-request/)
    assert.match(String(answer.headers['access-control-allow-methods']), /PATCH/)
    assert.equal(answer.headers.vary, 'Origin')
  }
})

test('what does not hold is refused in one sentence, and never taken for a guest', async () => {
  await using door = await askedDoor()
  const token = door.accounts.person('ana', 'member')
  const key = door.accounts.key('ana', ['pages.read'])
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
  const shown: readonly Record<string, string>[] = [
    { authorization: 'Bearer x' },
    { authorization: `Bearer ${token}x` },
    { authorization: `Bearer ${token} ${token}` },
    { authorization: `Bearer ${'x'.repeat(5_000)}` },
    { authorization: 'Bearer' },
    { authorization: '' },
    { authorization: token },
    { authorization: `Digest ${token}` },
    { authorization: basic('ana:ana-password') },
    { authorization: basic(`beto:${key}`) },
    { authorization: basic(`:${key}`) },
    { authorization: basic('ana') },
    { authorization: 'Basic %%%' },
    { cookie: `${ACCESS}=` },
    { cookie: `${ACCESS}=x` },
    { cookie: `${ACCESS}=${token}; ${ACCESS}=${token}` },
    { cookie: `${ACCESS}="${token}"` },
    { authorization: 'Bearer x', cookie: `${ACCESS}=${token}` },
  ]
  for (const headers of shown) {
    const answer = await door.ask({ ...me, headers })
    assert.equal(answer.statusCode, 401, JSON.stringify(headers).slice(0, 100))
    assert.deepEqual(
      answer.json().detail,
      'Log in first: no key or log-in was shown, or the one that was does not hold.',
    )
    assert.deepEqual(answer.json().details, {})
    assert.match(String(answer.headers['www-authenticate']), /^Bearer /)
  }
  const others: readonly Record<string, string>[] = [
    { cookie: `other=1; ${REFRESH}=x; anillo-access-99999999=${token}` },
    { cookie: ';;;=;==' },
    {},
  ]
  for (const headers of others) {
    assert.equal((await door.ask({ ...me, headers })).json().role, 'guest')
  }
  const held: readonly string[] = [`bearer ${token}`, `Bearer ${key}`, basic(`Ana:${key}`)]
  for (const authorization of held) {
    assert.equal((await door.ask({ ...me, headers: { authorization } })).json().nick, 'ana')
  }
})

test('who logs in on loopback may no less than a guest, a key no more than it was made for', async () => {
  await using door = await askedDoor()
  const headers = bearer(door.accounts.person('ana', 'member'))
  const named = (await door.ask({ ...me, headers })).json().permissions
  assert.ok(named.includes('ring.watch') && named.includes('account.own'))
  const key = bearer(door.accounts.key('ana', ['pages.read']))
  assert.deepEqual((await door.ask({ ...me, headers: key })).json().permissions, ['pages.read'])
})

test('a key makes none that may more than itself, and nobody makes keys of others', async () => {
  await using door = await askedDoor()
  const admin = door.accounts.person('admin', 'administrator')
  const ana = door.accounts.person('ana', 'member')
  const small = door.accounts.key('ana', ['account.own'])
  const make = (token: string, permissions: readonly string[]) =>
    door.ask({
      method: 'POST',
      url: '/v1/users/ana/keys',
      payload: { name: 'k', permissions },
      headers: bearer(token),
    })
  assert.equal((await make(small, ['pages.read'])).json().code, 'PERMISSION_MISSING')
  assert.equal((await make(small, ['account.own'])).statusCode, 201)
  assert.equal((await make(ana, ['store.read'])).json().code, 'PERMISSION_MISSING')
  assert.equal((await make(ana, ['pages.read'])).statusCode, 201)
  assert.equal((await make(admin, ['pages.read'])).json().code, 'FORBIDDEN')
  assert.equal((await make(ana, [])).statusCode, 400)
  assert.equal((await make(ana, ['everything'])).statusCode, 400)
})

test('where registration is closed accounts are made by who manages them', async () => {
  await using door = await askedDoor({ isRegistrationOpen: false })
  const payload = { nick: 'beto', password: 'beto-password' }
  const register = (headers = {}) =>
    door.ask({ method: 'POST', url: '/v1/users', payload, headers })
  const look = await door.ask({ method: 'GET', url: '/v1/auth/registration' })
  assert.deepEqual(look.json(), { isOpen: false, guestMay: [...PERMISSIONS_OF.guest] })
  assert.equal((await register()).json().code, 'REGISTRATION_CLOSED')
  const member = bearer(door.accounts.person('ana', 'member'))
  assert.equal((await register(member)).json().code, 'REGISTRATION_CLOSED')
  const made = await register(bearer(door.accounts.person('admin', 'administrator')))
  assert.equal(made.statusCode, 201)
  assert.equal(made.headers.location, '/v1/users/beto')
  assert.equal((await register(bearer('access.admin.s0'))).statusCode, 401)
})

test('an Idempotency-Key is of one account: another’s is another, and guests’ too', async () => {
  await using door = await askedDoor()
  const put = async (token: string, value: string): Promise<number> => {
    const headers = { ...bearer(token), 'idempotency-key': 'one' }
    const url = '/v1/kv/t/p/s'
    return (await door.ask({ method: 'PUT', url, payload: value, headers })).statusCode
  }
  const ana = door.accounts.person('ana', 'operator')
  const beto = door.accounts.person('beto', 'operator')
  assert.equal(await put(ana, 'of ana'), 201)
  assert.equal(await put(beto, 'of beto'), 204)
  assert.equal(await put(ana, 'of ana'), 201, 'as the first time')
  assert.equal(await put(ana, 'other'), 422)
  const read = await door.ask({ method: 'GET', url: '/v1/kv/t/p/s', headers: bearer(ana) })
  assert.equal(read.body, 'of beto')
})

test('members are named to who may watch the ring, and to nobody else', async () => {
  const away = async (): Promise<never> => {
    throw new AnilloError('RPC_UNREACHABLE', { address: 'n1:9300', problem: 'n1 refused' })
  }
  const fake = fakeDoor()
  const more = { scraper: { ...fake.scraper, content: away } }
  await using door = await askedDoor({ hasGuests: false, more })
  const member = bearer(door.accounts.person('ana', 'member'))
  const watcher = bearer(door.accounts.person('beto', 'member', ['ring.watch']))
  const id = 'ab'.repeat(32)
  for (const url of [`/v1/scrapes/${id}`, '/v1/pages?url=x', `/v1/pages/${id}`]) {
    const told = await door.ask({ method: 'GET', url, headers: watcher })
    const untold = await door.ask({ method: 'GET', url, headers: member })
    assert.match(told.body, /"n1"/, url)
    assert.equal(untold.statusCode, 200)
    assert.doesNotMatch(untold.body, /n1|9300/, url)
    assert.match(untold.body, /"title":"Hello"/)
  }
  const content = { method: 'GET', url: `/v1/pages/${id}/content` } as const
  assert.match((await door.ask({ ...content, headers: watcher })).body, /n1:9300/)
  const untold = await door.ask({ ...content, headers: member })
  assert.equal(untold.json().code, 'RPC_UNREACHABLE')
  assert.doesNotMatch(untold.body, /n1|9300/)
})

test('where the ring cannot say who asks, members are named as to a guest', async () => {
  for (const hasGuests of [true, false]) {
    await using door = await askedDoor({ hasGuests })
    door.accounts.authenticate = async () => {
      throw new AnilloError('STORE_UNAVAILABLE', { partition: 7, problem: 'not reached: n3' })
    }
    const headers = bearer('kept-where-nobody-answers')
    const answer = await door.ask({ method: 'GET', url: '/v1/kv/things/one/value', headers })
    assert.equal(answer.statusCode, 503)
    assert.equal(answer.body.includes('n3'), hasGuests)
  }
})

test('where the ring cannot say who asks, it is shown as to a guest, and to a guest alone', async () => {
  for (const hasGuests of [true, false]) {
    await using door = await askedDoor({ hasGuests })
    const headers = bearer(door.accounts.person('ana', 'administrator'))
    door.accounts.authenticate = async () => {
      throw new AnilloError('STORE_UNAVAILABLE', { partition: 7, problem: 'not reached: n3' })
    }
    const statusOf = async (method: 'GET' | 'PUT', url: string) =>
      (await door.ask({ method, url, headers, ...(method === 'PUT' && { payload: {} }) }))
        .statusCode
    assert.equal(await statusOf('GET', '/v1/ring'), hasGuests ? 200 : 503)
    assert.equal(await statusOf('GET', '/v1/ring/waiting'), hasGuests ? 200 : 503)
    assert.equal(await statusOf('GET', '/v1/pages?url=x'), 503)
    assert.equal(await statusOf('PUT', '/v1/ring/settings/stableMs'), 503)
    door.accounts.authenticate = async () => {
      throw new AnilloError('LOGIN_FIRST')
    }
    assert.equal(await statusOf('GET', '/v1/ring'), 401)
  }
})

test('on one connection a record is told for as long as the session holds', async () => {
  const listener = new ClientListener({ log: { warn: () => undefined } })
  await using door = await askedDoor({ more: { listener } })
  const token = door.accounts.person('ana', 'operator')
  const url = new URL(await door.server.listen({ host: '127.0.0.1', port: 0 }))
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const get = async (method: string, authorization: string) => {
    const asked = askOver(url, { agent, method, path: '/v1/kv/t/p/s', headers: { authorization } })
    asked.end(method === 'PUT' ? 'secret' : undefined)
    const { promise, resolve, reject } = Promise.withResolvers<[number | undefined, string]>()
    asked.on('error', reject)
    asked.on('response', (answer) => {
      text(answer).then((body) => resolve([answer.statusCode, body]), reject)
    })
    return promise
  }
  assert.equal((await get('PUT', `Bearer ${token}`))[0], 201)
  for (let times = 0; times < 3; times++) {
    assert.deepEqual(await get('GET', `Bearer ${token}`), [200, 'secret'])
  }
  door.accounts.people.get('ana')?.sessions.clear()
  const [status, body] = await get('GET', `Bearer ${token}`)
  assert.equal(status, 401)
  assert.doesNotMatch(body, /secret/)
  assert.equal((await get('GET', 'Bearer x'))[0], 401)
  agent.destroy()
})

test('who watches is asked again now and then, and watches no more once logged out', async () => {
  const clock = new ManualClock()
  await using door = await askedDoor({ hasGuests: false, more: { clock } })
  const token = door.accounts.person('ana', 'operator')
  const url = await door.server.listen({ host: '127.0.0.1', port: 0 })
  const answer = await fetch(`${url}/v1/ring/events`, { headers: bearer(token) })
  assert.equal(answer.status, 200)
  const ended = answer.text()
  const checks = async (count: number): Promise<void> => {
    while (door.accounts.checks < count) await new Promise(setImmediate)
    await new Promise(setImmediate)
  }
  clock.advance(ASK_AGAIN_MS)
  await checks(2)
  clock.advance(ASK_AGAIN_MS)
  await checks(3)
  door.accounts.people.get('ana')?.sessions.clear()
  clock.advance(ASK_AGAIN_MS)
  assert.match(await ended, /^retry/)
})

test('log-ins above what a door works on are told BUSY at once, and others go on', async () => {
  await using door = await askedDoor()
  door.accounts.person('ana', 'member')
  const { promise, resolve } = Promise.withResolvers<void>()
  door.accounts.held = promise
  const room = PASSWORDS_AT_ONCE + PASSWORDS_WAITING_MAX
  const asked = 2_000
  const { promise: refused, resolve: allRefused } = Promise.withResolvers<void>()
  let busy = 0
  const all = Array.from({ length: asked }, async () => {
    const answer = await logIn(door)
    if (answer.statusCode === 200) return 'in'
    assert.equal(answer.json().code, 'BUSY')
    assert.equal(answer.headers['retry-after'], '1')
    busy++
    if (busy === asked - room) allRefused()
    return 'busy'
  })
  await refused
  assert.equal((await door.ask(me)).statusCode, 200)
  resolve()
  const answers = await Promise.all(all)
  assert.equal(answers.filter((answer) => answer === 'in').length, room)
  assert.equal((await logIn(door)).statusCode, 200)
})

test('the key for copies is told to the session that asks, to nobody’s cache, and to no program', async () => {
  await using door = await askedDoor()
  const { cookie } = await inBrowser(door)
  const copiesKey = { method: 'GET', url: '/v1/auth/copies-key' } as const
  const told = await door.ask({ ...copiesKey, headers: { cookie } })
  assert.equal(told.statusCode, 200)
  assert.match(told.json().key, /^[\w-]{43}$/)
  assert.equal(told.headers['cache-control'], 'no-store')
  const foreign = { cookie, origin: 'http://localhost:3000' }
  assert.equal((await door.ask({ ...copiesKey, headers: foreign })).statusCode, 403)
  const headers = bearer(door.accounts.key('ana', ['account.own']))
  assert.equal((await door.ask({ ...copiesKey, headers })).json().code, 'NOT_FOUND')
  assert.equal((await door.ask(copiesKey)).json().code, 'LOGIN_FIRST')
})
