/**
 * Readers of bytes and texts from outside, called directly: each answers with what it read, or that
 * it is nothing of its kind, and throws nothing but errors of the one table.
 */
import assert from 'node:assert/strict'

import { isAnilloError } from '../../src/base/errors.ts'
import { parseMemberId, parseRingId } from '../../src/base/ids.ts'
import { KIB } from '../../src/base/limits.ts'
import { pick, type SeededChance } from '../../src/base/random.ts'
import { decodeState, encodeState } from '../../src/gateways/kademlia/node-state.ts'
import { Cookies } from '../../src/gateways/rest/cookies.ts'
import { credentialIn } from '../../src/gateways/rest/credentials.ts'
import { wordsOf } from '../../src/gateways/socket/words.ts'
import { readToken } from '../../src/node/enrolment/token.ts'
import { readCertificate } from '../../src/platform/crypto.ts'
import { readKeySecret, readRefreshToken } from '../../src/services/accounts/secrets.ts'
import { readCursor } from '../../src/store/cursor.ts'
import { decodeWhereabouts } from '../../src/store/routing/whereabouts-codec.ts'
import { foldNick } from '../../src/wire/account-texts.ts'
import { encodePiece, PieceReader } from '../../src/wire/backup.ts'
import { decodeBundle } from '../../src/wire/bundle-codec.ts'
import { decodeAnswer, decodeCommand, encodeCommand } from '../../src/wire/command-codec.ts'
import { decodeConfiguration } from '../../src/wire/configuration.ts'
import { encodeDiscover, readDiscovery } from '../../src/wire/discovery.ts'
import { readElectionDatagram } from '../../src/wire/election.ts'
import { encodeEnrol, EnrolReader, FromNewcomer } from '../../src/wire/enrol.ts'
import { readFailure } from '../../src/wire/failure.ts'
import { FrameReader, HEADER_BYTES, KIND, putHeader } from '../../src/wire/frame.ts'
import { helloBody, readHello } from '../../src/wire/hello.ts'
import {
  encodeContacts,
  encodeStunAnswer,
  readFindAnswer,
  readRecords,
  readStunAnswer,
} from '../../src/wire/kademlia/answers.ts'
import { KeyId } from '../../src/wire/kademlia/key-id.ts'
import { encodeRoomyStun, readQuestion } from '../../src/wire/kademlia/questions.ts'
import { decodeRecord, encodeRecord } from '../../src/wire/kademlia/share-record.ts'
import { pack, unpack, unpackStrictly } from '../../src/wire/packed.ts'
import { mutated, pieces, randomBytes } from './mutate.ts'
import type { FuzzTarget } from './target.ts'

/** Of the processor: reading what comes in one datagram, frame or header never takes as long. */
const READ_MS_MAX = 500
const DEPTH_MAX = 8

interface Reader {
  readonly name: string
  readonly read: (bytes: Buffer, chance: SeededChance) => void
  readonly samples: readonly Uint8Array[]
}

const cookies = new Cookies('01234567')
const RING = parseRingId('ab'.repeat(16))
const MEMBER = parseMemberId('cd'.repeat(16))

const text = (read: (text: string) => unknown) => (bytes: Buffer) =>
  void read(bytes.toString(bytes.length % 2 === 0 ? 'latin1' : 'utf8'))
const packed = (read: (value: unknown) => unknown) => (bytes: Buffer) => {
  const found = unpack({ source: bytes, start: 0, end: bytes.length })
  if (found.kind === 'value') read(found.value)
}
const sample = (value: unknown): Uint8Array => new Uint8Array(pack(value))
const texts = (...all: readonly string[]): readonly Uint8Array[] =>
  all.map((one) => Buffer.from(one))

const NODE = KeyId.of(new Uint8Array(20).fill(7))
const RECORD = {
  key: NODE.hex,
  publisher: '11'.repeat(32),
  sequence: 1,
  expiresAtS: 1_900_000_000,
  urls: ['http://a/'],
  size: 1,
  root: '22'.repeat(32),
}

