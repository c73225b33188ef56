/**
 * The member door over real TLS. Members of the ring that have gone bad send what they like after
 * their hello; newcomers and strangers before it. The member lives, and others are served.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type TLSSocket } from 'node:tls'

import { pick, type SeededChance } from '../../src/base/random.ts'
import type { Log } from '../../src/effects/log.ts'
import type { MemberCredentials, StrangerConnection } from '../../src/effects/net.ts'
import { EnrolmentDoor } from '../../src/node/enrolment/door.ts'
import { platformClock } from '../../src/platform/clock.ts'
import { makeCrypto } from '../../src/platform/crypto.ts'
import { makeNet } from '../../src/platform/net.ts'
import { platformRandom } from '../../src/platform/random.ts'
import type { RpcNode } from '../../src/rpc/node.ts'
import { encodeEnrol, type FromNewcomer } from '../../src/wire/enrol.ts'
import {
  certifyDoor,
  copyAuthority,
  listWaiting,
  renewCertificate,
} from '../../src/wire/enrolment.ts'
import { HEADER_BYTES, KIND, putHeader } from '../../src/wire/frame.ts'
import { helloBody } from '../../src/wire/hello.ts'
import { describeMember } from '../../src/wire/members.ts'
import type { Method } from '../../src/wire/method.ts'
import { pack } from '../../src/wire/packed.ts'
import { fetchRoster } from '../../src/wire/roster.ts'
import {
  certify,
  makeRing,
  memberIdOf,
  methodOf,
  RING,
  startMember,
  type Ring,
  type RpcEffects,
} from '../rpc/members.test-helper.ts'
import { mutated, pieces, randomBytes } from './mutate.ts'
import type { FuzzTarget } from './target.ts'

const HOST = '127.0.0.1'
const ECHO = methodOf('test.echo')
const STREAM = methodOf('test.stream', { kind: 'stream' })
/** Members that have gone bad; each speaks for itself. */
const TRAITORS = 8
const FIRST_TRAITOR = 10
/** Handshakes cost more than what is tried by them: one connection takes several cases. */
const BATCHES_MAX = 24
const QUIET_MS = 15
const FRAMES_MAX = 12
/** One call of a member in good standing for so many cases. */
const ALIVE_EVERY = 20

const KINDS = Object.values(KIND)

export async function rpcTarget(): Promise<FuzzTarget> {
  const problems: string[] = []
  const effects: RpcEffects = {
    net: makeNet(),
    clock: platformClock(),
    random: platformRandom(),
    crypto: makeCrypto(),
    log: noticing(problems),
  }
  const ring = await makeRing(effects)
  const newcomers = doorForNewcomers(effects, ring)
  const stranger = (connection: StrangerConnection): void => newcomers.stranger(connection)
  const place = { number: 1, host: HOST, port: 0 }
  const member = await startMember(effects, ring, { ...place, stranger })
  const friend = await startMember(effects, ring, { number: 2, host: HOST, port: 0 })
  furnish(member)
  const numbers = Array.from({ length: TRAITORS }, (_, index) => FIRST_TRAITOR + index)
  const traitors = await Promise.all(
    numbers.map(async (number) => {
      const credentials = await certify(effects, ring, memberIdOf(number))
      return { number, credentials }
    }),
  )
  const { requestPem } = await effects.crypto.makeRequest(memberIdOf(FIRST_TRAITOR))
  const target = new RpcTarget({ member, friend, traitors, problems, requestPem })
  return {
    name: 'rpc',
    run: (chance) => target.run(chance),
    rest: () => target.rest(),
    async [Symbol.asyncDispose]() {
      newcomers.close()
      await friend.stop()
      await member.stop()
    },
  }
}

/** What members ask of each other with these shapes is read before it comes to a handler. */
const SHAPED: readonly Method[] = [
  renewCertificate,
  certifyDoor,
  copyAuthority,
  listWaiting,
  fetchRoster,
  describeMember,
]

function furnish(member: RpcNode): void {
  member.handle(ECHO, (question) => question)
  member.handleStream(STREAM, async function* () {
    yield 1
    yield 2
  })
  for (const method of SHAPED) member.handle(method, () => ({}))
}

interface Traitor {
  readonly number: number
  readonly credentials: MemberCredentials
}

interface RpcParts {
  readonly member: RpcNode
  readonly friend: RpcNode
  readonly traitors: readonly Traitor[]
  readonly problems: string[]
  /** A sound one, of a newcomer. */
  readonly requestPem: string
}

class RpcTarget {
  readonly #parts: RpcParts
  #cases = 0

  constructor(parts: RpcParts) {
    this.#parts = parts
  }

