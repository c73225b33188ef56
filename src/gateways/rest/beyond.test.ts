/** What a door says to clients of other machines, who come by TLS, and what it refuses them. */
import assert from 'node:assert/strict'
import { request, type IncomingHttpHeaders } from 'node:http'
import { request as requestTls } from 'node:https'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'

import { ClientListener } from '../../platform/client-listener.ts'
import { issuedDoor } from '../../platform/door-papers.test-helper.ts'
import type { TlsFront } from '../../platform/tls-front.ts'
import { nameIn } from './beyond.ts'
import { askedDoor, bearer, OWNER_KEY } from './entrance.test-helper.ts'
import { PAGE_ID } from './fakes.test-helper.ts'

const HERE = '127.0.0.1'
const NAMES = ['anillo.test', 'fd00::4']

interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

interface Question {
  readonly path?: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

type Ask = (question?: Question) => Promise<Answer>

let door: Awaited<ReturnType<typeof askedDoor>>
let fronts: readonly TlsFront[] = []
const ARCHIVED = '/20261121000000/http://localhost:8000/'
let admin = ''
let beyond: Ask
let replayBeyond: Ask
let plain: Ask

before(async () => {
  const listener = new ClientListener({ log: { warn: () => undefined } })
  door = await askedDoor({ more: { listener, beyond: { names: () => NAMES } } })
  admin = door.accounts.person('root', 'administrator')
  const { authorityPem: ca, ...papers } = await issuedDoor(...NAMES)
  const open = async ({ server }: typeof door.server): Promise<Ask> => {
    const front = listener.tlsFront(server)
    fronts = [...fronts, front]
    front.show(papers)
    const { port } = await front.listen({ host: HERE, port: 0 })
    const tls = { host: HERE, port, ca, servername: 'anillo.test', agent: false as const }
    return ({ body, headers, ...asked } = {}) => {
      const host = { host: `anillo.test:${port}` }
      return answerTo(requestTls({ ...tls, ...asked, headers: { ...host, ...headers } }), body)
    }
  }
  beyond = await open(door.server)
  replayBeyond = await open(door.replay)
  await door.server.listen({ host: HERE, port: 0 })
  const { port } = door.server.server.address() as { readonly port: number }
  plain = ({ body, headers, ...asked } = {}) =>
    answerTo(request({ host: HERE, port, agent: false, ...asked, headers: { ...headers } }), body)
})

after(async () => {
  for (const front of fronts) front.close()
  await door[Symbol.asyncDispose]()
})

function answerTo(asked: ReturnType<typeof request>, body?: string): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  asked.on('error', reject).on('response', (response) => {
    const { headers, statusCode: status } = response
    text(response).then((told) => resolve({ status, headers, body: told }), reject)
  })
  asked.end(body)
  return promise
}

const HEALTH = '/healthz'
const RECORD = '/v1/kv/t/p/s'

test('nameIn() finds the name of a Host, without its port, in lower case', () => {
  const cases = [
    ['Anillo.Test:9100', 'anillo.test'],
    ['10.0.0.4', '10.0.0.4'],
    ['[FD00::4]:9100', 'fd00::4'],
    ['a:b:c', undefined],
    ['a b', undefined],
    ['', undefined],
    [undefined, undefined],
  ] as const
  for (const [host, name] of cases) assert.equal(nameIn(host), name, String(host))
})

test('every answer by TLS asks for TLS from then on; none on loopback does', async () => {
  for (const path of [HEALTH, '/v1/ring', '/v1/openapi.json', '/docs', RECORD, '/no']) {
    const { headers } = await beyond({ path })
    assert.equal(headers['strict-transport-security'], 'max-age=31536000', path)
    assert.equal((await plain({ path })).headers['strict-transport-security'], undefined, path)
  }
  const { headers } = await replayBeyond({ path: ARCHIVED })
  assert.equal(headers['strict-transport-security'], 'max-age=31536000')
})

