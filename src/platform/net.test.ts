import assert from 'node:assert/strict'
import { connect as tcpConnect } from 'node:net'
import { test } from 'node:test'
import { connect as tlsConnect } from 'node:tls'

import { isAnilloError } from '../base/errors.ts'
import { parseMemberId, parseRingId, type MemberId } from '../base/ids.ts'
import { DAY_MS } from '../base/limits.ts'
import type { KeyAndCertificate } from '../effects/crypto.ts'
import type {
  ByteStream,
  CloseReason,
  Connection,
  Endpoint,
  Listener,
  ListenOptions,
  MemberCredentials,
  StrangerConnection,
} from '../effects/net.ts'
import { directedBroadcast } from './broadcast.ts'
import { makeCrypto } from './crypto.ts'
import { makeNet } from './net.ts'

const crypto = makeCrypto()
const net = makeNet()
const LOOPBACK = { host: '127.0.0.1', port: 0 }
const RING = parseRingId('0'.repeat(31) + '1')
const OTHER_RING = parseRingId('0'.repeat(31) + '2')
const ANNA = parseMemberId('a'.repeat(32))
const BERTA = parseMemberId('b'.repeat(32))

interface Certified {
  readonly authority: KeyAndCertificate
  readonly memberId: MemberId
  readonly validFromMs?: number
  readonly validForMs?: number
}

async function credentialsOf(options: Certified, ringId = RING): Promise<MemberCredentials> {
  const { authority, memberId } = options
  const request = await crypto.makeRequest(memberId)
  const certificatePem = await crypto.issue({
    authority,
    requestPem: request.requestPem,
    ringId,
    memberId,
    validFromMs: options.validFromMs ?? Date.now() - DAY_MS,
    validForMs: options.validForMs ?? 2 * DAY_MS,
  })
  const { privateKeyPem } = request
  return { authorityPem: authority.certificatePem, certificatePem, privateKeyPem }
}

const authority = await crypto.makeAuthority(RING, Date.now())
const foreign = await crypto.makeAuthority(OTHER_RING, Date.now())
const anna = await credentialsOf({ authority, memberId: ANNA })
const berta = await credentialsOf({ authority, memberId: BERTA })

interface TestDoor extends AsyncDisposable {
  readonly listener: Listener
  nextConnection(): Promise<Connection>
  nextStranger(): Promise<StrangerConnection>
  nextRefusal(): Promise<string>
}

async function door(extra: Partial<ListenOptions> = {}): Promise<TestDoor> {
  const connected = mailbox<Connection>()
  const strangers = mailbox<StrangerConnection>()
  const refusals = mailbox<string>()
  const listener = await net.listen({
    endpoint: LOOPBACK,
    credentials: () => anna,
    connected: connected.put,
    stranger: strangers.put,
    refused: (_, problem) => refusals.put(problem),
    ...extra,
  })
  return {
    listener,
    nextConnection: connected.next,
    nextStranger: strangers.next,
    nextRefusal: refusals.next,
    [Symbol.asyncDispose]: () => listener.close(),
  }
}

function mailbox<T>() {
  const items: T[] = []
  const waiting: ((item: T) => void)[] = []
  return {
    put: (item: T): void => {
      const waiter = waiting.shift()
      if (waiter === undefined) items.push(item)
      else waiter(item)
    },
    next: (): Promise<T> => {
      const item = items.shift()
      return item === undefined
        ? new Promise((resolve) => {
            waiting.push(resolve)
          })
        : Promise.resolve(item)
    },
  }
}

function collect(stream: ByteStream): Promise<{ text: string; reason: CloseReason }> {
  const pieces: Uint8Array[] = []
  return new Promise((resolve) => {
    stream.receive({
      bytes: (bytes) => pieces.push(bytes.slice()),
      drained: () => undefined,
      closed: (reason) => resolve({ text: Buffer.concat(pieces).toString(), reason }),
    })
  })
}

