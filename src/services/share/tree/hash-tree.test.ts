import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import { bytesOfHex, hexOf } from '../../../base/hex.ts'
import {
  HashTreeBuilder,
  isLayerOf,
  isPieceOf,
  LEAF_BYTES,
  PIECE_BYTES,
  pieceBytes,
  piecesIn,
  treeOfBytes,
} from './hash-tree.ts'

function noise(bytes: number): Uint8Array {
  const some = new Uint8Array(bytes)
  for (let at = 0; at < bytes; at++) some[at] = (at * 31 + (at >> 8) * 7) & 0xff
  return some
}

const sha = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()

/** As BEP 52 says it, over all leaves at once. */
function plainRoot(bytes: Uint8Array): string {
  let level: Buffer[] = []
  for (let at = 0; at < bytes.length; at += LEAF_BYTES) {
    level.push(sha(bytes.subarray(at, at + LEAF_BYTES)))
  }
  let width = 1
  while (width < level.length) width *= 2
  while (level.length < width) level.push(Buffer.alloc(32))
  while (level.length > 1) {
    level = level.flatMap((left, at) =>
      at % 2 === 0 ? [sha(Buffer.concat([left, level[at + 1] ?? Buffer.alloc(0)]))] : [],
    )
  }
  return level[0]?.toString('hex') ?? ''
}

const SIZES = [
  1,
  LEAF_BYTES - 1,
  LEAF_BYTES,
  LEAF_BYTES + 1,
  5 * LEAF_BYTES,
  PIECE_BYTES - 1,
  PIECE_BYTES,
  PIECE_BYTES + 1,
  2 * PIECE_BYTES,
  3 * PIECE_BYTES + 5 * LEAF_BYTES + 17,
  5 * PIECE_BYTES,
]

test('the root is that of all leaves, however large the file is', () => {
  for (const size of SIZES) {
    const bytes = noise(size)
    const tree = treeOfBytes(bytes)
    assert.equal(tree.root, plainRoot(bytes), `${size} bytes`)
    assert.equal(tree.layer.length, 32 * piecesIn(size))
    assert(isLayerOf(tree.layer, tree))
  }
})

test('bytes that come in parts of any size have the same tree', () => {
  const bytes = noise(2 * PIECE_BYTES + 40_000)
  const whole = treeOfBytes(bytes)
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 300_000 }), { maxLength: 40 }), (cuts) => {
      const builder = new HashTreeBuilder()
      let from = 0
      for (const cut of cuts) {
        builder.update(bytes.subarray(from, from + cut))
        from = Math.min(bytes.length, from + cut)
      }
      builder.update(bytes.subarray(from))
      assert.deepEqual(builder.end(), whole)
    }),
    { numRuns: 20 },
  )
})

test('each piece is proven alone, and no other bytes are', () => {
  for (const size of SIZES) {
    const bytes = noise(size)
    const tree = treeOfBytes(bytes)
    for (let index = 0; index < piecesIn(size); index++) {
      const from = index * PIECE_BYTES
      const piece = bytes.slice(from, from + pieceBytes(size, index))
      assert(isPieceOf(tree, index, piece), `${size} bytes, piece ${index}`)
      const other = piece.slice()
      const at = (index * 7919) % other.length
      other[at] = (other[at] ?? 0) ^ 1
      assert(!isPieceOf(tree, index, other))
      assert(!isPieceOf(tree, index, piece.subarray(1)))
    }
  }
})

test('a layer of another file, or another size, is refused', () => {
  const tree = treeOfBytes(noise(3 * PIECE_BYTES))
  const other = tree.layer.slice()
  other[40] = (other[40] ?? 0) ^ 1
  assert(!isLayerOf(other, tree))
  assert(!isLayerOf(tree.layer, { ...tree, bytes: 4 * PIECE_BYTES }))
  assert(!isLayerOf(tree.layer.subarray(32), tree))
})

test('a leaf of zeros is not a leaf that is missing', () => {
  const short = treeOfBytes(new Uint8Array(LEAF_BYTES))
  const long = treeOfBytes(new Uint8Array(2 * LEAF_BYTES))
  assert.notEqual(short.root, long.root)
  assert.equal(hexOf(bytesOfHex(short.root)), short.root)
})
