/** Who must not get in at a member's door, over real TLS; and that the member stays alive. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect as tcpConnect } from 'node:net'
import { after, before, test } from 'node:test'
import { connect as tlsConnect, type TLSSocket } from 'node:tls'

import { isAnilloError } from '../../src/base/errors.ts'
import type { MemberId } from '../../src/base/ids.ts'
import type { Log } from '../../src/effects/log.ts'
import type { MemberCredentials } from '../../src/effects/net.ts'
import { platformClock } from '../../src/platform/clock.ts'
import { makeCrypto } from '../../src/platform/crypto.ts'
import { makeNet } from '../../src/platform/net.ts'
import { platformRandom } from '../../src/platform/random.ts'
import type { RpcNode } from '../../src/rpc/node.ts'
import type { RpcCounters } from '../../src/rpc/types.ts'
import { FRAME_BODY_BYTES_MAX } from '../../src/wire/frame.ts'
import { HEADER_BYTES, KIND, putHeader, type Header } from '../../src/wire/frame.ts'
import { helloBody } from '../../src/wire/hello.ts'
import { pack } from '../../src/wire/packed.ts'
import {
  certify,
  makeRing,
  memberIdOf,
  methodOf,
  OTHER_RING,
  RING,
  startMember,
  type Ring,
  type RpcEffects,
} from '../rpc/members.test-helper.ts'

const HOST = '127.0.0.1'
const ECHO = methodOf('test.echo')

/** What the member under attack has written, and who waits for it. */
const told: string[] = []
let toldMore = Promise.withResolvers<void>()

const tell = (event: string): void => {
  told.push(event)
  toldMore.resolve()
  toldMore = Promise.withResolvers<void>()
}
const log: Log = { debug: tell, info: tell, warn: tell, error: tell, child: () => log }
const effects: RpcEffects = {
  net: makeNet(),
  clock: platformClock(),
  random: platformRandom(),
  crypto: makeCrypto(),
  log,
}

let ring: Ring
let member: RpcNode
let friend: RpcNode

before(async () => {
  ring = await makeRing(effects)
  member = await startMember(effects, ring, { number: 1, host: HOST, port: 0 })
  friend = await startMember(effects, ring, { number: 2, host: HOST, port: 0 })
  member.handle(ECHO, (question) => question)
})

after(async () => {
  await friend.stop()
  await member.stop()
})

/** The attack raises the counter, is logged under the event, and the member answers as before. */
async function survives(
  counter: keyof RpcCounters,
  event: string,
  attack: () => Promise<void>,
): Promise<void> {
  const before = member.counters[counter]
  told.length = 0
  await attack()
  while (!told.includes(event)) await toldMore.promise
  assert.ok(member.counters[counter] > before, `${counter} grew`)
  assert.equal(await friend.call({ addresses: [member.address] }, ECHO, 'alive'), 'alive')
}

function dial(credentials?: MemberCredentials): Promise<TLSSocket> {
  const socket = tlsConnect({
    host: HOST,
    port: member.endpoint.port,
    ALPNProtocols: ['anillo/1'],
    rejectUnauthorized: false,
    ...(credentials === undefined
      ? {}
      : { cert: credentials.certificatePem, key: credentials.privateKeyPem }),
  })
  return once(socket, 'secureConnect').then(() => {
    // An attacker that is thrown out hears of it in one way or another.
    socket.on('error', () => undefined)
    return socket
  })
}

/** Has a certificate of this ring, and speaks as it likes. */
async function traitor(number: number): Promise<TLSSocket> {
  return dial(await certify(effects, ring, memberIdOf(number)))
}

function frame(header: Header, body: Uint8Array = new Uint8Array(0)): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + body.length)
  putHeader(bytes, header, { at: 0, bodyBytes: body.length })
  bytes.set(body, HEADER_BYTES)
  return bytes
}

function helloOf(memberId: MemberId, changes: object = {}): Uint8Array {
  const hello = {
    versionMin: 1,
    versionMax: 1,
    ringId: RING,
    memberId,
    address: '127.0.0.1:1',
    featureLevel: 0,
    incarnation: 1,
    connectionNumber: 1,
    ...changes,
  }
  return frame({ kind: KIND.hello }, pack(helloBody(hello)).slice())
}

async function closed(socket: TLSSocket): Promise<Buffer> {
  const pieces: Buffer[] = []
  socket.on('data', (piece: Buffer) => pieces.push(piece))
  if (!socket.closed) await once(socket, 'close')
  return Buffer.concat(pieces)
}

test('a client without a certificate is refused', async () => {
  await survives('connectionsRefused', 'rpc.stranger.refused', async () => {
    await closed(await dial())
  })
})

test('a member of another ring is refused', async () => {
  const other = await makeRing(effects, OTHER_RING)
  await survives('connectionsRefused', 'rpc.stranger.refused', async () => {
    await closed(await dial(await certify(effects, other, memberIdOf(2))))
  })
  const foreigner = await startMember(effects, other, { number: 3, host: HOST, port: 0 })
  await assert.rejects(foreigner.call({ addresses: [member.address] }, ECHO, 1), (error) =>
    isAnilloError(error, 'RPC_UNREACHABLE'),
  )
  await foreigner.stop()
})