async function dial(to: Endpoint, credentials = berta): Promise<Connection> {
  return net.connect({ endpoint: to, credentials, timeoutMs: 5_000 })
}

test('connect() and listen() prove both members to each other and carry bytes', async () => {
  await using site = await door()
  const outward = await dial(site.listener.endpoint)
  const outwardEnd = collect(outward)
  const inward = await site.nextConnection()
  const inwardEnd = collect(inward)
  assert.deepEqual(outward.peer, { ringId: RING, memberId: ANNA })
  assert.deepEqual(inward.peer, { ringId: RING, memberId: BERTA })
  outward.write(Buffer.from('there'))
  inward.write(Buffer.from('back'))
  inward.end()
  assert.deepEqual(await outwardEnd, { text: 'back', reason: { kind: 'ended' } })
  assert.deepEqual(await inwardEnd, { text: 'there', reason: { kind: 'ended' } })
  assert.equal(outward.write(Buffer.from('late')), false)
})

test('write() answers false above the high-water mark, and drained() follows', async () => {
  await using site = await door()
  const outward = await dial(site.listener.endpoint)
  const inward = await site.nextConnection()
  const drained = new Promise<void>((resolve) => {
    outward.receive({ bytes: () => undefined, drained: resolve, closed: () => undefined })
  })
  inward.pause()
  const received = collect(inward)
  inward.pause()
  const piece = new Uint8Array(1 << 20)
  let pieces = 1
  while (outward.write(piece)) pieces++
  inward.resume()
  await drained
  outward.end()
  assert.equal((await received).text.length, pieces * piece.length)
})

test('destroy() tells which side broke off', async () => {
  await using site = await door()
  const outward = await dial(site.listener.endpoint)
  const ends = [collect(outward), collect(await site.nextConnection())]
  outward.destroy()
  const [mine, theirs] = await Promise.all(ends)
  assert.equal(mine?.reason.kind, 'destroyed')
  assert.notEqual(theirs?.reason.kind, 'destroyed')
})

test('a certificate outside its dates is let in: enrolment decides', async () => {
  await using site = await door()
  const past = { validFromMs: Date.now() - 90 * DAY_MS, validForMs: DAY_MS }
  const asleep = await credentialsOf({ authority, memberId: BERTA, ...past })
  const outward = await dial(site.listener.endpoint, asleep)
  assert.equal((await site.nextConnection()).peer.memberId, BERTA)
  outward.destroy()
})

test('a renewed certificate is shown from the next connection on', async () => {
  let shown = anna
  await using site = await door({ credentials: () => shown })
  shown = berta
  const outward = await dial(site.listener.endpoint, anna)
  assert.equal(outward.peer.memberId, BERTA)
  outward.destroy()
})

test('a member of another ring is refused, on either side', async () => {
  await using site = await door()
  const stranger = await credentialsOf({ authority: foreign, memberId: BERTA }, OTHER_RING)
  await assert.rejects(dial(site.listener.endpoint, stranger), (error: unknown) =>
    isAnilloError(error, 'RPC_UNREACHABLE'),
  )
  assert.match(await site.nextRefusal(), /handshake|not of this ring/)
  // With the right authority to judge the door by, its own certificate is still of another ring.
  const liar = { ...stranger, authorityPem: authority.certificatePem }
  const outward = await dial(site.listener.endpoint, liar)
  assert.match(await site.nextRefusal(), /not of this ring/)
  await collect(outward)
})

