/** What every Net keeps on a network that works. */
import assert from 'node:assert/strict'

import { concat, utf8 } from '../../src/base/bytes.ts'
import { parseMemberId, parseRingId, type MemberId, type RingId } from '../../src/base/ids.ts'
import { DAY_MS } from '../../src/base/limits.ts'
import type { Crypto, KeyAndCertificate } from '../../src/effects/crypto.ts'
import type { Effects } from '../../src/effects/effects.ts'
import type {
  ByteStream,
  CloseReason,
  Connection,
  Listener,
  ListenOptions,
  MemberCredentials,
  Net,
  StrangerConnection,
} from '../../src/effects/net.ts'
import { rejectsWith } from './disk.ts'
import { promise, type Suite } from './subject.ts'

type NetEffects = 'net' | 'crypto' | 'clock'

const RING = parseRingId('1'.repeat(32))
const OTHER_RING = parseRingId('2'.repeat(32))
const ANNA = parseMemberId('a'.repeat(32))
const BERTA = parseMemberId('b'.repeat(32))
const ANY_PORT = { host: '127.0.0.1', port: 0 }
const TIMEOUT_MS = 5_000

async function enrol(
  crypto: Crypto,
  authority: KeyAndCertificate,
  names: { readonly memberId: MemberId; readonly ringId: RingId },
): Promise<MemberCredentials> {
  const { privateKeyPem, requestPem } = await crypto.makeRequest(names.memberId)
  const dates = { validFromMs: Date.UTC(2026, 0, 1), validForMs: 365 * DAY_MS }
  const certificatePem = await crypto.issue({ authority, requestPem, ...names, ...dates })
  return { authorityPem: authority.certificatePem, certificatePem, privateKeyPem }
}

/** Everything that one end of a connection met. */
class Witness {
  readonly stream: ByteStream
  readonly closed: Promise<CloseReason>
  readonly #pieces: Uint8Array[] = []
  #length = 0
  #drained = 0
  #closedCount = 0
  #awaited: (() => void) | undefined

  constructor(stream: ByteStream) {
    this.stream = stream
    const { promise: closed, resolve } = Promise.withResolvers<CloseReason>()
    this.closed = closed
    stream.receive({
      bytes: (bytes) => {
        assert.equal(this.#closedCount, 0, 'no bytes after closed()')
        this.#pieces.push(bytes.slice())
        this.#length += bytes.length
        this.#awaited?.()
      },
      drained: () => {
        this.#drained++
        this.#awaited?.()
      },
      closed: (reason) => {
        this.#closedCount++
        assert.equal(this.#closedCount, 1, 'closed() once')
        resolve(reason)
      },
    })
  }

  get bytes(): Uint8Array {
    return concat(this.#pieces)
  }

  get length(): number {
    return this.#length
  }

  get drained(): number {
    return this.#drained
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        this.#awaited = resolve
      })
    }
  }
}

interface Ring {
  readonly net: Net
  readonly anna: MemberCredentials
  readonly berta: MemberCredentials
  /** Of another ring. */
  readonly carla: MemberCredentials
  readonly authority: KeyAndCertificate
}

async function makeRing({ net, crypto, clock }: Pick<Effects, NetEffects>): Promise<Ring> {
  const authority = await crypto.makeAuthority(RING, clock.wallMs())
  const foreign = await crypto.makeAuthority(OTHER_RING, clock.wallMs())
  return {
    net,
    authority,
    anna: await enrol(crypto, authority, { memberId: ANNA, ringId: RING }),
    berta: await enrol(crypto, authority, { memberId: BERTA, ringId: RING }),
    carla: await enrol(crypto, foreign, { memberId: ANNA, ringId: OTHER_RING }),
  }
}

interface Door {
  readonly listener: Listener
  readonly arrivals: Witness[]
  readonly members: Connection[]
  readonly strangers: StrangerConnection[]
  readonly refusals: string[]
  next(): Promise<Witness>
}

