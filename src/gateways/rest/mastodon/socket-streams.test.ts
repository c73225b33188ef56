import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'

import { WebSocket, type ClientOptions } from 'ws'

import { platformWebSockets } from '../../../platform/web-sockets.ts'
import type { WebSockets } from '../door.ts'
import { bearer } from '../entrance.test-helper.ts'
import { Leaving } from '../leaving.ts'
import {
  ASK_AGAIN_MS,
  EVENT_BEAT_MS,
  EVENT_STREAMS_OF_ONE_MAX,
  SOCKET_MESSAGE_BYTES_MAX,
  SOCKET_MESSAGES_MAX,
  SOCKET_TOPICS_MAX,
  SOCKET_UNSENT_BYTES_MAX,
} from '../limits.ts'
import { ANA, BEN, mastodonDoor } from './mastodon-door.test-helper.ts'

const STREAMING = '/api/v1/streaming'

async function streamingDoor(more: Parameters<typeof mastodonDoor>[0] = {}) {
  const webSockets = await platformWebSockets({ messageBytesMax: SOCKET_MESSAGE_BYTES_MAX })
  const door = await mastodonDoor({ webSockets, ...more })
  await door.server.listen({ host: '127.0.0.1', port: 0 })
  const { port } = door.server.server.address() as { readonly port: number }
  return {
    ...door,
    port,
    open: (query: string, { protocol, ...how }: Options = {}) =>
      new Program(`ws://localhost:${port}${STREAMING}${query}`, protocol, how),
  }
}

type Options = ClientOptions & { readonly protocol?: string }

interface Told {
  readonly stream?: readonly string[]
  readonly event?: string
  readonly payload?: string
  readonly error?: string
  readonly status?: number
}

/** As those of Mastodon listen. */
class Program {
  readonly socket: WebSocket
  readonly #told: Told[] = []
  #wake: () => void = () => undefined

  constructor(address: string, protocol: string | undefined, how: ClientOptions) {
    this.socket = new WebSocket(address, protocol === undefined ? [] : [protocol], how)
    this.socket.on('message', (data: Buffer) => {
      this.#told.push(JSON.parse(data.toString()) as Told)
      this.#wake()
    })
  }

  async opened(): Promise<this> {
    await once(this.socket, 'open')
    return this
  }

  /** The status of the answer that it got instead. */
  async refused(): Promise<number> {
    this.socket.on('error', () => undefined)
    const [, { statusCode }] = (await once(this.socket, 'unexpected-response')) as [
      unknown,
      { readonly statusCode: number },
    ]
    return statusCode
  }

  send(message: object | string): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message))
  }

  async next(): Promise<Told> {
    while (this.#told.length === 0) {
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
    return this.#told.shift() ?? assert.fail()
  }

  /** The stream, the event, and the id of the status. */
  async heard(): Promise<string> {
    const { event = '', payload = '', stream = [] } = await this.next()
    const of = event === 'delete' ? payload : (JSON.parse(payload) as { readonly id: string }).id
    return `${stream.join(' ')}: ${event} ${of}`
  }

  async closed(): Promise<string> {
    const [code, reason] = (await once(this.socket, 'close')) as [number, Buffer]
    return `${code} ${reason.toString()}`
  }
}

/** All that the door was sent, it has taken. */
async function settled(program: Program): Promise<void> {
  const pong = once(program.socket, 'pong')
  program.socket.ping()
  await pong
}

test('a stream by WebSocket, with the token as header, in the address, or as the protocol', async () => {
  await using door = await streamingDoor()
  const { ana, ben } = door
  await ana.post(`/api/v1/accounts/${ANA}/follow`)
  const { token } = ana
  const programs = [
    door.open('?stream=user', { headers: bearer(token) }),
    door.open(`/?stream=user&access_token=${token}`),
    door.open('?stream=user', { protocol: token }),
  ]
  await Promise.all(programs.map((program) => program.opened()))
  assert.equal(programs[2]?.socket.protocol, token)
  await Promise.all(programs.map(settled))
  const { id } = (await ana.post('/api/v1/statuses', { status: 'uno' })).json()
  await ben.post(`/api/v1/statuses/${id}/favourite`)
  await ana.put(`/api/v1/statuses/${id}`, { status: 'dos' })
  await ana.delete(`/api/v1/statuses/${id}`)
  for (const program of programs) {
    assert.equal(await program.heard(), `user: update ${id}`)
    const note = await program.next()
    assert.deepEqual([note.stream, note.event], [['user'], 'notification'])
    assert.match(note.payload ?? '', /"type":"favourite"/)
    assert.equal(await program.heard(), `user: status.update ${id}`)
    assert.equal(await program.heard(), `user: delete ${id}`)
    program.socket.close()
  }
})

