/**
 * Chunks of one writer on their way: several are put at once, and appended in order, a few in one
 * entry. Each entry's chunks have an upload of their own, whose pins end with it.
 */
import { hexOf } from '../../../base/hex.ts'
import type { ChunkRef, Upload } from '../../../store/types.ts'
import { APPEND_BYTES, CHUNKS_PER_APPEND_MAX, PUT_TIMEOUT_MS, PUTS_AT_ONCE } from './limits.ts'
import { change, untilDone, type ContentParts } from './parts.ts'
import { appendContent, sealContent } from './procedures.ts'
import { partitionOfContent } from './rows.ts'

const UPLOAD_BYTES = 16

export interface AppendLineOptions {
  readonly parts: ContentParts
  readonly id: string
  readonly nick: string
  /** Bytes that are there already. */
  readonly durable: number
}

/** Of all bytes. */
export interface Seal {
  readonly sha256: string
  /** Where more may be joined behind it. */
  readonly hashState?: string | undefined
}

/** What one entry appends. */
interface Batch {
  readonly upload: Upload
  readonly chunks: Promise<ChunkRef>[]
  tail?: Promise<ChunkRef>
  seal?: Seal
  bytes: number
}

export class AppendLine {
  readonly #options: AppendLineOptions
  readonly #ending = new AbortController()
  #durable: number
  #appends = 0
  #batch: Batch | undefined
  /** Appends on their way, in order: each waits for the one before. */
  readonly #flying: Promise<void>[] = []
  /** Of chunks on their way, the oldest first. */
  readonly #putting: Promise<ChunkRef>[] = []
  /** The first failure: what comes behind it is not begun. */
  #failure: { readonly thrown: unknown } | undefined

  constructor(options: AppendLineOptions) {
    this.#options = options
    this.#durable = options.durable
  }

  get durable(): number {
    return this.#durable
  }

  /** How often something became durable. */
  get appends(): number {
    return this.#appends
  }

  /** Nothing is on its way. */
  get isIdle(): boolean {
    return this.#putting.length === 0 && this.#flying.length === 0
  }

  /** Resolves when it is on its way. `done` is called when its memory may be used again. */
  async put(bytes: Uint8Array, done: () => void): Promise<void> {
    while (this.#putting.length >= PUTS_AT_ONCE) await this.#putting[0]
    if (this.#failure !== undefined) throw this.#failure.thrown
    const batch = this.#open()
    const { begun, putting } = this.#put(batch, bytes, done)
    batch.chunks.push(putting)
    batch.bytes += bytes.length
    if (batch.bytes >= APPEND_BYTES) this.close()
    await Promise.race([begun, putting])
  }

  /** One that another content refers to, and that stays there for as long as this takes. */
  adopt(chunk: ChunkRef): void {
    const batch = this.#open()
    batch.chunks.push(Promise.resolve(chunk))
    if (batch.chunks.length >= CHUNKS_PER_APPEND_MAX) this.close()
  }

  /** Behind all chunks so far; what comes next takes its place. Its memory stays as it is. */
  tail(bytes: Uint8Array): void {
    const batch = this.#open()
    batch.tail = this.#put(batch, bytes, () => undefined).putting
    this.close()
  }

  /** What is in hand becomes an entry. */
  close(): void {
    const batch = this.#batch
    if (batch === undefined) return
    this.#batch = undefined
    const appending = this.#append(batch, this.#flying.at(-1))
    appending.catch(this.#note)
    this.#flying.push(appending)
  }

  /** Something more is durable then, if anything was on its way. */
  async advance(): Promise<void> {
    if (this.#flying.length === 0) this.close()
    const [first] = this.#flying
    await first
    void this.#flying.shift()
  }

  /** All is durable then. */
  async settle(): Promise<void> {
    this.close()
    while (this.#flying.length > 0) await this.advance()
  }

  /** With the last entry, or in one of its own. */
  async seal(seal: Seal, tail: Uint8Array | undefined): Promise<void> {
    if (tail !== undefined) {
      const batch = this.#open()
      batch.seal = seal
      batch.tail = this.#put(batch, tail, () => undefined).putting
    } else if (this.#batch !== undefined) this.#batch.seal = seal
    else {
      await this.settle()
      const { id, parts } = this.#options
      const { hashState, sha256 } = seal
      const state = hashState === undefined ? {} : { hashState }
      const input = { content: id, at: this.#durable, sha256, ...state }
      await change(parts, sealContent, { input })
      return
    }
    await this.settle()
  }

  /** Resolves when nothing is on its way any more. */
  async abandon(): Promise<void> {
    this.#ending.abort()
    await Promise.allSettled([...this.#flying, ...this.#putting, ...(this.#batch?.chunks ?? [])])
  }

  #open(): Batch {
    const { id, parts } = this.#options
    this.#batch ??= {
      upload: {
        id: hexOf(parts.effects.random.bytes(UPLOAD_BYTES)),
        partition: partitionOfContent(id),
      },
      chunks: [],
      bytes: 0,
    }
    return this.#batch
  }

  /** `begun`: it has its turn among the chunks of all writers. */
  #put(
    { upload }: Batch,
    bytes: Uint8Array,
    done: () => void,
  ): { readonly begun: Promise<void>; readonly putting: Promise<ChunkRef> } {
    const { parts } = this.#options
    const options = { signal: this.#ending.signal, timeoutMs: PUT_TIMEOUT_MS }
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
    const work = (): Promise<ChunkRef> => {
      begin()
      return untilDone(parts, options, (within) => parts.store.chunks.put(bytes, upload, within))
    }
    const putting = parts.puts.run(work).finally(() => {
      void this.#putting.splice(this.#putting.indexOf(putting), 1)
      done()
    })
    putting.catch(this.#note)
    this.#putting.push(putting)
    return { begun, putting }
  }

  readonly #note = (thrown: unknown): void => {
    this.#failure ??= { thrown }
  }

  async #append(batch: Batch, before: Promise<void> | undefined): Promise<void> {
    const { id, nick, parts } = this.#options
    const chunks = (await Promise.all(batch.chunks)).map(plain)
    const tail = batch.tail === undefined ? undefined : plain(await batch.tail)
    await before
    const input = {
      content: id,
      at: this.#durable,
      upload: batch.upload.id,
      chunks,
      nick,
      ...(tail === undefined ? {} : { tail }),
      ...(batch.seal === undefined ? {} : { seal: batch.seal.sha256 }),
      ...(batch.seal?.hashState === undefined ? {} : { hashState: batch.seal.hashState }),
    }
    const { bytes } = await change(parts, appendContent, { input })
    this.#durable = bytes
    this.#appends++
  }
}

function plain({ bytes, hash }: ChunkRef): ChunkRef {
  return { hash, bytes }
}
