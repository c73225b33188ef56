/**
 * The Merkle tree of a file as BitTorrent v2 has it (BEP 52): SHA-256 over leaves of 16 KiB, two
 * nodes to one, missing leaves zero. The *layer* is its hashes of 1 MiB: with it each piece can be
 * proven alone, and the layer itself is proven by the root. Pure.
 */
import { assert } from '../../../base/assert.ts'
import { concat } from '../../../base/bytes.ts'
import { sha256Bytes } from '../../../base/hash.ts'
import { hexOf } from '../../../base/hex.ts'
import { KIB, MIB } from '../../../base/limits.ts'

export const LEAF_BYTES = 16 * KIB
export const PIECE_BYTES = MIB
export const HASH_BYTES = 32
const LEAVES_PER_PIECE = PIECE_BYTES / LEAF_BYTES

export interface HashTree {
  /** Of all of it, 64 hex digits: *pieces root*. */
  readonly root: string
  readonly bytes: number
  /** 32 bytes a piece; of a file of one piece it is the root. */
  readonly layer: Uint8Array
}

export function piecesIn(bytes: number): number {
  return Math.ceil(bytes / PIECE_BYTES)
}

/** Bytes of one piece; the last one may be short. */
export function pieceBytes(bytes: number, index: number): number {
  return Math.min(PIECE_BYTES, bytes - index * PIECE_BYTES)
}

/** Of what comes in order, in parts of any size; memory: one leaf, and the layer. */
export class HashTreeBuilder {
  readonly #leaf = new Uint8Array(LEAF_BYTES)
  #filled = 0
  #bytes = 0
  /** Of the piece that has not ended. */
  #leaves: Uint8Array[] = []
  readonly #layer: Uint8Array[] = []

  update(part: Uint8Array): void {
    for (let from = 0; from < part.length;) {
      const some = part.subarray(from, from + LEAF_BYTES - this.#filled)
      if (some.length === LEAF_BYTES) this.#endLeaf(some)
      else {
        this.#leaf.set(some, this.#filled)
        this.#filled += some.length
        if (this.#filled === LEAF_BYTES) this.#endLeaf(this.#leaf)
      }
      from += some.length
    }
    this.#bytes += part.length
  }

  /** Of at least one byte; the builder is used up. */
  end(): HashTree {
    assert(this.#bytes > 0, 'an empty file has no tree')
    if (this.#filled > 0) this.#endLeaf(this.#leaf.subarray(0, this.#filled))
    if (this.#leaves.length > 0) this.#endPiece(this.#layer.length === 0)
    const layer = concat(this.#layer)
    return { root: hexOf(rootOf(layer)), bytes: this.#bytes, layer }
  }

  #endLeaf(leaf: Uint8Array): void {
    this.#leaves.push(sha256Bytes(leaf))
    this.#filled = 0
    if (this.#leaves.length === LEAVES_PER_PIECE) this.#endPiece(false)
  }

  #endPiece(isOnly: boolean): void {
    this.#layer.push(isOnly ? overLeaves(this.#leaves) : overPiece(this.#leaves))
    this.#leaves = []
  }
}

/** A layer is that of this root and size. */
export function isLayerOf(layer: Uint8Array, { bytes, root }: Omit<HashTree, 'layer'>): boolean {
  return layer.length === piecesIn(bytes) * HASH_BYTES && hexOf(rootOf(layer)) === root
}

/** The bytes are those of the piece. */
export function isPieceOf(tree: HashTree, index: number, piece: Uint8Array): boolean {
  if (piece.length !== pieceBytes(tree.bytes, index)) return false
  const leaves: Uint8Array[] = []
  for (let from = 0; from < piece.length; from += LEAF_BYTES) {
    leaves.push(sha256Bytes(piece.subarray(from, from + LEAF_BYTES)))
  }
  const found = piecesIn(tree.bytes) === 1 ? overLeaves(leaves) : overPiece(leaves)
  return hexOf(found) === hexOf(hashAt(tree.layer, index))
}

export function treeOfBytes(bytes: Uint8Array): HashTree {
  const builder = new HashTreeBuilder()
  builder.update(bytes)
  return builder.end()
}

function hashAt(layer: Uint8Array, index: number): Uint8Array {
  return layer.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES)
}

/** A piece of several: filled up with leaves of zero. */
function overPiece(leaves: readonly Uint8Array[]): Uint8Array {
  return over(leaves, LEAVES_PER_PIECE, ZERO)
}

/** A file of one piece: no more leaves than the next power of two. */
function overLeaves(leaves: readonly Uint8Array[]): Uint8Array {
  return over(leaves, powerFrom(leaves.length), ZERO)
}

function rootOf(layer: Uint8Array): Uint8Array {
  const count = layer.length / HASH_BYTES
  const hashes = Array.from({ length: count }, (_, index) => hashAt(layer, index))
  return over(hashes, powerFrom(count), EMPTY_PIECE)
}

/** @param width a power of two: so many nodes, those that are missing being `filler` */
function over(nodes: readonly Uint8Array[], width: number, filler: Uint8Array): Uint8Array {
  let level = nodes
  let missing = filler
  for (let wide = width; wide > 1; wide /= 2) {
    const above: Uint8Array[] = []
    for (let at = 0; at < level.length; at += 2) {
      above.push(parentOf(level[at] ?? missing, level[at + 1] ?? missing))
    }
    level = above
    missing = parentOf(missing, missing)
  }
  return level[0] ?? missing
}

function parentOf(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256Bytes(concat([left, right]))
}

function powerFrom(count: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, count)))
}

const ZERO = new Uint8Array(HASH_BYTES)
/** The root of a piece of which there is nothing. */
const EMPTY_PIECE = over([], LEAVES_PER_PIECE, ZERO)
