/**
 * Requests that are slow, large beyond measure, or carry what is meant for somebody behind the
 * door: a log, a file system, another header.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { test, type TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'

import type { Log, LogFields } from '../../effects/log.ts'
import { ClientListener } from '../../platform/client-listener.ts'
import type { Listener } from './door.ts'
import { askedDoor } from './entrance.test-helper.ts'

const HOST = '127.0.0.1'
const HEAD = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n'

/** As the door's own, thirty times as fast. */
const REQUEST_MS = 600
const STALL_MS = 1_200

interface Line {
  readonly event: string
  readonly fields: LogFields
}

async function doorFor(t: TestContext) {
  const lines: Line[] = []
  const note = (event: string, fields: LogFields = {}): void => void lines.push({ event, fields })
  const log: Log = { debug: note, info: note, warn: note, error: note, child: () => log }
  const listener = new ClientListener({ log })
  const hurried: Listener = {
    isOver: (socket) => listener.isOver(socket),
    makeServer: (handler, { keepAliveMs }) =>
      listener.makeServer(handler, { keepAliveMs, requestMs: REQUEST_MS, stallMs: STALL_MS }),
  }
  const door = await askedDoor({ more: { log, listener: hurried } })
  await door.server.listen({ host: HOST, port: 0 })
  const { port } = door.server.server.address() as { readonly port: number }
  t.after(() => door[Symbol.asyncDispose]())
  const open = async (): Promise<Socket> => {
    const socket = connect(port, HOST)
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    return socket
  }
  /** All that comes until the connection ends. */
  const say = async (bytes: string): Promise<string> => {
    const socket = await open()
    socket.write(bytes, 'latin1')
    return text(socket).catch(() => '')
  }
  return { ...door, lines, listener, open, say }
}

/** Statuses, in the order in which they came. */
function statuses(told: string): readonly string[] {
  return [...told.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status = '']) => status)
}

/** Until it is closed, a byte now and then; how long it was let. */
async function trickle(socket: Socket, bytes: string): Promise<string> {
  const heard = text(socket).catch(() => '')
  for (const byte of bytes) {
    if (socket.destroyed || socket.closed) break
    socket.write(byte)
    await pause(REQUEST_MS / 20)
  }
  return heard
}

test('who sends a head or a body byte by byte is cut off, and others are served meanwhile', async (t) => {
  const { listener, open, say } = await doorFor(t)
  const body = 'POST /v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\n'
  const head = await open()
  const slow = await open()
  slow.write(body)
  const beganMs = performance.now()
  const both = Promise.all([
    trickle(head, `${HEAD}X: ${'x'.repeat(400)}`),
    trickle(slow, 'x'.repeat(400)),
  ])
  assert.deepEqual(statuses(await say(`${HEAD}Connection: close\r\n\r\n`)), ['200'])
  for (const told of await both) assert.ok(told === '' || /^HTTP\/1\.1 40[08] /.test(told), told)
  assert.ok(performance.now() - beganMs < 10 * REQUEST_MS, 'it was cut off by the door')
  while (listener.connections > 0) await pause(1)
})

test('who connects and says nothing is closed without a word', async (t) => {
  const { listener, open } = await doorFor(t)
  const idle = await Promise.all(Array.from({ length: 50 }, open))
  let heard = ''
  for (const socket of idle) socket.on('data', (bytes) => (heard += String(bytes)))
  await Promise.all(idle.map((socket) => once(socket, 'close')))
  assert.equal(heard, '')
  while (listener.connections > 0) await pause(1)
})

