/** Pieces of a download that are in the store, and its hashes: any member reads them. */
import { AnilloError } from '../../../base/errors.ts'
import { hexOf } from '../../../base/hex.ts'
import type { CallOptions } from '../../../store/types.ts'
import { LIST_RECORDS_MAX } from '../../../wire/record-limits.ts'
import { LAYER_ROW_BYTES, LAYER_ROWS_AT_ONCE } from '../limits.ts'
import type { Body, ShareParts } from '../parts.ts'
import { PIECE_BYTES, pieceBytes, piecesIn } from '../tree/hash-tree.ts'
import { Bitfield } from './bitfield.ts'
import { keepLayer, keepPiece } from './download-procedures.ts'
import {
  downloadKey,
  DOWNLOADS_TABLE,
  indexOf,
  LAYER_PREFIX,
  partitionOfDownload,
  PIECE_PREFIX,
  pieceSk,
  readPieceRow,
} from './download-rows.ts'

type KeptParts = Pick<ShareParts, 'store' | 'bytes'>

export class KeptPieces {
  readonly #parts: KeptParts
  readonly #id: string

  constructor(parts: KeptParts, id: string) {
    this.#parts = parts
    this.#id = id
  }

  async have(pieces: number, options?: CallOptions): Promise<Bitfield> {
    const have = new Bitfield(pieces)
    for await (const { sk } of this.#rows(PIECE_PREFIX, options)) have.add(indexOf(sk))
    return have
  }

  /** In order, as many as there are. */
  async bodies(bytes: number, options?: CallOptions): Promise<readonly Body[]> {
    const bodies: Body[] = []
    for await (const record of this.#rows(PIECE_PREFIX, options)) {
      const { content, here } = readPieceRow(record)
      const size = pieceBytes(bytes, indexOf(record.sk))
      if (content !== undefined) bodies.push({ kind: 'content', id: content, bytes: size })
      else bodies.push({ kind: 'here', bytes: here ?? new Uint8Array(0) })
    }
    return bodies
  }

  /** Of what is whole and of this size. @throws AnilloError NOT_FOUND: a piece of it is not here */
  async *read(
    bytes: number,
    { from, to }: { readonly from: number; readonly to: number },
    options?: CallOptions,
  ): AsyncGenerator<Uint8Array> {
    for (let index = Math.floor(from / PIECE_BYTES); index * PIECE_BYTES < to; index++) {
      const record = await this.#parts.store.get(downloadKey(this.#id, pieceSk(index)), options)
      if (record === undefined) throw new AnilloError('NOT_FOUND', { what: 'such piece' })
      const { content, here } = readPieceRow(record)
      const start = index * PIECE_BYTES
      const size = pieceBytes(bytes, index)
      const range = { from: Math.max(0, from - start), to: Math.min(size, to - start) }
      if (content === undefined) yield (here ?? new Uint8Array(0)).subarray(range.from, range.to)
      else {
        const body = { kind: 'content', id: content, bytes: size } as const
        yield* this.#parts.bytes.read(body, range, options)
      }
    }
  }

  /** Durable, on as many hosts as all content, before it resolves. */
  async keep(index: number, piece: Uint8Array, nick: string): Promise<void> {
    const { bytes: contents, store } = this.#parts
    const writer = contents.begin({ nick })
    await writer.push(piece)
    const sealed = await writer.seal()
    const body = sealed.kind === 'here' ? { here: sealed.bytes } : { content: sealed.id }
    const input = { id: this.#id, index, bytes: piece.length, ...body }
    await store.call(partitionOfDownload(this.#id), keepPiece, input)
  }

  async layer(options?: CallOptions): Promise<Uint8Array> {
    const parts: Uint8Array[] = []
    for await (const { value } of this.#rows(LAYER_PREFIX, options)) parts.push(value.slice())
    return Buffer.concat(parts)
  }

  async keepLayer(layer: Uint8Array): Promise<void> {
    const partition = partitionOfDownload(this.#id)
    const step = LAYER_ROW_BYTES * LAYER_ROWS_AT_ONCE
    for (let at = 0; at < layer.length; at += step) {
      const some = layer.subarray(at, at + step)
      const rows: Uint8Array[] = []
      for (let row = 0; row < some.length; row += LAYER_ROW_BYTES) {
        rows.push(some.subarray(row, row + LAYER_ROW_BYTES))
      }
      const input = { id: this.#id, from: at / LAYER_ROW_BYTES, rows }
      await this.#parts.store.call(partition, keepLayer, input)
    }
  }

  async *#rows(prefix: string, options?: CallOptions) {
    const range = { table: DOWNLOADS_TABLE, pk: this.#id, prefix, limit: LIST_RECORDS_MAX }
    for (let start: string | undefined = prefix; start !== undefined;) {
      const { cursor, items } = await this.#parts.store.list({ ...range, start }, options)
      yield* items
      const last = items.at(-1)
      start = cursor === undefined || last === undefined ? undefined : `${last.sk}\0`
    }
  }
}

/** All of it is there. */
export function isWhole(have: Bitfield, bytes: number): boolean {
  return have.length === piecesIn(bytes) && have.isFull
}

/** 16 bytes of chance. */
export function newId({ effects }: Pick<ShareParts, 'effects'>): string {
  return hexOf(effects.random.bytes(16))
}
