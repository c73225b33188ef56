/** A backup on its way from a member to whoever writes it: pieces, each a list in MessagePack. */
import { Type, type Static } from 'typebox'

import { concat } from '../base/bytes.ts'
import { MIB } from '../base/limits.ts'
import { reader } from './method.ts'
import { isList, pack, unpack } from './packed.ts'
import { PARTITIONS } from './partition.ts'
import { Bytes, Count, Hex64, Partition } from './shapes.ts'

export type BackupPiece =
  | {
      readonly kind: 'begin'
      readonly backup: number
      readonly ringId: string
      /** Of all partitions, about: for progress. */
      readonly records: number
      readonly bytes: number
    }
  /** What it knows about itself; its rows follow, unless those of the earlier backup are kept. */
  | {
      readonly kind: 'partition'
      readonly partition: number
      readonly meta: Uint8Array
      readonly isKept: boolean
    }
  /**
   * Of the last partition, packed entries (`store/state/blocks.ts`), in the order of their keys.
   */
  | { readonly kind: 'rows'; readonly rows: Uint8Array }
  /** All were sent; without it the backup broke off. */
  | { readonly kind: 'end' }

/** The rows of one piece are 256 KiB and one record more. */
export const PIECE_BYTES_MAX = MIB

const LENGTH_BYTES = 4

/** What a client has from an earlier backup: hashes of partitions' rows. */
export const BackupRequest = Type.Object({
  known: Type.Array(
    Type.Object({
      partition: Partition,
      rowsHash: Hex64,
    }),
    { maxItems: PARTITIONS },
  ),
})
export type BackupRequest = Static<typeof BackupRequest>

const readBegin = reader(Type.Tuple([Type.Literal('begin'), Count, Type.String(), Count, Count]))
const readPartition = reader(Type.Tuple([Type.Literal('partition'), Count, Bytes, Type.Boolean()]))
const readRows = reader(Type.Tuple([Type.Literal('rows'), Bytes]))
const readEnd = reader(Type.Tuple([Type.Literal('end')]))

/** With its length (4 bytes, big endian) in front. */
export function encodePiece(piece: BackupPiece): Uint8Array {
  const packed = pack(Object.values(fieldsOf(piece)))
  const length = new Uint8Array(LENGTH_BYTES)
  new DataView(length.buffer).setUint32(0, packed.length)
  return concat([length, packed])
}

function fieldsOf(piece: BackupPiece): readonly unknown[] {
  switch (piece.kind) {
    case 'begin':
      return [piece.kind, piece.backup, piece.ringId, piece.records, piece.bytes]
    case 'partition':
      return [piece.kind, piece.partition, piece.meta, piece.isKept]
    case 'rows':
      return [piece.kind, piece.rows]
    case 'end':
      return [piece.kind]
  }
}

/** Cuts what arrives into pieces. */
export class PieceReader {
  #rest: Uint8Array = new Uint8Array(0)
  #isBroken = false

  /** Pieces that are whole by now; `undefined` and nothing more where it is none. */
  push(bytes: Uint8Array): readonly (BackupPiece | undefined)[] {
    const pieces: (BackupPiece | undefined)[] = []
    this.#rest = this.#rest.length === 0 ? bytes : concat([this.#rest, bytes])
    while (!this.#isBroken && this.#rest.length >= LENGTH_BYTES) {
      const view = new DataView(this.#rest.buffer, this.#rest.byteOffset)
      const end = LENGTH_BYTES + view.getUint32(0)
      if (end <= PIECE_BYTES_MAX && this.#rest.length < end) break
      const piece =
        end > PIECE_BYTES_MAX ? undefined : decodePiece(this.#rest.subarray(LENGTH_BYTES, end))
      this.#isBroken = piece === undefined
      this.#rest = this.#rest.subarray(end)
      pieces.push(piece)
    }
    return pieces
  }
}

function decodePiece(source: Uint8Array): BackupPiece | undefined {
  const unpacked = unpack({ source, start: 0, end: source.length })
  if (unpacked.kind !== 'value' || !isList(unpacked.value)) return undefined
  const { value } = unpacked
  const begin = readBegin(value)
  if (begin !== undefined) {
    const [kind, backup, ringId, records, bytes] = begin
    return { kind, backup, ringId, records, bytes }
  }
  const partition = readPartition(value)
  if (partition !== undefined) {
    const [kind, number, meta, isKept] = partition
    return { kind, partition: number, meta, isKept }
  }
  const rows = readRows(value)
  if (rows !== undefined) return { kind: rows[0], rows: rows[1] }
  return readEnd(value) === undefined ? undefined : { kind: 'end' }
}