test('several streams over one connection, begun and ended by messages', async () => {
  await using door = await streamingDoor()
  const { ana, ben } = door
  const { id: list } = (await ana.post('/api/v1/lists', { title: 'friends' })).json()
  await ana.post(`/api/v1/lists/${list}/accounts`, { 'account_ids[]': BEN })
  const program = await door.open('', { headers: bearer(ana.token) }).opened()
  const says = async (type: string, stream: string, more: object = {}): Promise<void> => {
    program.send({ type, stream, ...more })
    await settled(program)
  }
  const post = async (status: string): Promise<string> =>
    (await ben.post('/api/v1/statuses', { status })).json().id
  await says('subscribe', 'public:local')
  await says('subscribe', 'public:local')
  const one = await post('uno')
  assert.equal(await program.heard(), `public:local: update ${one}`)
  await says('unsubscribe', 'public:local')
  await says('unsubscribe', 'public:local')
  await post('unheard')
  await says('subscribe', 'hashtag', { tag: 'Sea' })
  const two = await post('at the #sea')
  assert.equal(await program.heard(), `hashtag Sea: update ${two}`)
  await says('unsubscribe', 'hashtag', { tag: 'Sea' })
  await says('subscribe', 'list', { list })
  const three = await post('tres')
  assert.equal(await program.heard(), `list ${list}: update ${three}`)
  await says('unsubscribe', 'list', { list })
  await says('subscribe', 'user:notification')
  await says('subscribe', 'public:media')
  await post('without a picture, for @ana')
  const note = await program.next()
  assert.deepEqual([note.stream, note.event], [['user:notification'], 'notification'])
  await ben.delete(`/api/v1/statuses/${three}`)
  assert.equal(await program.heard(), `public:media: delete ${three}`)
  program.socket.close()
})

test('what no stream can be made of is told, and the connection stays', async () => {
  await using door = await streamingDoor()
  const { ana } = door
  const program = await door.open('?stream=nothing', { headers: bearer(ana.token) }).opened()
  const tells = async (message: object | string, error: RegExp, status: number): Promise<void> => {
    program.send(message)
    const told = await program.next()
    assert.match(told.error ?? '', error)
    assert.equal(told.status, status)
  }
  assert.deepEqual(await program.next(), { error: 'Unknown stream type', status: 404 })
  const type = 'subscribe'
  await tells({ type, stream: 'direct' }, /Unknown stream/, 404)
  await tells({ type, stream: 'hashtag' }, /tag/, 400)
  await tells({ type, stream: 'list' }, /list/, 400)
  await tells({ type, stream: 'list', list: '12' }, /no such list/, 404)
  await tells({ type: 'unsubscribe', stream: 'direct' }, /Unknown stream/, 404)
  for (const none of ['{', 'null', '[]', '{"type":"subscribed"}', '{"type":7}', '"subscribe"']) {
    await tells(none, /Invalid message/, 400)
  }
  for (let i = 0; i < SOCKET_TOPICS_MAX; i++)
    program.send({ type, stream: 'hashtag', tag: `n${i}` })
  await tells({ type, stream: 'hashtag', tag: 'more' }, /Too many streams/, 429)
  program.send({ type: 'unsubscribe', stream: 'hashtag', tag: 'n1' })
  program.send({ type, stream: 'user' })
  await settled(program)
  const { id } = (await ana.post('/api/v1/statuses', { status: 'uno' })).json()
  assert.equal(await program.heard(), `user: update ${id}`)
  program.socket.close()
})