test('the policy of no answer lets inline script run, or names another member', async () => {
  for (const path of [HEALTH, '/docs/', '/v1/ring', RECORD]) {
    const policy = String((await beyond({ path })).headers['content-security-policy'])
    assert.match(policy, /default-src 'self'/)
    assert.doesNotMatch(policy, /script-src[^;]*(unsafe|\*|https?:)|localhost|127\.0\.0\.1/, path)
  }
  const page = String((await beyond({ path: HEALTH })).headers['content-security-policy'])
  assert.match(page, /connect-src 'self';/)
  assert.match(page, /frame-src https:\/\/anillo\.test:\* https:\/\/\[fd00::4\]:\* blob:;/)
  const archived = await replayBeyond({ path: ARCHIVED })
  const policy = String(archived.headers['content-security-policy'])
  assert.match(policy, /^sandbox; default-src 'none';/)
  assert.match(policy, /frame-ancestors https:\/\/anillo\.test:\* /)
})

test('by TLS a door answers to its own names only, on loopback to loopback only', async () => {
  for (const host of ['localhost', 'evil.test', 'anillo.test.evil.test', HERE, 'fd00::4']) {
    const { body, status } = await beyond({ path: HEALTH, headers: { host } })
    assert.equal(status, 403, host)
    assert.match(body, /its own names only/)
  }
  for (const host of ['ANILLO.test', 'anillo.test:443', '[fd00::4]:9100']) {
    assert.equal((await beyond({ path: HEALTH, headers: { host } })).status, 200, host)
  }
  const named = await plain({ path: HEALTH, headers: { host: 'anillo.test' } })
  assert.equal(named.status, 403)
})

test('by TLS a page of another origin may not ask, not even that of the archive', async () => {
  const host = 'anillo.test:9100'
  const from = (origin: string) => beyond({ path: HEALTH, headers: { host, origin } })
  for (const origin of [
    'https://anillo.test:9500',
    'http://anillo.test:9100',
    'http://localhost:9100',
    'https://evil.test',
    'null',
  ]) {
    assert.equal((await from(origin)).status, 403, origin)
  }
  assert.equal((await from('https://anillo.test:9100')).status, 200)
})

test('there are guests on loopback, and none beyond it', async () => {
  assert.equal((await plain({ path: '/v1/ring' })).status, 200)
  for (const path of ['/v1/ring', '/v1/pages', `/v1/pages/${PAGE_ID}`, '/metrics', RECORD]) {
    const { body, status } = await beyond({ path })
    assert.equal(status, 401, path)
    assert.match(body, /"code":"LOGIN_FIRST"/)
  }
})

test('the key of a member’s directory opens nothing from beyond its machine', async () => {
  const asked = { path: '/v1/users', headers: bearer(OWNER_KEY) }
  assert.equal((await plain(asked)).status, 200)
  assert.equal((await beyond(asked)).status, 401)
})

test('who logged in is served by TLS, the direct way too', async () => {
  const headers = bearer(admin)
  const put = await beyond({ path: RECORD, method: 'PUT', headers, body: 'x' })
  assert.equal(put.status, 201)
  const got = await beyond({ path: RECORD, headers })
  assert.deepEqual([got.status, got.body], [200, 'x'])
})

test('cookies that are set by TLS go over TLS alone', async () => {
  const body = JSON.stringify({ nick: 'root', password: 'root-password', cookie: true })
  const headers = {
    host: 'anillo.test:9100',
    origin: 'https://anillo.test:9100',
    'content-type': 'application/json',
    'anillo-request': '1',
  }
  const { headers: told, status } = await beyond({
    path: '/v1/auth/login',
    method: 'POST',
    headers,
    body,
  })
  assert.equal(status, 200)
  const cookies = told['set-cookie'] ?? []
  assert.equal(cookies.length, 2)
  for (const cookie of cookies) {
    assert.match(cookie, /; HttpOnly/)
    assert.match(cookie, /; Secure/)
    assert.match(cookie, /; SameSite=Strict/)
  }
})