const HELLO = helloBody({
  versionMin: 1,
  versionMax: 1,
  ringId: RING,
  memberId: MEMBER,
  address: '127.0.0.1:9300',
  featureLevel: 1,
  incarnation: 1,
  connectionNumber: 1,
})

const READERS: readonly Reader[] = [
  { name: 'frames', read: readFrames, samples: [frame(sample(HELLO)), frame(sample([1, 'x']))] },
  { name: 'hello', read: packed(readHello), samples: [sample(HELLO)] },
  {
    name: 'failure',
    read: packed(readFailure),
    samples: [sample(['BUSY', { what: 'x' }]), sample({ code: 'BUSY', details: {} })],
  },
  {
    name: 'strict values',
    read: (bytes) => void unpackStrictly({ source: bytes, start: 0, end: bytes.length }),
    samples: [sample({ a: [1, 2, { b: 'é' }], c: new Uint8Array(9) })],
  },
  {
    name: 'discovery',
    read: (bytes) => void readDiscovery(bytes),
    samples: [encodeDiscover('0'.repeat(32))],
  },
  {
    name: 'election',
    read: (bytes) => void readElectionDatagram(bytes),
    samples: texts('{"anillo":1}'),
  },
  {
    name: 'enrolment',
    read: readEnrolment,
    samples: [encodeEnrol({ kind: 'nonce', nonce: '0'.repeat(64) })],
  },
  { name: 'bundle', read: (bytes) => void decodeBundle(bytes), samples: [sample([[], []])] },
  {
    name: 'command',
    read: (bytes) => void decodeCommand(bytes),
    samples: [
      encodeCommand({ kind: 'expire' }),
      encodeCommand({
        kind: 'call',
        request: { session: 1, sequence: 2, floor: 1 },
        retry: { key: 'a'.repeat(64), request: 'b'.repeat(64) },
        procedure: 'transact',
        input: { table: 't', writes: [{ kind: 'put', value: new Uint8Array(3) }] },
      }),
    ],
  },
  { name: 'answer', read: (bytes) => void decodeAnswer(bytes), samples: [sample([0, null])] },
  {
    name: 'configuration',
    read: (bytes) => void decodeConfiguration(bytes),
    samples: [sample([[MEMBER], []])],
  },
  {
    name: 'whereabouts',
    read: (bytes) => void decodeWhereabouts(bytes),
    samples: [new Uint8Array(64)],
  },
  { name: 'backup', read: readPieces, samples: [encodePiece({ kind: 'end' })] },
  {
    name: 'question of a node',
    read: (bytes) => void readQuestion(bytes, 'lists'),
    samples: [encodeRoomyStun()],
  },
  {
    name: 'answer of a node',
    read: (bytes) => {
      readFindAnswer(bytes, 'lists')
      readRecords(bytes, 'lists')
      readStunAnswer(bytes)
    },
    samples: [
      encodeContacts([{ id: NODE, host: '192.0.2.1', port: 8468 }]),
      encodeStunAnswer({ seen: { host: '192.0.2.1', port: 1 }, capability: undefined }),
    ],
  },
  {
    name: 'record of a share',
    read: (bytes) => void decodeRecord(bytes),
    samples: [encodeRecord(RECORD, new Uint8Array(64))],
  },
  {
    name: 'state of a node',
    read: (bytes) => void decodeState(bytes),
    samples: [encodeState({ contacts: [], held: [{ key: NODE, value: undefined, records: [] }] })],
  },
  { name: 'words', read: text(wordsOf), samples: texts(`set 'a b' "c"`, 'get \\x') },
  { name: 'cursor', read: text(readCursor), samples: texts('AAAA', 'YWJj') },
  { name: 'join token', read: text(readToken), samples: texts(`anillo1-${'A'.repeat(200)}`) },
  {
    name: 'certificate',
    read: text(readCertificate),
    samples: texts('-----BEGIN CERTIFICATE-----\nMIIB\n'),
  },
  { name: 'nick', read: text(foldNick), samples: texts('ana', 'ＡＮＡ', 'а\u0301') },
  {
    name: 'key',
    read: text(readKeySecret),
    samples: texts(`anillo-k.ana.${'a'.repeat(16)}.${'b'.repeat(43)}`),
  },
  {
    name: 'refresh token',
    read: text(readRefreshToken),
    samples: texts(`anillo-r.ana.${'a'.repeat(16)}.${'b'.repeat(43)}`),
  },
  {
    name: 'authorization',
    read: text((authorization) => credentialIn({ authorization }, cookies)),
    samples: texts('Bearer x.y.z', 'Basic YW5hOng=', 'basic  YQ', 'Digest x'),
  },
  {
    name: 'cookie',
    read: text((cookie) => credentialIn({ cookie }, cookies)),
    samples: texts('anillo-access-01234567=x; b=c', ';=;;', 'a'.repeat(9_000)),
  },
]