test('a stream has what its application may read, and nothing that it may not', async () => {
  await using door = await streamingDoor()
  const { ana, ben } = door
  const logIn = async (scope: string) => door.logIn('ana', scope, await door.makeApp(scope))
  const statuses = await logIn('read:statuses')
  const notes = await logIn('read:notifications')
  const none = await logIn('write:statuses')
  assert.equal(await door.open('', { headers: bearer(none) }).refused(), 403)
  const program = await door.open('?stream=user', { headers: bearer(statuses) }).opened()
  const other = await door.open('', { headers: bearer(notes) }).opened()
  for (const stream of ['user:notification', 'list']) {
    program.send({ type: 'subscribe', stream })
    assert.equal((await program.next()).status, 403, stream)
  }
  for (const stream of ['user', 'public', 'hashtag', 'list']) {
    other.send({ type: 'subscribe', stream })
    assert.equal((await other.next()).status, 403, stream)
  }
  await settled(program)
  const { id } = (await ana.post('/api/v1/statuses', { status: 'uno' })).json()
  await ben.post(`/api/v1/statuses/${id}/favourite`)
  await ana.delete(`/api/v1/statuses/${id}`)
  assert.equal(await program.heard(), `user: update ${id}`)
  assert.equal(await program.heard(), `user: delete ${id}`)
  program.socket.close()
  other.socket.close()
})

test('who may not come in is answered as over HTTP, and gets no socket', async () => {
  await using door = await streamingDoor()
  const { ana } = door
  assert.equal(await door.open('?stream=user').refused(), 401)
  assert.equal(await door.open('?stream=user&access_token=x').refused(), 401)
  assert.equal(await door.open('?stream=user', { protocol: 'x' }).refused(), 401)
  const cookie = { cookie: `anillo-session=${ana.token}` }
  assert.equal(await door.open('?stream=user', { headers: cookie }).refused(), 401)
  const host = { ...bearer(ana.token), host: 'evil.test' }
  assert.equal(await door.open('?stream=user', { headers: host }).refused(), 403)
  const hook = { ...bearer(ana.token), 'webhook-id': '1' }
  assert.equal(await door.open('?stream=user', { headers: hook }).refused(), 403)
})

test('where no WebSocket is, what asks for one is a plain request', async () => {
  await using door = await streamingDoor()
  const { ana, port } = door
  const asked = async (...lines: readonly string[]): Promise<string> => {
    const socket = connect(port, '127.0.0.1')
    const head = [...lines, 'host: localhost', `authorization: Bearer ${ana.token}`]
    socket.write(`${head.join('\r\n')}\r\n\r\n`)
    let answer = ''
    for await (const piece of socket) {
      answer += String(piece)
      if (answer.includes('\r\n\r\n')) break
    }
    socket.destroy()
    return answer.split('\r\n', 1)[0] ?? ''
  }
  const http2 = ['connection: upgrade, http2-settings', 'upgrade: h2c', 'http2-settings: AAMAAABk']
  const socket = ['connection: upgrade', 'upgrade: websocket']
  assert.match(await asked('GET /api/v1/lists HTTP/1.1', ...http2), / 200 /)
  assert.match(await asked('GET /api/v1/lists HTTP/1.1', ...socket), / 200 /)
  assert.match(await asked(`POST ${STREAMING} HTTP/1.1`, 'content-length: 0', ...socket), / 404 /)
  // Asked for in a way that is none, it is refused by the protocol.
  assert.match(await asked(`GET ${STREAMING} HTTP/1.1`, ...socket), / 400 /)
  const key = 'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA=='
  const version = 'sec-websocket-version: 7'
  assert.match(await asked(`GET ${STREAMING} HTTP/1.1`, ...socket, key, version), / 400 /)
})

test('a WebSocket asked for while an answer is due closes its connection, and nothing else', async () => {
  await using door = await streamingDoor()
  const { port } = door
  const socket = connect(port, '127.0.0.1')
  const upgrade = 'connection: upgrade\r\nupgrade: websocket'
  const login = 'POST /oauth/token HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n'
  socket.write(`${login}GET ${STREAMING} HTTP/1.1\r\nhost: localhost\r\n${upgrade}\r\n\r\n`)
  socket.resume()
  await once(socket, 'close')
  assert.equal(await door.open('').refused(), 401)
})

test('ten streams of one account, by either way', async () => {
  await using door = await streamingDoor()
  const { ana, ben, port } = door
  const stop = new AbortController()
  const address = `http://localhost:${port}${STREAMING}/user`
  const headers = { authorization: `Bearer ${ana.token}` }
  const stream = await fetch(address, { headers, signal: stop.signal })
  assert.equal(stream.status, 200)
  const programs = Array.from({ length: EVENT_STREAMS_OF_ONE_MAX - 1 }, () =>
    door.open('', { headers: bearer(ana.token) }),
  )
  await Promise.all(programs.map((program) => program.opened()))
  assert.equal(await door.open('', { headers: bearer(ana.token) }).refused(), 503)
  const further = await fetch(address, { headers })
  assert.equal(further.status, 503)
  const other = await door.open('', { headers: bearer(ben.token) }).opened()
  const [first] = programs
  first?.socket.close()
  await first?.closed()
  const again = await door.open('', { headers: bearer(ana.token) }).opened()
  for (const program of [...programs, other, again]) program.socket.terminate()
  stop.abort()
})