async function openDoor(
  ring: Ring,
  options: Partial<Pick<ListenOptions, 'endpoint' | 'isHeard'>> & {
    readonly letsStrangersIn?: boolean
  } = {},
): Promise<Door> {
  const waiting: ((witness: Witness) => void)[] = []
  const arrivals: Witness[] = []
  const members: Connection[] = []
  const strangers: StrangerConnection[] = []
  const refusals: string[] = []
  const arrived = (stream: ByteStream): void => {
    const witness = new Witness(stream)
    arrivals.push(witness)
    waiting.shift()?.(witness)
  }
  const door: ListenOptions = {
    endpoint: options.endpoint ?? ANY_PORT,
    credentials: () => ring.berta,
    connected: (connection) => {
      members.push(connection)
      arrived(connection)
    },
    refused: (_, problem) => refusals.push(problem),
    isHeard: options.isHeard,
  }
  const stranger = (connection: StrangerConnection): void => {
    strangers.push(connection)
    arrived(connection)
  }
  const listener = await ring.net.listen(options.letsStrangersIn ? { ...door, stranger } : door)
  const next = (): Promise<Witness> => new Promise((resolve) => waiting.push(resolve))
  return { listener, arrivals, members, strangers, refusals, next }
}

interface Pair {
  readonly caller: Witness
  readonly callee: Witness
  readonly door: Door
}

/** A connection of two members, for the body; everything is closed afterwards. */
async function withPair(
  effects: Pick<Effects, NetEffects>,
  body: (pair: Pair) => Promise<void>,
): Promise<void> {
  const ring = await makeRing(effects)
  const door = await openDoor(ring)
  const arriving = door.next()
  const { endpoint } = door.listener
  const options = { endpoint, credentials: ring.anna, timeoutMs: TIMEOUT_MS }
  const caller = new Witness(await ring.net.connect(options))
  const callee = await arriving
  await body({ caller, callee, door })
  await door.listener.close()
  caller.stream.destroy()
  callee.stream.destroy()
  await Promise.all([caller.closed, callee.closed])
}

function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 7 + (index >> 8)) & 0xff)
}

export function netSuite(suite: Suite<NetEffects>): void {
  streamSuite(suite)
  closeSuite(suite)
  doorSuite(suite)
  strangerSuite(suite)
}

function streamSuite(suite: Suite<NetEffects>): void {
  promise(suite, 'Connection names the member at the other end', (effects) =>
    withPair(effects, async ({ caller, door }) => {
      const [connection] = door.members
      assert.deepEqual({ ...connection?.peer }, { ringId: RING, memberId: ANNA })
      assert.equal(caller.stream.remote.port, door.listener.endpoint.port)
    }),
  )

  promise(suite, 'ByteStream.write() arrives whole and in order, both ways', (effects) =>
    withPair(effects, async ({ caller, callee }) => {
      const sent = pattern(300_000)
      for (let at = 0; at < sent.length; at += 70_001)
        caller.stream.write(sent.slice(at, at + 70_001))
      callee.stream.write(utf8('answer'))
      await callee.until(() => callee.length === sent.length)
      await caller.until(() => caller.length === 6)
      assert.deepEqual(callee.bytes, sent)
      assert.deepEqual(caller.bytes, utf8('answer'))
    }),
  )

  promise(suite, 'ByteStream.write() holds the writer back until the reader goes on', (effects) =>
    withPair(effects, async ({ caller, callee }) => {
      const piece = pattern(1_000_000)
      callee.stream.pause()
      let pieces = 1
      while (caller.stream.write(piece)) {
        pieces++
        assert.ok(pieces < 100, 'a reader that stands still is noticed')
      }
      assert.equal(caller.drained, 0)
      callee.stream.resume()
      // Another write, when half is gone, may have room: the promise of `drained` stands all the
      // same.
      await callee.until(() => callee.length > (pieces * piece.length) / 2)
      caller.stream.write(utf8('more'))
      await caller.until(() => caller.drained > 0)
      await callee.until(() => callee.length === pieces * piece.length + 4)
    }),
  )
}

function closeSuite(suite: Suite<NetEffects>): void {
  promise(suite, 'ByteStream.end() sends what waits, then both sides close', (effects) =>
    withPair(effects, async ({ caller, callee }) => {
      const sent = pattern(500_000)
      caller.stream.write(sent)
      caller.stream.end()
      assert.equal(caller.stream.write(utf8('late')), false)
      assert.deepEqual(await callee.closed, { kind: 'ended' })
      assert.deepEqual(await caller.closed, { kind: 'ended' })
      assert.deepEqual(callee.bytes, sent)
    }),
  )

  promise(suite, 'ByteStream.destroy() closes at once here and is heard there', (effects) =>
    withPair(effects, async ({ caller, callee }) => {
      caller.stream.destroy()
      caller.stream.destroy()
      assert.equal(caller.stream.write(utf8('late')), false)
      assert.deepEqual(await caller.closed, { kind: 'destroyed' })
      const reason = await callee.closed
      assert.notEqual(reason.kind, 'destroyed')
    }),
  )
}