export async function codecTarget(): Promise<FuzzTarget> {
  return {
    name: 'codec',
    run: async (chance) => runOne(chance),
    rest: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  }
}

function runOne(chance: SeededChance): void {
  const { name, read, samples } = pick(chance, READERS)
  const base =
    chance.below(4) === 0 ? new Uint8Array(pack(anyValue(chance, 0))) : pick(chance, samples)
  const bytes =
    chance.below(8) === 0 ? randomBytes(chance, chance.below(600)) : mutated(base, chance)
  const before = process.threadCpuUsage()
  try {
    read(bytes, chance)
  } catch (thrown) {
    if (!isAnilloError(thrown) || thrown.code === 'INTERNAL') {
      const about = `${name} threw at ${bytes.toString('hex').slice(0, 4_000)}`
      throw new Error(about, { cause: thrown })
    }
  }
  const { system, user } = process.threadCpuUsage(before)
  const tookMs = (system + user) / 1_000
  assert.ok(
    tookMs < READ_MS_MAX,
    `${name} took ${tookMs} ms: ${bytes.toString('hex').slice(0, 4_000)}`,
  )
}

function readFrames(bytes: Buffer, chance: SeededChance): void {
  const reader = new FrameReader(16 * KIB)
  for (const piece of pieces(bytes, chance)) {
    const reading = reader.push(piece, (one) => {
      unpack(one)
      return true
    })
    if (reading.kind === 'garbled') return
  }
}

function readEnrolment(bytes: Buffer, chance: SeededChance): void {
  const reader = new EnrolReader(FromNewcomer)
  for (const piece of pieces(bytes, chance)) if (reader.push(piece).kind === 'garbled') return
}

function readPieces(bytes: Buffer, chance: SeededChance): void {
  const reader = new PieceReader()
  for (const piece of pieces(bytes, chance)) for (const _ of reader.push(piece)) continue
}

function frame(body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + body.length)
  putHeader(bytes, { kind: KIND.hello }, { at: 0, bodyBytes: body.length })
  bytes.set(body, HEADER_BYTES)
  return bytes
}

/** Of any shape, as a sender may choose. */
function anyValue(chance: SeededChance, depth: number): unknown {
  const leaf = depth === DEPTH_MAX || chance.below(3) > 0
  if (leaf) {
    const leaves: readonly unknown[] = [
      undefined,
      null,
      true,
      0,
      -1,
      1.5,
      2 ** 31,
      2 ** 53,
      Number.NaN,
      '',
      'x',
      'BUSY',
      RING,
      MEMBER,
      '\ud800',
      '__proto__',
      'x'.repeat(300),
      new Uint8Array(chance.below(70)),
    ]
    return leaves[chance.below(leaves.length)]
  }
  const count = chance.below(6)
  const values = Array.from({ length: count }, () => anyValue(chance, depth + 1))
  if (chance.below(2) === 0) return values
  const names = ['kind', 'code', 'details', 'x', '__proto__', 'constructor', 'length', 'nonce']
  return Object.fromEntries(values.map((value) => [pick(chance, names), value]))
}