  async run(chance: SeededChance): Promise<void> {
    const { friend, member, problems, traitors } = this.#parts
    const traitor = chance.below(6) === 0 ? undefined : pick(chance, traitors)
    const protocol = chance.below(6) === 0 ? 'anillo-enrol/1' : 'anillo/1'
    const socket = connect({
      host: HOST,
      port: member.endpoint.port,
      ALPNProtocols: [protocol],
      rejectUnauthorized: false,
      ...(traitor === undefined
        ? {}
        : { cert: traitor.credentials.certificatePem, key: traitor.credentials.privateKeyPem }),
    })
    socket.on('error', () => undefined)
    await once(socket, 'secureConnect')
    if (protocol === 'anillo-enrol/1') await this.#ask(socket, chance)
    else await this.#speak(socket, chance, traitor?.number ?? FIRST_TRAITOR)
    assert.deepEqual(problems, [], 'the member had a problem of its own')
    if (++this.#cases % ALIVE_EVERY > 0) return
    assert.equal(await friend.call({ addresses: [member.address] }, ECHO, 'alive'), 'alive')
  }

  /** Connections of those that went bad end within the time of a hello. */
  async rest(): Promise<void> {
    const { friend, member } = this.#parts
    assert.equal(await friend.call({ addresses: [member.address] }, ECHO, 'rest'), 'rest')
  }

  /** As a newcomer, who has shown nothing at all. */
  async #ask(socket: TLSSocket, chance: SeededChance): Promise<void> {
    const closed = once(socket, 'close').catch(() => undefined)
    socket.resume()
    const messages = Array.from({ length: 1 + chance.below(3) }, () =>
      messageOf(chance, this.#parts.requestPem),
    )
    const whole = Buffer.concat(messages)
    write(socket, chance.below(3) > 0 ? mutated(whole, chance) : whole, chance)
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 2 * QUIET_MS))])
    socket.destroy()
    await closed
  }

  async #speak(socket: TLSSocket, chance: SeededChance, number: number): Promise<void> {
    const closed = once(socket, 'close').catch(() => undefined)
    socket.resume()
    const hello = helloOf(number)
    const first = chance.below(5) === 0 ? mutated(hello, chance) : hello
    write(socket, first, chance)
    const batches = 1 + chance.below(BATCHES_MAX)
    for (let batch = 0; batch < batches && !socket.destroyed; batch++) {
      write(socket, framesOf(chance), chance)
      await Promise.race([closed, new Promise((resolve) => setImmediate(resolve))])
    }
    if (chance.below(3) === 0) socket.end()
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, QUIET_MS))])
    socket.destroy()
    await closed
  }
}

function doorForNewcomers(effects: RpcEffects, ring: Ring): EnrolmentDoor {
  return new EnrolmentDoor({
    effects,
    ring: () => ring,
    entryAddresses: () => [`${HOST}:1`],
    enrol: async () => ({ outcome: 'tokenUsed', replaced: [] }),
    admitsLocally: async () => false,
    tell: () => undefined,
  })
}

function messageOf(chance: SeededChance, requestPem: string): Uint8Array {
  const newcomer = {
    requestPem: chance.below(3) > 0 ? requestPem : requestPem.slice(0, chance.below(400)),
    name: pick(chance, ['carla', 'x'.repeat(63), 'a-b']),
    roles: ['entry' as const],
    port: pick(chance, [1, 9_300, 65_535]),
    hostLabel: 'carla',
  }
  const messages: readonly FromNewcomer[] = [
    { kind: 'token', version: 1, newcomer, token: `anillo1-${'A'.repeat(chance.below(1_500))}` },
    { kind: 'ask', version: pick(chance, [1, 2, 65_535]), newcomer, commitment: '0'.repeat(64) },
    { kind: 'reveal', nonce: 'f'.repeat(64) },
  ]
  return encodeEnrol(pick(chance, messages))
}

function write(socket: TLSSocket, bytes: Buffer, chance: SeededChance): void {
  for (const piece of pieces(bytes, chance)) if (!socket.destroyed) socket.write(piece)
}

function framesOf(chance: SeededChance): Buffer {
  if (chance.below(40) === 0) return randomBytes(chance, chance.below(2_000))
  const frames = Array.from({ length: 1 + chance.below(FRAMES_MAX) }, () => frameOf(chance))
  const whole = Buffer.concat(frames)
  // What is well formed keeps the connection, and comes further in.
  return chance.below(8) === 0 ? mutated(whole, chance) : whole
}

function frameOf(chance: SeededChance): Buffer {
  const kind = chance.below(12) === 0 ? chance.below(256) : pick(chance, KINDS)
  const method = chance.below(8)
  const id = chance.below(6) === 0 ? chance.u32() : chance.below(12)
  const value = chance.below(6) === 0 ? chance.u32() : 1_000
  const flags = chance.below(6) === 0 ? chance.below(16) : 0
  return frame({ kind, flags, method, id, value }, bodyOf(kind, chance))
}

function bodyOf(kind: number, chance: SeededChance): Uint8Array {
  if (kind === KIND.name) {
    const names = [
      ECHO.name,
      STREAM.name,
      ...SHAPED.map(({ name }) => name),
      'x',
      '',
      'é'.repeat(60),
    ]
    return Buffer.from(pick(chance, names))
  }
  if (chance.below(12) === 0) return new Uint8Array(0)
  const values: readonly unknown[] = [
    null,
    [],
    {},
    'x',
    7,
    { requestPem: 'x'.repeat(100), names: ['a.test'] },
    { requestPem: 'x'.repeat(9_000), names: [] },
    { roles: ['tweeter'], warrant: 'f'.repeat(64) },
    { index: 0 },
    { index: Number.NaN },
    ['BUSY', { what: 'x' }],
    Array.from({ length: 2_000 }, () => ({})),
  ]
  const body = Buffer.from(pack(values[chance.below(values.length)]))
  return chance.below(5) === 0 ? mutated(body, chance) : body
}

function frame(header: Parameters<typeof putHeader>[1], body: Uint8Array): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES + body.length)
  putHeader(bytes, header, { at: 0, bodyBytes: body.length })
  bytes.set(body, HEADER_BYTES)
  return bytes
}

function helloOf(number: number): Buffer {
  const hello = {
    versionMin: 1,
    versionMax: 1,
    ringId: RING,
    memberId: memberIdOf(number),
    address: `127.0.0.1:${number}`,
    featureLevel: 0,
    incarnation: number,
    connectionNumber: 1,
  }
  return frame({ kind: KIND.hello }, new Uint8Array(pack(helloBody(hello))))
}

/** What is refused is told as a warning; an error is a fault of the member's own. */
function noticing(problems: string[]): Log {
  const nothing = (): void => undefined
  const log: Log = {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: (event, fields) => void problems.push(`${event} ${JSON.stringify(fields)}`),
    child: () => log,
  }
  return log
}