function doorSuite(suite: Suite<NetEffects>): void {
  promise(suite, 'Net.connect() of another ring is refused on both sides', async (effects) => {
    const ring = await makeRing(effects)
    const door = await openDoor(ring)
    const { endpoint } = door.listener
    const options = { endpoint, credentials: ring.carla, timeoutMs: TIMEOUT_MS }
    await rejectsWith('RPC_UNREACHABLE', () => ring.net.connect(options))
    const again = await openDoorAndCall(ring, door)
    assert.equal(door.members.length, 1)
    assert.equal(door.refusals.length, 1)
    again.stream.destroy()
    await door.listener.close()
  })

  promise(suite, 'Net.connect() from where nobody is heard is refused', async (effects) => {
    const ring = await makeRing(effects)
    const asked: string[] = []
    const isHeard = (from: string): boolean => {
      asked.push(from)
      return false
    }
    const door = await openDoor(ring, { isHeard, letsStrangersIn: true })
    const { endpoint } = door.listener
    const options = { endpoint, credentials: ring.anna, timeoutMs: TIMEOUT_MS }
    await rejectsWith('RPC_UNREACHABLE', () => ring.net.connect(options))
    await rejectsWith('RPC_UNREACHABLE', () => ring.net.connectAsStranger(options))
    await door.listener.close()
    assert.equal(door.arrivals.length, 0)
    assert.equal(asked.length, 2)
    // The end of a handshake that was not let begin may be told as well.
    assert.equal(door.refusals.filter((why) => why.includes('network')).length, 2)
  })

  promise(suite, 'Net.connect() to a port without listener is refused', async (effects) => {
    const ring = await makeRing(effects)
    const door = await openDoor(ring)
    await door.listener.close()
    const { endpoint } = door.listener
    const options = { endpoint, credentials: ring.anna, timeoutMs: TIMEOUT_MS }
    await rejectsWith('RPC_UNREACHABLE', () => ring.net.connect(options))
  })

  promise(suite, 'Listener.close() leaves open connections open', (effects) =>
    withPair(effects, async ({ caller, callee, door }) => {
      await door.listener.close()
      await door.listener.close()
      caller.stream.write(utf8('still here'))
      await callee.until(() => callee.length === 10)
    }),
  )

  promise(suite, 'Net.listen() on a port in use says so', async (effects) => {
    const ring = await makeRing(effects)
    const door = await openDoor(ring)
    await rejectsWith('PORT_IN_USE', () => openDoor(ring, { endpoint: door.listener.endpoint }))
    await door.listener.close()
    const again = await openDoor(ring, { endpoint: door.listener.endpoint })
    await again.listener.close()
  })
}

function strangerSuite(suite: Suite<NetEffects>): void {
  promise(suite, 'Net.connectAsStranger() learns whose ring it is', async (effects) => {
    const ring = await makeRing(effects)
    const door = await openDoor(ring, { letsStrangersIn: true })
    const arriving = door.next()
    const { endpoint } = door.listener
    const connection = await ring.net.connectAsStranger({ endpoint, timeoutMs: TIMEOUT_MS })
    const fingerprint = effects.crypto.fingerprint(ring.authority.certificatePem)
    assert.equal(connection.authorityFingerprint, fingerprint)
    const caller = new Witness(connection)
    connection.write(utf8('let me in'))
    const callee = await arriving
    await callee.until(() => callee.length === 9)
    assert.equal(door.members.length, 0)
    connection.end()
    await Promise.all([caller.closed, callee.closed])
    await door.listener.close()
  })

  promise(suite, 'Net.listen() without a door for strangers lets none in', async (effects) => {
    const ring = await makeRing(effects)
    const door = await openDoor(ring)
    const { endpoint } = door.listener
    await ring.net.connectAsStranger({ endpoint, timeoutMs: TIMEOUT_MS }).then(
      async (connection) => {
        // TLS 1.3 tells the caller of a refusal only after its own handshake is done.
        const reason = await new Witness(connection).closed
        assert.notEqual(reason.kind, 'destroyed')
      },
      () => undefined,
    )
    const again = await openDoorAndCall(ring, door)
    assert.equal(door.refusals.length, 1)
    again.stream.destroy()
    await door.listener.close()
  })
}

/** A good call at the same door, after which an earlier refusal has been told. */
async function openDoorAndCall(ring: Ring, door: Door): Promise<Witness> {
  const arriving = door.next()
  const { endpoint } = door.listener
  const options = { endpoint, credentials: ring.anna, timeoutMs: TIMEOUT_MS }
  const witness = new Witness(await ring.net.connect(options))
  await arriving
  return witness
}
