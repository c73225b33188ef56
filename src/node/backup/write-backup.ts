/** A ring's pieces, as they come, into an archive. */
import { AnilloError } from '../../base/errors.ts'
import { contentHashOf, RecordsHash, RowsHash } from '../../store/backup/rows.ts'
import { inOrder } from '../../store/chunks/in-order.ts'
import { checkedChunk } from '../../store/chunks/sound-chunk.ts'
import { unpackEntries } from '../../store/state/blocks.ts'
import type { BackupPiece } from '../../wire/backup.ts'
import { PARTITIONS } from '../../wire/partition.ts'
import { backupNumbers, readManifest, writeManifest } from './manifest.ts'
import type { Manifest, PartitionPart } from './manifest.ts'
import { chunksOf, type BackupChunk } from './read-backup.ts'
import { writePart, type Vault } from './sealed-parts.ts'

export type Pieces = AsyncIterable<BackupPiece | undefined>

export interface Progress {
  readonly partitions: number
  /** Copied, and to be copied in all, about; in clear. */
  readonly bytes: number
  readonly bytesMax: number
  /** Chunks looked at, and their bytes. */
  readonly chunks: number
  readonly chunkBytes: number
}

/** Bytes of a chunk; `undefined`: nobody has it. */
export type FetchChunk = (hash: string) => Promise<Uint8Array | undefined>

export interface WritingBackup {
  readonly vault: Vault
  readonly fetchChunk: FetchChunk
  /** The latest backup that is here. */
  readonly before: Manifest | undefined
  /** Parts of earlier backups that turned out damaged (mending.ts): they are copied anew. */
  readonly doubted?: ReadonlySet<string>
  readonly madeAt: string
  readonly version: string
  readonly onProgress: (progress: Progress) => void
}

/** The latest backup in the archive; `undefined`: there is none. */
export async function latestBackup(vault: Vault): Promise<Manifest | undefined> {
  const number = (await backupNumbers(vault)).at(-1)
  return number === undefined ? undefined : readManifest(vault, number)
}

/** @throws AnilloError BACKUP_MISSED where the pieces end early */
export async function writeBackup(pieces: Pieces, writing: WritingBackup): Promise<Manifest> {
  const { vault, before, madeAt, version } = writing
  const number = (before?.number ?? 0) + 1
  const reading = new Reading(pieces[Symbol.asyncIterator]())
  const begin = await reading.next()
  if (begin?.kind !== 'begin') throw brokenOff()
  const bytesMax = begin.bytes
  const partitions: PartitionPart[] = []
  let copied = 0
  const progress = (bytes: number): void =>
    writing.onProgress({ partitions: partitions.length, bytes, bytesMax, chunks: 0, chunkBytes: 0 })
  for (;;) {
    const piece = await reading.next()
    if (piece?.kind === 'end') break
    if (piece?.kind !== 'partition') throw brokenOff()
    const { partition, isKept } = piece
    const meta = Buffer.from(piece.meta).toString('hex')
    const known = before?.partitions.find((one) => one.partition === partition)
    if (isKept && known !== undefined) partitions.push({ ...known, meta })
    else {
      const part = `partitions/${number}-${partition}`
      const told = (bytes: number): void => progress(copied + bytes)
      const rows = await writeRows(vault, part, reading, told)
      copied += rows.bytes
      partitions.push({ partition, part, meta, ...rows })
    }
    progress(copied)
  }
  if (partitions.length !== PARTITIONS) throw brokenOff()
  const rowsDone = { partitions: PARTITIONS, bytes: copied, bytesMax: copied }
  const chunks = await writeChunks(writing, partitions, rowsDone)
  const { backup, ringId } = begin
  const contentHash = contentHashOf(partitions.map(({ recordsHash }) => recordsHash))
  const named = { format: 1, number, backup, ringId, madeAt, version } as const
  const manifest: Manifest = { ...named, partitions, contentHash, chunks }
  await writeManifest(vault, manifest)
  await vault.archive.finish()
  return manifest
}

/** Those that are not here yet. Reads back what was written, too. */
async function writeChunks(
  { vault, doubted, fetchChunk, onProgress }: WritingBackup,
  partitions: readonly PartitionPart[],
  rowsDone: Pick<Progress, 'partitions' | 'bytes' | 'bytesMax'>,
): Promise<Manifest['chunks']> {
  let count = 0
  let bytes = 0
  for (const partition of partitions) {
    const chunks = await chunksOf(vault, partition)
    const missing: BackupChunk[] = []
    for (const chunk of chunks) {
      const isKept = doubted?.has(chunk.part) !== true && (await vault.archive.has(chunk.part))
      if (!isKept) missing.push(chunk)
      if (chunk.isReferred) count++
      if (chunk.isReferred) bytes += chunk.bytes
    }
    const fetched = inOrder(missing, async (chunk) => ({
      chunk,
      content: await fetchChunk(chunk.hash),
    }))
    for await (const { chunk, content } of fetched) await writeChunk(vault, chunk, content)
    onProgress({ ...rowsDone, chunks: count, chunkBytes: bytes })
  }
  return { count, bytes }
}

async function writeChunk(
  vault: Vault,
  { hash, isReferred, part }: BackupChunk,
  content: Uint8Array | undefined,
): Promise<void> {
  const chunk = content === undefined ? undefined : checkedChunk(hash, content)
  if (chunk !== undefined) await writePart(vault, part, oneBlock(chunk.bytes))
  else if (isReferred) throw new AnilloError('CHUNK_LOST', { hash })
}

async function* oneBlock(block: Uint8Array): AsyncGenerator<Uint8Array> {
  yield block
}

type Rows = Pick<PartitionPart, 'rowsHash' | 'recordsHash' | 'records' | 'bytes'>

async function writeRows(
  vault: Vault,
  part: string,
  reading: Reading,
  told: (bytes: number) => void,
): Promise<Rows> {
  const rowsHash = new RowsHash()
  const recordsHash = new RecordsHash()
  let bytes = 0
  async function* blocks(): AsyncGenerator<Uint8Array> {
    for (let piece = await reading.peek(); piece?.kind === 'rows'; piece = await reading.peek()) {
      await reading.next()
      const entries = unpackEntries(piece.rows)
      if (entries === undefined) throw brokenOff()
      rowsHash.add(entries)
      recordsHash.add(entries)
      bytes += piece.rows.length
      told(bytes)
      yield piece.rows
    }
  }
  await writePart(vault, part, blocks())
  const { records } = recordsHash
  const hashes = { rowsHash: rowsHash.digestHex(), recordsHash: recordsHash.digestHex() }
  return { ...hashes, records, bytes }
}

/** Looks one piece ahead. */
class Reading {
  readonly #pieces: AsyncIterator<BackupPiece | undefined>
  #ahead: BackupPiece | undefined

  constructor(pieces: AsyncIterator<BackupPiece | undefined>) {
    this.#pieces = pieces
  }

  async peek(): Promise<BackupPiece | undefined> {
    this.#ahead ??= (await this.#pieces.next()).value
    return this.#ahead
  }

  async next(): Promise<BackupPiece | undefined> {
    const piece = await this.peek()
    this.#ahead = undefined
    return piece
  }
}

function brokenOff(): AnilloError {
  return new AnilloError('BACKUP_MISSED', { problem: 'the member that sent it broke off' })
}
