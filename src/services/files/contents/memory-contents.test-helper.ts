/** Contents over a store in memory, and what tests do with them. */
import { sha256Hex } from '../../../base/hash.ts'
import { ManualClock } from '../../../effects/manual-clock.test-helper.ts'
import { platformRandom } from '../../../platform/random.ts'
import { CHUNK_PROCEDURES } from '../../../store/chunks/procedures.ts'
import { MemoryChunks } from '../../../store/memory-chunks.test-helper.ts'
import { MemoryStore } from '../../../store/memory-store.test-helper.ts'
import { withChunks } from '../../../store/store.ts'
import { createContents } from './contents.ts'
import { Cutter } from './fast-cdc.ts'
import { CONTENT_PROCEDURES } from './procedures.ts'
import { chunksIn } from './reading.ts'
import { sweepContents } from './removal.ts'
import { partitionOfContent } from './rows.ts'
import type { Body, ByteRange, Contents, ContentWriter } from './types.ts'

export class MemoryContents {
  readonly clock = new ManualClock()
  readonly store = new MemoryStore([...CHUNK_PROCEDURES, ...CONTENT_PROCEDURES])
  readonly chunks = new MemoryChunks()
  /** Chunks that were put, those that were there among them. */
  puts = 0
  readonly contents: Contents

  constructor() {
    this.contents = this.other()
  }

  /** Those of another member. */
  other(): Contents {
    return this.member().contents
  }

  /** Another member, and its end: nothing that it asked for is answered then. */
  member(): { readonly contents: Contents; readonly die: () => void } {
    let isDead = false
    const never = new Promise<never>(() => undefined)
    const alive = async <T>(work: () => Promise<T>): Promise<T> => {
      if (isDead) return never
      const value = await work()
      return isDead ? never : value
    }
    const { chunks, store } = this
    const put: MemoryChunks['put'] = (bytes, upload) => {
      this.puts++
      return alive(() => chunks.put(bytes, upload))
    }
    const { get, list, read, transact, watch } = store
    const call: MemoryStore['call'] = (...asked) => alive(() => store.call(...asked))
    const records = { get, list, read, transact, watch, call }
    const contents = createContents({
      effects: { clock: this.clock, random: platformRandom() },
      store: withChunks(records, Object.assign(Object.create(chunks) as MemoryChunks, { put })),
    })
    const die = (): void => {
      isDead = true
    }
    return { contents, die }
  }

  async sweep(id: string): Promise<void> {
    await this.store.call(partitionOfContent(id), sweepContents, null)
    // All partitions answer.
    await new Promise(setImmediate)
    await this.store.call(partitionOfContent(id), sweepContents, null)
  }

  async hashesOf(id: string): Promise<readonly string[]> {
    const { store } = this
    const bytes = (await this.contents.head(id))?.bytes ?? 0
    const range = { id, from: 0, to: bytes }
    const chunks = chunksIn({ store: withChunks(store, this.chunks) }, range)
    const hashes: string[] = []
    for await (const { hash } of chunks) hashes.push(hash)
    return hashes
  }
}

/** Hashes of the chunks of which these bytes consist. */
export function cutsOf(bytes: Uint8Array): readonly string[] {
  const cutter = new Cutter()
  const hashes: string[] = []
  for (let from = 0; from < bytes.length;) {
    const end = cutter.next(bytes, from) ?? bytes.length
    hashes.push(sha256Hex(bytes.subarray(from, end)))
    from = end
  }
  return hashes
}

/** In pieces of memory that is used again, as doors have it. */
export async function push(
  writer: ContentWriter,
  bytes: Uint8Array,
  pieceBytes = 333_333,
): Promise<void> {
  const place = new Uint8Array(pieceBytes)
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const piece = bytes.subarray(at, at + pieceBytes)
    place.set(piece)
    await writer.push(place.subarray(0, piece.length))
  }
}

/** All of it, where no range is told. */
export async function bytesRead(
  contents: Contents,
  body: Body,
  range?: ByteRange,
): Promise<Uint8Array> {
  const to = body.kind === 'here' ? body.bytes.length : body.bytes
  const pieces: Uint8Array[] = []
  for await (const piece of contents.read(body, range ?? { from: 0, to })) {
    pieces.push(piece.slice())
  }
  return Buffer.concat(pieces)
}
