import assert from 'node:assert/strict'
import { test } from 'node:test'

import { sha1 } from '../base/digests.ts'
import { hexOf } from '../base/hex.ts'
import { DAY_MS, HOUR_MS, SECOND_MS } from '../base/limits.ts'
import { platformRandom } from '../platform/random.ts'
import { platformSigning } from '../platform/signing.ts'
import { KeyId } from '../wire/kademlia/key-id.ts'
import { encodeRecord, signedBytes, type RecordContents } from '../wire/kademlia/share-record.ts'
import { Core } from './core.ts'
import { EMPTY_STATE, START_WALL_MS } from './network.test-helper.ts'
import { RecordUnion } from './record-union.ts'

const signing = platformSigning()
const KEY = KeyId.of(sha1('key'))

function recordUntil(expiresAtS: number): Uint8Array {
  const { privateKey, publicKey } = signing.makeKey()
  const contents: RecordContents = {
    key: KEY.hex,
    publisher: hexOf(publicKey),
    sequence: 1,
    expiresAtS,
    urls: ['http://a.test/'],
    size: 1,
    root: 'ab'.repeat(32),
  }
  return encodeRecord(contents, signing.sign(privateKey, signedBytes(contents)))
}

test('a record that is over, or good for longer than anybody honest says, is not read', () => {
  const options = {
    publicKey: new Uint8Array(32),
    random: platformRandom(),
    verify: signing.verify,
    values: 'one' as const,
    bootstrap: [],
    restored: EMPTY_STATE,
  }
  const union = new RecordUnion(new Core(options, { nowMs: 0, wallMs: START_WALL_MS }), KEY)
  const read = (untilMs: number): number =>
    union.take([recordUntil(Math.floor(untilMs / SECOND_MS))], () => undefined).length
  assert.equal(read(START_WALL_MS + HOUR_MS), 1)
  assert.equal(read(START_WALL_MS - HOUR_MS), 0)
  assert.equal(read(START_WALL_MS + 3 * DAY_MS), 0)
  // Of that no date can be made.
  assert.equal(read(Number.MAX_SAFE_INTEGER * SECOND_MS), 0)
})

test('behind a record that is forged no other of that answer is checked', () => {
  let checked = 0
  const options = {
    publicKey: new Uint8Array(32),
    random: platformRandom(),
    verify: (...given: Parameters<typeof signing.verify>) => {
      checked++
      return signing.verify(...given)
    },
    values: 'one' as const,
    bootstrap: [],
    restored: EMPTY_STATE,
  }
  const union = new RecordUnion(new Core(options, { nowMs: 0, wallMs: START_WALL_MS }), KEY)
  const untilS = (START_WALL_MS + HOUR_MS) / SECOND_MS
  const good = Array.from({ length: 5 }, () => recordUntil(untilS))
  const forged = Array.from({ length: 50 }, () => recordUntil(untilS)).map((bytes) =>
    bytes.with(-1, (bytes.at(-1) ?? 0) ^ 1),
  )
  const marks: string[] = []
  const news = union.take([...good.slice(0, 2), ...forged, ...good.slice(2)], (mark) => {
    marks.push(mark)
  })
  assert.deepEqual([news.length, marks.length, checked], [2, 2, 3])
  assert.equal(union.take(good, () => undefined).length, 3)
})