test('a plain-text client is refused', async () => {
  await survives('connectionsRefused', 'rpc.stranger.refused', async () => {
    const socket = tcpConnect(member.endpoint.port, HOST).on('error', () => undefined)
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    socket.resume()
    await once(socket, 'close')
  })
})

test('a foreign ring in the hello gets a typed refusal and is counted', async () => {
  await survives('foreignFrames', 'rpc.refused', async () => {
    const socket = await traitor(4)
    socket.write(helloOf(memberIdOf(4), { ringId: OTHER_RING }))
    const answer = await closed(socket)
    assert.equal(answer[4], KIND.refuse)
    assert.match(answer.toString('latin1'), /RPC_FOREIGN_RING/)
  })
})

test('a hello in the name of another member, or of another protocol version, is refused', async () => {
  for (const [changes, code] of [
    [{ memberId: memberIdOf(9) }, /RPC_WRONG_MEMBER/],
    [{ versionMin: 7, versionMax: 9 }, /RPC_VERSION/],
  ] as const) {
    await survives('connectionsRefused', 'rpc.refused', async () => {
      const socket = await traitor(4)
      socket.write(helloOf(memberIdOf(4), changes))
      assert.match((await closed(socket)).toString('latin1'), code)
    })
  }
})

test('random bytes are garbled', async () => {
  await survives('garbledFrames', 'rpc.garbled', async () => {
    const socket = await traitor(5)
    socket.write(effects.random.bytes(10_000))
    await closed(socket)
  })
})

test('a request before the hello is garbled', async () => {
  await survives('garbledFrames', 'rpc.garbled', async () => {
    const socket = await traitor(5)
    socket.write(frame({ kind: KIND.request, id: 1, value: 1000 }, pack([1]).slice()))
    await closed(socket)
  })
})

test('huge lengths are garbled: 5 KiB before the hello, over the frame limit after it', async () => {
  const huge = (bodyBytes: number): Uint8Array => {
    const bytes = new Uint8Array(HEADER_BYTES)
    putHeader(bytes, { kind: KIND.hello }, { at: 0, bodyBytes })
    return bytes
  }
  await survives('garbledFrames', 'rpc.garbled', async () => {
    const socket = await traitor(5)
    socket.write(huge(5 * 1024))
    await closed(socket)
  })
  await survives('garbledFrames', 'rpc.garbled', async () => {
    const socket = await traitor(5)
    socket.write(Buffer.concat([helloOf(memberIdOf(5)), huge(FRAME_BODY_BYTES_MAX + 1)]))
    await closed(socket)
  })
})

test('frames that break the rules after the hello are garbled, one by one', async () => {
  const name = frame({ kind: KIND.name, method: 0 }, Buffer.from('test.echo'))
  const request = frame({ kind: KIND.request, id: 1, value: 1000 }, pack('x').slice())
  const bad: readonly (readonly Uint8Array[])[] = [
    [helloOf(memberIdOf(6))],
    [request],
    [name, name],
    [frame({ kind: KIND.name, method: 0 }, new Uint8Array(101))],
    [name, frame({ kind: KIND.request, id: 1, value: 1000 }, new Uint8Array([0xc1]))],
    [frame({ kind: KIND.failure, id: 1 }, pack('no failure').slice())],
    [frame({ kind: 99 })],
    [frame({ kind: KIND.ping, flags: 128 })],
  ]
  for (const frames of bad) {
    await survives('garbledFrames', 'rpc.garbled', async () => {
      const socket = await traitor(6)
      socket.write(Buffer.concat([helloOf(memberIdOf(6)), ...frames]))
      await closed(socket)
    })
  }
})

test('late frames for requests that are not known are no offence', async () => {
  const socket = await traitor(7)
  const late = [KIND.answer, KIND.item, KIND.end, KIND.credit, KIND.cancel, KIND.pong]
  const frames = late.map((kind) => frame({ kind, id: 77, value: 5 }, new Uint8Array([0xc0])))
  socket.write(Buffer.concat([helloOf(memberIdOf(7)), ...frames, frame({ kind: KIND.ping })]))
  let heard = Buffer.alloc(0)
  for await (const piece of socket) {
    heard = Buffer.concat([heard, piece as Buffer])
    if (heard.at(-HEADER_BYTES + 4) === KIND.pong) break
  }
  assert.equal(heard.at(-HEADER_BYTES + 4), KIND.pong)
})

test('half a hello, and then nothing, holds nobody up and ends after the time for hellos', async () => {
  await survives('connectionsRefused', 'rpc.broken', async () => {
    const socket = await traitor(8)
    const hello = helloOf(memberIdOf(8))
    socket.write(hello.subarray(0, 9))
    assert.equal(await friend.call({ addresses: [member.address] }, ECHO, 'meanwhile'), 'meanwhile')
    await closed(socket)
  })
})

test('one byte at a time is slow, and understood', async () => {
  const socket = await traitor(8)
  const heard = once(socket, 'data')
  for (const byte of helloOf(memberIdOf(8))) socket.write(Uint8Array.of(byte))
  const [answer] = (await heard) as [Buffer]
  assert.equal(answer[4], KIND.hello)
  socket.destroy()
})
