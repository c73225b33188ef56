import assert from 'node:assert/strict'
import { test } from 'node:test'

import { KIB, MIB } from '../../../base/limits.ts'
import { CUT_BYTES_MAX, CUT_BYTES_MIN, Cutter } from './fast-cdc.ts'
import { noise } from './noise.test-helper.ts'

/** Where chunks end, in pieces of these lengths by turns; the last end is that of the bytes. */
function ends(bytes: Uint8Array, pieceBytes: readonly number[]): number[] {
  const cutter = new Cutter()
  const found: number[] = []
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const piece = bytes.subarray(at, at + (pieceBytes[turn % pieceBytes.length] ?? 1))
    for (let from = 0; from < piece.length;) {
      const end = cutter.next(piece, from)
      if (end !== undefined) found.push(at + end)
      from = end ?? piece.length
    }
    at += piece.length
  }
  return found.at(-1) === bytes.length ? found : [...found, bytes.length]
}

function lengths(found: readonly number[]): number[] {
  return found.map((end, index) => end - (found[index - 1] ?? 0))
}

test('Cutter cuts alike, whatever the pieces in which the bytes come', () => {
  const bytes = noise(8 * MIB, 1)
  const whole = ends(bytes, [bytes.length])
  assert.ok(whole.length > 3)
  for (const pieces of [[64 * KIB], [1, 7, 100_000], [CUT_BYTES_MIN], [3 * MIB + 1]]) {
    assert.deepEqual(ends(bytes, pieces), whole)
  }
})

test('Cutter keeps to the least, the mean and the greatest length', () => {
  const cut = lengths(ends(noise(64 * MIB, 2), [MIB])).slice(0, -1)
  assert.ok(Math.min(...cut) >= CUT_BYTES_MIN)
  assert.ok(Math.max(...cut) <= CUT_BYTES_MAX)
  const mean = cut.reduce((sum, bytes) => sum + bytes, 0) / cut.length
  assert.ok(mean > 0.9 * MIB && mean < 1.5 * MIB, `a mean of ${mean} bytes`)
  assert.deepEqual(lengths(ends(new Uint8Array(9 * MIB), [MIB])), [
    CUT_BYTES_MAX,
    CUT_BYTES_MAX,
    MIB,
  ])
})

test('Cutter cuts as ever: what is stored already is found again', () => {
  const cut = lengths(ends(noise(4 * MIB, 3), [MIB])).slice(0, -1)
  assert.deepEqual(cut, [1_166_158, 1_164_467, 1_395_272])
})

test('Cutter finds its places again behind what is put in front: 3 % of 128 MiB are other chunks', () => {
  const bytes = noise(128 * MIB, 4)
  const before = new Set(ends(bytes, [MIB]))
  const longer = new Uint8Array(bytes.length + MIB)
  longer.set(noise(MIB, 5))
  longer.set(bytes, MIB)
  const after = ends(longer, [MIB])
  const anew = after.findIndex((end) => before.has(end - MIB))
  assert.ok((after[anew] ?? Infinity) <= 0.03 * bytes.length, `again at ${after[anew]}`)
  const rest = after.slice(anew).map((end) => end - MIB)
  assert.deepEqual(rest, [...before].slice(-rest.length))
})
