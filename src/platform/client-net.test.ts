/** Connections of clients, with a client of `node:net` and `node:tls` at the other end. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect as connectPlain, type Socket } from 'node:net'
import { test } from 'node:test'
import { connect as connectTls, type TLSSocket } from 'node:tls'

import type { ClientStream, Secured, SecurityContext } from '../effects/client-net.ts'
import type { CloseReason } from '../effects/net.ts'
import { platformClientNet } from './client-net.ts'
import { issuedDoor } from './door-papers.test-helper.ts'

const net = platformClientNet({ door: 'of a test', flag: 'nothing' })
const local = { host: '127.0.0.1', port: 0 }
/** More than the system takes for one who does not read. */
const PIECE_BYTES = 8 << 20

async function pair(t: { after(run: () => void): void }) {
  const arrived = Promise.withResolvers<ClientStream>()
  const listener = await net.listen({ endpoint: local, connected: arrived.resolve })
  const client = connectPlain({ ...local, port: listener.endpoint.port })
  client.on('error', () => undefined)
  const stream = await arrived.promise
  t.after(() => {
    client.destroy()
    stream.destroy()
    void listener.close()
  })
  return { client, stream }
}

function collected(stream: ClientStream) {
  const closed = Promise.withResolvers<CloseReason>()
  let text = ''
  stream.receive({
    bytes: (bytes) => void (text += new TextDecoder().decode(bytes)),
    closed: closed.resolve,
  })
  return { text: () => text, closed: closed.promise }
}

async function secured(
  context: SecurityContext,
  { client, stream }: { readonly client: Socket; readonly stream: ClientStream },
  session?: Buffer,
): Promise<{ readonly tls: TLSSocket; readonly outcome: Secured }> {
  const tls = connectTls({
    socket: client,
    rejectUnauthorized: false,
    ...(session === undefined ? {} : { session }),
  })
  tls.on('error', () => undefined)
  return { tls, outcome: await context.secure(stream) }
}

test('receive() hands out all bytes, waits for each piece, and then tells the end', async (t) => {
  const { client, stream } = await pair(t)
  const closed = Promise.withResolvers<CloseReason>()
  let bytes = 0
  let atOnce = 0
  stream.receive({
    async bytes(piece) {
      assert.equal(++atOnce, 1)
      const { length } = piece
      await new Promise((resolve) => setImmediate(resolve))
      bytes += length
      atOnce--
    },
    closed: closed.resolve,
  })
  client.end(Buffer.alloc(3_000_000))
  assert.deepEqual(await closed.promise, { kind: 'ended', isAnnounced: true })
  assert.equal(bytes, 3_000_000)
})

test('a reset is no end', async (t) => {
  const { client, stream } = await pair(t)
  const got = collected(stream)
  client.resetAndDestroy()
  assert.equal((await got.closed).kind, 'broken')
})

test('send() gives the bytes back when it resolves: what they become then is not sent', async (t) => {
  const { client, stream } = await pair(t)
  collected(stream)
  const memory = new Uint8Array(PIECE_BYTES)
  let bytes = 0
  let sum = 0
  client.on('data', (piece: Buffer) => {
    bytes += piece.length
    for (const byte of piece) sum += byte
  })
  for (const value of [1, 2, 3]) {
    memory.fill(value)
    await stream.send(memory)
  }
  memory.fill(0)
  await stream.finish()
  if (!client.readableEnded) await once(client, 'end')
  assert.deepEqual([bytes, sum], [3 * PIECE_BYTES, 6 * PIECE_BYTES])
})

test('send() of bytes that nobody takes resolves when the connection ends', async (t) => {
  const { client, stream } = await pair(t)
  collected(stream)
  const sending = stream.send(new Uint8Array(4 * PIECE_BYTES))
  client.destroy()
  await sending
  await stream.send(new Uint8Array(1))
})

test('finish() sends all that waits', async (t) => {
  const { client, stream } = await pair(t)
  collected(stream)
  await stream.send(new Uint8Array(500_000))
  const finished = stream.finish()
  let bytes = 0
  client.on('data', (piece: Buffer) => void (bytes += piece.length))
  await once(client, 'end')
  client.end()
  assert.equal(await finished, true)
  assert.equal(bytes, 500_000)
})

test('secure() encrypts in mid-stream, and knows a session of its context again', async (t) => {
  const context = net.securityContext(await issuedDoor('localhost'))
  const control = await pair(t)
  const got = collected(control.stream)
  const first = await secured(context, control)
  assert.equal(first.outcome.kind === 'secured' && first.outcome.isReused, false)
  const [session] = (await once(first.tls, 'session')) as [Buffer]
  first.tls.end('hello')
  assert.deepEqual(await got.closed, { kind: 'ended', isAnnounced: true })
  assert.equal(got.text(), 'hello')

  const data = await secured(context, await pair(t), session)
  assert.equal(data.outcome.kind === 'secured' && data.outcome.isReused, true)
  const stranger = await secured(
    net.securityContext(await issuedDoor('localhost')),
    await pair(t),
    session,
  )
  assert.equal(stranger.outcome.kind === 'secured' && stranger.outcome.isReused, false)
})

test('secure() tells a connection that ended before a byte, and one that speaks no TLS', async (t) => {
  const context = net.securityContext(await issuedDoor('localhost'))
  const empty = await pair(t)
  empty.client.end()
  assert.equal((await context.secure(empty.stream)).kind, 'untouched')
  const plain = await pair(t)
  plain.client.write('USER ana\r\n')
  assert.equal((await context.secure(plain.stream)).kind, 'failed')
})

test('an end without close_notify keeps every byte', async (t) => {
  const context = net.securityContext(await issuedDoor('localhost'))
  const connection = await pair(t)
  const got = collected(connection.stream)
  const { tls } = await secured(context, connection)
  await new Promise<void>((resolve) => void tls.write('all of it', () => resolve()))
  connection.client.end()
  assert.deepEqual(await got.closed, { kind: 'ended', isAnnounced: true })
  assert.equal(got.text(), 'all of it')
})

test('listen() tells a port that is in use', async (t) => {
  const listener = await net.listen({ endpoint: local, connected: () => undefined })
  t.after(() => void listener.close())
  await assert.rejects(
    net.listen({ endpoint: listener.endpoint, connected: () => undefined }),
    /Port \d+ \(of a test\) is in use\. Choose another with nothing\./,
  )
})

test('connect() tells who cannot be reached', async () => {
  const listener = await net.listen({ endpoint: local, connected: () => undefined })
  await listener.close()
  const signal = new AbortController().signal
  await assert.rejects(net.connect({ to: listener.endpoint, signal }), /ECONNREFUSED/)
})