test('during a rotation members of either authority are let in, and afterwards of the new one alone', async () => {
  const next = await crypto.makeAuthority(RING, Date.now())
  const alsoTrustedPems = [next.certificatePem]
  let shown: MemberCredentials = { ...anna, alsoTrustedPems }
  await using site = await door({ credentials: () => shown })
  const renewed = await credentialsOf({ authority: next, memberId: BERTA })
  const both = { ...renewed, alsoTrustedPems: [authority.certificatePem] }
  for (const credentials of [{ ...berta, alsoTrustedPems }, both]) {
    const outward = await dial(site.listener.endpoint, credentials)
    assert.equal(outward.peer.memberId, ANNA)
    assert.equal((await site.nextConnection()).peer.memberId, BERTA)
    outward.destroy()
  }
  shown = await credentialsOf({ authority: next, memberId: ANNA })
  const outward = await dial(site.listener.endpoint, renewed)
  await site.nextConnection()
  outward.destroy()
  // It trusts the door, but shows what the old authority signed.
  await collect(await dial(site.listener.endpoint, { ...berta, alsoTrustedPems }))
  assert.match(await site.nextRefusal(), /not of this ring/)
})

test('a certificate that somebody made himself is refused, also in the names of this ring', async () => {
  await using site = await door()
  // The same names as the ring's authority has, and another key.
  const himself = await crypto.makeAuthority(RING, Date.now())
  const forged = await credentialsOf({ authority: himself, memberId: BERTA })
  const liar = { ...forged, authorityPem: authority.certificatePem }
  await collect(await dial(site.listener.endpoint, liar))
  assert.match(await site.nextRefusal(), /not of this ring/)
  // Signed by a member, which is no authority.
  const byMember = await credentialsOf({
    authority: { certificatePem: anna.certificatePem, privateKeyPem: anna.privateKeyPem },
    memberId: BERTA,
  })
  const child = { ...byMember, authorityPem: authority.certificatePem }
  await collect(await dial(site.listener.endpoint, child))
  assert.match(await site.nextRefusal(), /not of this ring/)
})

test('the end of the other’s certificate is told with the connection', async () => {
  await using site = await door()
  const validForMs = 3 * DAY_MS
  const validFromMs = Math.floor(Date.now() / 1_000) * 1_000
  const some = await credentialsOf({ authority, memberId: BERTA, validFromMs, validForMs })
  const outward = await dial(site.listener.endpoint, some)
  const inward = await site.nextConnection()
  assert.equal(inward.certificateUntilMs, validFromMs + validForMs)
  outward.destroy()
})

test('a certificate that names another ring under this authority is refused', async () => {
  await using site = await door()
  const mixed = await credentialsOf({ authority, memberId: BERTA }, OTHER_RING)
  await collect(await dial(site.listener.endpoint, mixed))
  assert.match(await site.nextRefusal(), /another ring/)
})

test('the authority itself is no member', async () => {
  await using site = await door()
  const { certificatePem, privateKeyPem } = authority
  await collect(
    await dial(site.listener.endpoint, {
      authorityPem: certificatePem,
      certificatePem,
      privateKeyPem,
    }),
  )
  assert.match(await site.nextRefusal(), /authority|no member/)
})

test('who shows no certificate, or no protocol, or no TLS, is refused; the door stays', async () => {
  await using site = await door()
  const { host, port } = site.listener.endpoint
  const bare = { host, port, rejectUnauthorized: false }
  const ignore = (): void => undefined
  tlsConnect({ ...bare, ALPNProtocols: ['anillo/1'] }).on('error', ignore)
  assert.match(await site.nextRefusal(), /no certificate/)
  tlsConnect(bare).on('error', ignore)
  assert.match(await site.nextRefusal(), /no protocol/)
  tlsConnect({ ...bare, ALPNProtocols: ['h2'] }).on('error', ignore)
  assert.match(await site.nextRefusal(), /handshake/)
  tlsConnect({ ...bare, maxVersion: 'TLSv1.2' }).on('error', ignore)
  assert.match(await site.nextRefusal(), /handshake/)
  tcpConnect(port, host, function greet(this: ReturnType<typeof tcpConnect>) {
    this.write('GET / HTTP/1.1\r\n\r\n')
  }).on('error', ignore)
  assert.match(await site.nextRefusal(), /handshake/)
  tcpConnect(port, host, function leave(this: ReturnType<typeof tcpConnect>) {
    this.resetAndDestroy()
  })
  assert.match(await site.nextRefusal(), /handshake/)
  const outward = await dial(site.listener.endpoint)
  outward.destroy()
})