test('a socket ends with the session through which it came', async () => {
  await using door = await streamingDoor()
  const { ana, app, clock } = door
  const program = await door.open('?stream=user', { headers: bearer(ana.token) }).opened()
  const closed = program.closed()
  await door.asked('POST', '/oauth/revoke', { form: { ...app, token: ana.token } })
  clock.advance(ASK_AGAIN_MS)
  assert.equal(await closed, '1008 LOGIN_FIRST')
})

test('who does not answer a ping is closed, who does is not', async () => {
  await using door = await streamingDoor()
  const { ana, clock } = door
  const headers = bearer(ana.token)
  const [awake, asleep] = [
    await door.open('', { headers }).opened(),
    await door.open('', { headers, autoPong: false }).opened(),
  ]
  const closed = asleep.closed()
  const pinged = once(awake.socket, 'ping')
  clock.advance(EVENT_BEAT_MS)
  await pinged
  await settled(awake)
  const again = once(awake.socket, 'ping')
  clock.advance(EVENT_BEAT_MS)
  await again
  assert.match(await closed, /^1006/)
  await settled(awake)
  awake.socket.close()
})

test('who does not read what is told loses the socket, and the door no memory', async () => {
  const sockets = await platformWebSockets({ messageBytesMax: SOCKET_MESSAGE_BYTES_MAX })
  const unsent = { bytes: 0 }
  const webSockets: WebSockets = {
    begin: (request, head) => sockets.begin(request, head),
    take: (request) => {
      const stream = sockets.take(request)
      return (
        stream && {
          receive: (handlers) => stream.receive(handlers),
          send: (text) => stream.send(text),
          ping: () => stream.ping(),
          close: (code, reason) => stream.close(code, reason),
          destroy: () => stream.destroy(),
          get unsentBytes() {
            return unsent.bytes
          },
        }
      )
    },
  }
  await using door = await streamingDoor({ webSockets })
  const { ana } = door
  const program = await door.open('?stream=user', { headers: bearer(ana.token) }).opened()
  await settled(program)
  unsent.bytes = SOCKET_UNSENT_BYTES_MAX
  const { id } = (await ana.post('/api/v1/statuses', { status: 'uno' })).json()
  assert.equal(await program.heard(), `user: update ${id}`)
  unsent.bytes++
  const closed = program.closed()
  await ana.post('/api/v1/statuses', { status: 'dos' })
  assert.match(await closed, /^1006/)
})

test('messages too long, too many, or no texts close their socket', async () => {
  await using door = await streamingDoor()
  const headers = bearer(door.ana.token)
  const long = await door.open('', { headers }).opened()
  long.send('x'.repeat(SOCKET_MESSAGE_BYTES_MAX + 1))
  assert.match(await long.closed(), /^1009/)
  const binary = await door.open('', { headers }).opened()
  binary.socket.send(Buffer.from('{}'))
  assert.match(await binary.closed(), /^1003/)
  const many = await door.open('', { headers }).opened()
  for (let i = 0; i <= SOCKET_MESSAGES_MAX; i++) many.send('{}')
  assert.equal(await many.closed(), '1008 too many messages')
})

test('a member that ends says so, and a door that closes waits for no socket', async () => {
  const door = await streamingDoor()
  const headers = bearer(door.ana.token)
  const program = await door.open('?stream=user', { headers }).opened()
  const closed = program.closed()
  await door[Symbol.asyncDispose]()
  assert.equal(await closed, '1001 MEMBER_ENDS')
})

test('a member that is about to end opens no socket any more', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const leaving = new Leaving({
    after: () => {
      resolve()
      return { cancel: () => undefined }
    },
  })
  await using door = await streamingDoor({ leaving })
  const headers = bearer(door.ana.token)
  const program = await door.open('', { headers }).opened()
  void leaving.begin()
  await promise
  assert.equal(await door.open('', { headers }).refused(), 503)
  await settled(program)
  program.socket.close()
})
