/** What gzip promises, whoever does it. */
import assert from 'node:assert/strict'
import { gunzipSync, gzipSync } from 'node:zlib'

import { concat, utf8 } from '../../src/base/bytes.ts'
import { AnilloError, isAnilloError } from '../../src/base/errors.ts'
import type { Gzip } from '../../src/effects/gzip.ts'
import { promise, type Suite } from './subject.ts'

const TEXTS = [utf8('anillo '.repeat(40_000)), utf8(''), utf8('a'), utf8('the tides of the bay')]
const PACKED = TEXTS.map((text) => new Uint8Array(gzipSync(text)))

async function* inPieces(bytes: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}

interface Member {
  readonly data: Uint8Array
  readonly end: number
}

/** The members that were whole, and what was thrown behind them. */
async function read(
  gzip: Gzip,
  source: AsyncIterable<Uint8Array>,
): Promise<{ readonly members: readonly Member[]; readonly thrown: unknown }> {
  const members: Member[] = []
  let pieces: Uint8Array[] = []
  try {
    for await (const piece of gzip.members(source)) {
      if (piece.kind === 'data') {
        assert.ok(piece.bytes.length <= 64 * 1024)
        pieces.push(piece.bytes)
      } else {
        members.push({ data: concat(pieces), end: piece.offset })
        pieces = []
      }
    }
  } catch (thrown) {
    return { members, thrown }
  }
  return { members, thrown: undefined }
}

export function gzipSuite(suite: Suite<'gzip'>): void {
  wholeData(suite)
  badData(suite)
}

function wholeData(suite: Suite<'gzip'>): void {
  promise(suite, 'Gzip.pack() makes one member, each time the same', async ({ gzip }) => {
    for (const text of TEXTS) {
      const packed: Uint8Array[] = []
      for await (const piece of gzip.pack(inPieces(text, 1_000))) packed.push(piece)
      assert.deepEqual(new Uint8Array(gunzipSync(concat(packed))), text)
      const again: Uint8Array[] = []
      for await (const piece of gzip.pack(inPieces(text, 1_000))) again.push(piece)
      assert.deepEqual(concat(again), concat(packed))
    }
  })

  promise(suite, 'Gzip.members() tells where each ends, however cut', async ({ gzip }) => {
    const whole = concat(PACKED)
    let at = 0
    const ends = PACKED.map((packed) => (at += packed.length))
    for (const pieceBytes of [1, 7, 100, whole.length]) {
      const { members, thrown } = await read(gzip, inPieces(whole, pieceBytes))
      assert.equal(thrown, undefined)
      assert.deepEqual(
        members.map(({ end }) => end),
        ends,
      )
      assert.deepEqual(
        members.map(({ data }) => data),
        TEXTS,
      )
    }
  })

  promise(suite, 'Gzip.members() of nothing is nothing', async ({ gzip }) => {
    assert.deepEqual(await read(gzip, inPieces(utf8(''), 1)), { members: [], thrown: undefined })
  })

  promise(suite, 'Gzip lets its input go when the reader leaves', async ({ gzip }) => {
    let released = 0
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        for (let i = 0; i < 20; i++) yield PACKED[0] ?? utf8('')
      } finally {
        released += 1
      }
    }
    for await (const piece of gzip.members(source())) if (piece.kind === 'end') break
    assert.equal(released, 1)
  })
}

function badData(suite: Suite<'gzip'>): void {
  promise(suite, 'Gzip.members() gives what is whole before a cut', async ({ gzip }) => {
    const [first = utf8(''), second = utf8('')] = [PACKED[3], PACKED[0]]
    const whole = concat([first, second])
    for (let length = 0; length < whole.length; length += length < 120 ? 1 : 97) {
      const { members, thrown } = await read(gzip, inPieces(whole.subarray(0, length), 50))
      assert.equal(members.length, length < first.length ? 0 : 1, String(length))
      if (length === 0 || length === first.length) assert.equal(thrown, undefined)
      else {
        assert.ok(isAnilloError(thrown, 'ARCHIVE_BROKEN'), String(length))
        assert.equal(thrown.details['offset'], length < first.length ? 0 : first.length)
      }
    }
  })

  promise(suite, 'Gzip.members() refuses a changed byte and other data', async ({ gzip }) => {
    const good = gzipSync(utf8('the tides of the bay'))
    for (let at = good.length - 8; at < good.length; at++) {
      const bad = Uint8Array.from(good, (byte, index) => (index === at ? byte ^ 1 : byte))
      const { thrown } = await read(gzip, inPieces(bad, 10))
      assert.ok(isAnilloError(thrown, 'ARCHIVE_BROKEN'))
    }
    const { thrown } = await read(gzip, inPieces(utf8('no such data'), 10))
    assert.ok(isAnilloError(thrown, 'ARCHIVE_BROKEN'))
  })

  promise(suite, 'Gzip gives way to a failure of its input', async ({ gzip }) => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield PACKED[0]?.subarray(0, 50) ?? utf8('')
      throw new AnilloError('BUSY', { what: 'this test' })
    }
    const { thrown } = await read(gzip, failing())
    assert.ok(isAnilloError(thrown, 'BUSY'))
    const pack = async (): Promise<void> => {
      for await (const piece of gzip.pack(failing())) assert.ok(piece)
    }
    await assert.rejects(pack, (error) => isAnilloError(error, 'BUSY'))
  })
}