test('connectAsStranger() tells the authority of the member at the other end', async () => {
  await using site = await door()
  const outward = await net.connectAsStranger({
    endpoint: site.listener.endpoint,
    timeoutMs: 5_000,
  })
  const received = collect(outward)
  const inward = await site.nextStranger()
  assert.equal(outward.authorityFingerprint, crypto.fingerprint(authority.certificatePem))
  assert.equal(inward.authorityFingerprint, outward.authorityFingerprint)
  inward.receive({ bytes: () => undefined, drained: () => undefined, closed: () => undefined })
  inward.write(Buffer.from('welcome'))
  inward.end()
  assert.equal((await received).text, 'welcome')
})

test('connectAsStranger() refuses a member that shows an authority which did not sign it', async () => {
  const forged = { ...anna, authorityPem: foreign.certificatePem }
  await using site = await door({ credentials: () => forged })
  await assert.rejects(
    net.connectAsStranger({ endpoint: site.listener.endpoint, timeoutMs: 5_000 }),
    (error: unknown) => isAnilloError(error, 'RPC_UNREACHABLE'),
  )
})

test('strangers are refused where nobody takes them', async () => {
  const problems = mailbox<string>()
  const listener = await net.listen({
    endpoint: LOOPBACK,
    credentials: () => anna,
    connected: () => undefined,
    refused: (_, problem) => problems.put(problem),
  })
  const options = { endpoint: listener.endpoint, timeoutMs: 5_000 }
  await collect(await net.connectAsStranger(options))
  assert.match(await problems.next(), /newcomers/)
  await listener.close()
})

test('connect() fails with the reason when nobody listens, and in time when nobody answers', async () => {
  const listener = await net.listen({
    endpoint: LOOPBACK,
    credentials: () => anna,
    connected: () => undefined,
    refused: () => undefined,
  })
  await listener.close()
  await assert.rejects(dial(listener.endpoint), /ECONNREFUSED/)
})

test('listen() tells a port in use', async () => {
  await using site = await door()
  await assert.rejects(door({ endpoint: site.listener.endpoint }), (error: unknown) =>
    isAnilloError(error, 'PORT_IN_USE'),
  )
})

test('datagrams() share a port, and each process hears a broadcast', async () => {
  const heard = [mailbox<string>(), mailbox<string>()]
  const first = await net.datagrams({
    endpoint: { host: '0.0.0.0', port: 0 },
    shared: true,
    received: (bytes) => heard[0]?.put(Buffer.from(bytes).toString()),
  })
  const second = await net.datagrams({
    endpoint: first.endpoint,
    shared: true,
    received: (bytes) => heard[1]?.put(Buffer.from(bytes).toString()),
  })
  first.send(Buffer.from('hello'), { host: '127.255.255.255', port: first.endpoint.port })
  assert.deepEqual(await Promise.all(heard.map((box) => box.next())), ['hello', 'hello'])
  await assert.rejects(
    net.datagrams({ endpoint: first.endpoint, shared: false, received: () => undefined }),
    (error: unknown) => isAnilloError(error, 'PORT_IN_USE'),
  )
  await Promise.all([first.close(), second.close()])
})

test('broadcastAddresses() has the directed broadcast of loopback too', () => {
  assert.ok(net.broadcastAddresses().includes('127.255.255.255'))
})

test('directedBroadcast() fills the host part with ones', () => {
  assert.equal(directedBroadcast('192.168.7.9', '255.255.252.0'), '192.168.7.255')
  assert.equal(directedBroadcast('10.1.2.3', '255.0.0.0'), '10.255.255.255')
  assert.equal(directedBroadcast('10.1.2.3', '255.255.255.255'), '10.1.2.3')
})