test('a head beyond measure is refused: one long field, many fields, a long address', async (t) => {
  const { say } = await doorFor(t)
  const long = await say(`${HEAD}X: ${'x'.repeat(100_000)}\r\n\r\n`)
  assert.ok(long === '' || statuses(long)[0] === '413', long)
  const many = await say(`${HEAD}${'a: b\r\n'.repeat(50_000)}\r\n`)
  assert.ok(many === '' || statuses(many)[0] === '413', many)
  const address = await say(`GET /${'a'.repeat(100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
  assert.ok(address === '' || statuses(address)[0] === '413', address)
})

test('a body beyond measure is refused before it is read, in one piece and in chunks', async (t) => {
  const { say } = await doorFor(t)
  const login =
    'POST /v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'
  const told = await say(`${login}Content-Length: 10000000000\r\nConnection: close\r\n\r\n{`)
  assert.deepEqual(statuses(told), ['413'])
  const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`
  const chunks = await say(`${login}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(20)}0\r\n\r\n`)
  assert.ok(chunks === '' || statuses(chunks)[0] === '413', chunks)
})

test('a compressed body is not unpacked, whatever it would become', async (t) => {
  const { say } = await doorFor(t)
  const head =
    'POST /v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n' +
    'Content-Encoding: gzip\r\nConnection: close\r\n'
  const told = await say(`${head}Content-Length: 4\r\n\r\n\x1f\x8b\x08\x00`)
  assert.match(statuses(told)[0] ?? '', /^4/)
})

test('JSON that is nested without end, or poisons prototypes, is refused or harmless', async (t) => {
  const { ask } = await doorFor(t)
  const headers = { 'content-type': 'application/json' }
  for (const payload of [
    '['.repeat(60_000),
    '{"__proto__":{"isAdmin":true},"nick":"ana","password":"x"}',
    '{"constructor":{"prototype":{"isAdmin":true}},"nick":"ana","password":"x"}',
  ]) {
    const { statusCode } = await ask({ method: 'POST', url: '/v1/auth/login', headers, payload })
    assert.ok(statusCode >= 400 && statusCode < 500, String(statusCode))
  }
  assert.equal(Reflect.get({}, 'isAdmin'), undefined)
})

test('a path leads to no file beside those of the page', async (t) => {
  const { say } = await doorFor(t)
  for (const path of [
    '/../../../../etc/passwd',
    '/..%2f..%2f..%2fetc%2fpasswd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/assets/..%5c..%5cetc%5cpasswd',
    '/docs/static/../../../../package.json',
    '/docs/static/..%2f..%2f..%2fpackage.json',
    '//etc/passwd',
    '/%00/etc/passwd',
  ]) {
    const told = await say(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
    assert.match(statuses(told)[0] ?? '', /^4/, path)
    assert.doesNotMatch(told, /root:|"dependencies"/, path)
  }
})

test('what is asked makes no further header, cookie or answer', async (t) => {
  const { say } = await doorFor(t)
  const evil = '%0d%0aSet-Cookie:%20evil=1%0d%0a%0d%0aHTTP/1.1%20200%20OK'
  for (const path of [
    `/v1/pages/${evil}`,
    `/v1/kv/t/p/${evil}`,
    `/v1/users/${evil}`,
    `/v1/ring/lookup?key=${evil}`,
    `/${evil}`,
  ]) {
    const told = await say(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
    assert.equal(statuses(told).length, 1, told)
    assert.doesNotMatch(told, /^set-cookie/im)
  }
  const origin = await say(`${HEAD}Origin: http://localhost:1\rX: y\r\nConnection: close\r\n\r\n`)
  assert.doesNotMatch(origin, /^x:/im)
})

test('two requests in one, as a door before this one might read them, are never two answers', async (t) => {
  const { say } = await doorFor(t)
  const smuggled = 'GET /v1/ring HTTP/1.1\r\nHost: localhost\r\n\r\n'
  const post =
    'POST /v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'
  for (const both of [
    'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n',
    'Transfer-Encoding: chunked\r\nContent-Length: 4\r\n',
    'Content-Length: 4\r\nContent-Length: 60\r\n',
    'Transfer-Encoding: xchunked\r\n',
    'Transfer-Encoding : chunked\r\n',
    'Transfer-Encoding: chunked, identity\r\n',
  ]) {
    const told = await say(`${post}${both}\r\n0\r\n\r\n${smuggled}`)
    assert.ok(statuses(told).length <= 1, `${both}${told}`)
    assert.doesNotMatch(told, /"members"/, both)
  }
})

test('several cookies of one name, and cookies that are none, are nobody', async (t) => {
  const { accounts, ask } = await doorFor(t)
  const token = accounts.person('root', 'administrator')
  const name = 'anillo-access-01234567'
  for (const cookie of [
    `${name}=${token}; ${name}=${token}`,
    `${name}="${token}"`,
    `${name}=${token}\t.`,
    `${name}=${encodeURIComponent(`${token};`)}`,
    `${name}=; ${name}=${token}`,
  ]) {
    const { statusCode } = await ask({ method: 'GET', url: '/v1/audit', headers: { cookie } })
    assert.equal(statusCode, 401, cookie)
  }
})

test('no line of the log says what an asker wrote', async (t) => {
  const { ask, lines, say } = await doorFor(t)
  const forged = '\\n{"level":"error","event":"all is lost"}'
  await ask({ method: 'GET', url: `/v1/pages/${encodeURIComponent(forged)}` })
  await ask({ method: 'GET', url: '/v1/ring', headers: { authorization: `Bearer ${forged}` } })
  await ask({ method: 'GET', url: '/v1/ring', headers: { 'user-agent': forged, origin: forged } })
  await say(`${forged}\r\n\r\n`)
  const written = JSON.stringify(lines)
  assert.doesNotMatch(written, /all is lost/)
})
