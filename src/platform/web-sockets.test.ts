import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'

import { WebSocket } from 'ws'

import { WEB_SOCKET_CLOSE, type WebSocketStream } from '../effects/web-sockets.ts'
import { ClientListener } from './client-listener.ts'
import { issuedDoor } from './door-papers.test-helper.ts'
import { platformWebSockets } from './web-sockets.ts'

const HOST = '127.0.0.1'
const TIMES = { keepAliveMs: 5_000, requestMs: 6_000, stallMs: 5_000 }
const MESSAGE_BYTES_MAX = 100

const listener = new ClientListener({ log: { warn: () => undefined } })
const server = listener.makeServer(
  (_asked, answer) => void answer.writeHead(403).end('no'),
  TIMES,
  ({ url }: IncomingMessage) => url !== '/plain',
)
const front = listener.tlsFront(server)
/** Those taken, in order. */
const taken: WebSocketStream[] = []
let wss = ''
let ws = ''
let ca = ''

before(async () => {
  const sockets = await platformWebSockets({ messageBytesMax: MESSAGE_BYTES_MAX })
  server.on('upgrade', (request: IncomingMessage, _socket, head: Buffer) => {
    const answer = sockets.begin(request, head)
    if (answer === undefined) return
    if (request.url === '/refused') {
      answer.writeHead(401).end('not you')
      return
    }
    const stream = sockets.take(request)
    assert.equal(sockets.take(request), undefined, 'once')
    if (stream === undefined) return
    taken.push(stream)
    stream.receive({
      text: (text) => stream.send(`${text}!`),
      alive: () => undefined,
      closed: () => undefined,
    })
  })
  const papers = await issuedDoor(HOST)
  ca = papers.authorityPem
  front.show(papers)
  wss = `wss://${HOST}:${(await front.listen({ host: HOST, port: 0 })).port}`
  server.listen(0, HOST)
  await once(server, 'listening')
  ws = `ws://${HOST}:${(server.address() as AddressInfo).port}`
})

after(() => {
  front.close()
  server.close()
  server.closeAllConnections()
})

for (const way of ['ws', 'wss'] as const) {
  test(`texts go both ways over ${way}, and each end may close`, async () => {
    const socket = new WebSocket(way === 'ws' ? ws : wss, { ca })
    // Sent with the request, before it is answered.
    await once(socket, 'open')
    socket.send('hola')
    const [data] = (await once(socket, 'message')) as [Buffer]
    assert.equal(data.toString(), 'hola!')
    const closed = once(socket, 'close') as Promise<[number, Buffer]>
    taken.at(-1)?.close(WEB_SOCKET_CLOSE.goingAway, 'bye')
    const [code, reason] = await closed
    assert.deepEqual([code, reason.toString()], [1001, 'bye'])
  })

  test(`a refusal over ${way} is an answer as over HTTP, and ends its connection`, async () => {
    const socket = new WebSocket(`${way === 'ws' ? ws : wss}/refused`, { ca })
    socket.on('error', () => undefined)
    const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage]
    assert.deepEqual([answer.statusCode, answer.headers.connection], [401, 'close'])
    let body = ''
    for await (const piece of answer) body += String(piece)
    assert.equal(body, 'not you')
  })
}

test('where Node is not to tell of it, the wish is passed over', async () => {
  const socket = new WebSocket(`${ws}/plain`)
  socket.on('error', () => undefined)
  const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage]
  assert.equal(answer.statusCode, 403)
  socket.terminate()
})

test('a message that is longer than it may be closes its socket', async () => {
  const socket = new WebSocket(ws)
  await once(socket, 'open')
  socket.send('x'.repeat(MESSAGE_BYTES_MAX))
  await once(socket, 'message')
  socket.send('x'.repeat(MESSAGE_BYTES_MAX + 1))
  const [code] = (await once(socket, 'close')) as [number]
  assert.equal(code, 1009)
})
