/** A content on its way in: cut by content, hashed as a whole, made durable every few MiB. */
import { assert } from '../../../base/assert.ts'
import { AnilloError } from '../../../base/errors.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { KIB } from '../../../base/limits.ts'
import type { ResumableSha256 } from '../../../base/resumable-sha256.ts'
import type { Timer } from '../../../effects/clock.ts'
import type { CallOptions, ChunkRef } from '../../../store/types.ts'
import { CHUNK_BYTES_MAX } from '../../../wire/chunks.ts'
import { AppendLine } from './append-line.ts'
import { Cutter } from './fast-cdc.ts'
import { DURABLE_EVERY_MS, SMALL_BODY_BYTES, UNSAFE_BYTES_MAX } from './limits.ts'
import { change, type ContentParts } from './parts.ts'
import { discardContent } from './removal.ts'
import type { ContentWriter, SealedBody, WriterAsk } from './types.ts'
import { WholeHash } from './whole-hash.ts'

export interface Begun {
  readonly id: string
  /** Durable already. */
  readonly bytes: number
  /** The last of them, where no content made the cut. */
  readonly tail: Uint8Array
  /** More will be joined behind it: its hash can be gone on with, and may have begun elsewhere. */
  readonly grown?: ResumableSha256 | undefined
}

/** Small files need no more than one of these; a larger one gets the memory of a chunk. */
const FIRST_PLACES_BYTES = [SMALL_BODY_BYTES, 64 * KIB] as const

export class OpenWriter implements ContentWriter {
  readonly id: string
  readonly at: number
  readonly #parts: ContentParts
  readonly #ask: WriterAsk
  readonly #line: AppendLine
  readonly #hash: WholeHash
  readonly #cutter = new Cutter()
  /** Of the chunk that has not ended, its first `#filled` bytes. */
  #place: Uint8Array = NO_BYTES
  #filled = 0
  /** Bytes that came, and those that were there before. */
  #taken: number
  #turn: Promise<unknown> = Promise.resolve()
  #timer: Timer | undefined
  #failure: { readonly thrown: unknown } | undefined
  #isOver = false
  /** Asked for again, it is told again. */
  #sealing: Promise<SealedBody> | undefined

  constructor(parts: ContentParts, begun: Begun, ask: WriterAsk) {
    const { bytes, grown, id, tail } = begun
    this.#parts = parts
    this.#ask = ask
    this.id = id
    this.at = bytes
    this.#line = new AppendLine({ parts, id, nick: ask.nick, durable: bytes })
    this.#hash = new WholeHash(parts, { id, bytes, grown })
    this.#hash.followTo(bytes)
    this.#taken = bytes
    this.#keep(tail)
    // As its writer did, who found no cut in it.
    const cut = this.#cutter.next(tail, 0)
    assert(cut === undefined, 'a tail has no cut')
  }

  push(piece: Uint8Array): Promise<void> {
    return untilGone(this.#ask.signal, () =>
      this.#inTurn(async () => {
        await this.#nearHash()
        for (let from = 0; from < piece.length;) {
          // The piece is the caller’s again, who was told.
          if (this.#ask.signal?.aborted === true) return
          const room = UNSAFE_BYTES_MAX - (this.#taken - this.#line.durable)
          if (room <= 0) await this.#line.advance()
          else from += await this.#take(piece.subarray(from, from + room))
        }
        this.#hash.followTo(this.#line.durable)
        this.#durableLater()
      }),
    )
  }

  /**
   * A whole chunk of another content, as its content cut it.
   * @param bytes absent: they are in the hash that it was begun with
   * @returns whether it could be taken
   */
  adopt(chunk: ChunkRef, bytes?: Uint8Array): Promise<boolean> {
    return this.#inTurn(async () => {
      if (this.#filled > 0) return false
      if (bytes === undefined) this.#hash.pass(chunk.bytes)
      else this.#hash.update(bytes)
      this.#line.adopt(chunk)
      this.#taken += chunk.bytes
      return true
    })
  }

  makeDurable(): Promise<number> {
    return this.#inTurn(async () => {
      await this.#flush()
      return this.#line.durable
    })
  }

  seal({ signal }: CallOptions = {}): Promise<SealedBody> {
    this.#sealing ??= this.#inTurn(() => this.#seal())
    const sealing = this.#sealing
    return untilGone(signal, () => sealing)
  }

  async leave(): Promise<void> {
    // A caller who gave up while it was sealed, or this is the second time.
    await this.#turn
    if (this.#isOver && this.#failure === undefined) return
    await this.#inTurn(async () => {
      await this.#flush()
      this.#end()
    })
  }

  async discard(): Promise<void> {
    if (this.#isOver && this.#failure === undefined) return
    this.#end()
    await this.#line.abandon()
    await this.#turn
    await this.#drop()
  }

  async #seal(): Promise<SealedBody> {
    const bytes = this.#taken
    const left = this.#place.subarray(0, this.#filled)
    if (bytes < SMALL_BODY_BYTES && left.length === bytes) {
      const kept = left.slice()
      await this.#drop()
      return { kind: 'here', bytes: kept, sha256: sha256Hex(kept) }
    }
    if (!this.#hash.isDirect) {
      await this.#flush()
      await this.#hash.catchUp(bytes)
    }
    const sha256 = this.#hash.digestHex()
    const isDurable = this.#line.durable === bytes
    const seal = { sha256, hashState: this.#hash.stateHex }
    await this.#line.seal(seal, isDurable || left.length === 0 ? undefined : left)
    assert(this.#line.durable === bytes, 'all of it is durable')
    this.#end()
    return { kind: 'content', id: this.id, bytes, sha256 }
  }

  /** One after the other; a failure is that of all that follow. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#turn
    const done = (async () => {
      await before
      if (this.#failure !== undefined) throw this.#failure.thrown
      if (this.#isOver) throw new AnilloError('BAD_REQUEST', { problem: 'the upload is over' })
      try {
        return await work()
      } catch (thrown) {
        this.#failure ??= { thrown }
        this.#end()
        throw thrown
      }
    })()
    this.#turn = done.catch(() => undefined)
    return done
  }

  /** Up to the end of the chunk. @returns how many bytes of it */
  async #take(piece: Uint8Array): Promise<number> {
    const cut = this.#cutter.next(piece, 0)
    const taken = piece.subarray(0, cut)
    this.#hash.update(taken)
    this.#keep(taken)
    this.#taken += taken.length
    if (cut !== undefined) {
      const whole = this.#place
      const bytes = whole.subarray(0, this.#filled)
      this.#place = NO_BYTES
      this.#filled = 0
      await this.#line.put(bytes, () => this.#parts.buffers.giveBack(whole))
    }
    return taken.length
  }

  #keep(bytes: Uint8Array): void {
    const needed = this.#filled + bytes.length
    if (needed > this.#place.length) {
      const first = FIRST_PLACES_BYTES.find((bytes) => needed <= bytes)
      const place =
        first === undefined ? this.#parts.buffers.take(CHUNK_BYTES_MAX) : new Uint8Array(first)
      place.set(this.#place.subarray(0, this.#filled))
      this.#place = place
    }
    this.#place.set(bytes, this.#filled)
    this.#filled = needed
  }

  async #flush(): Promise<void> {
    // A durable tail need not be put again while nothing came behind it.
    const isDurable = this.#taken === this.#line.durable
    if (this.#filled > 0 && !isDurable) this.#line.tail(this.#place.subarray(0, this.#filled))
    await this.#line.settle()
  }

  /** What was read back is near what is there: the rest is waited for. */
  async #nearHash(): Promise<void> {
    const hash = this.#hash
    if (hash.isDirect || this.#line.durable - hash.upTo > UNSAFE_BYTES_MAX) return
    await this.#flush()
    await hash.catchUp(this.#line.durable)
  }

  #durableLater(): void {
    if (this.#timer !== undefined || this.#taken === this.#line.durable) return
    const { appends } = this.#line
    this.#timer = this.#parts.effects.clock.after(DURABLE_EVERY_MS, () => {
      this.#timer = undefined
      const flushing = this.#inTurn(async () => {
        if (this.#line.appends === appends) await this.#flush()
        else this.#durableLater()
      })
      // Whoever asks next is told.
      flushing.catch(() => undefined)
    })
  }

  async #drop(): Promise<void> {
    this.#end()
    if (this.#line.durable === 0 && this.#line.appends === 0) return
    await change(this.#parts, discardContent, { input: { content: this.id } })
  }

  #end(): void {
    this.#isOver = true
    this.#timer?.cancel()
    this.#hash.stop()
    // After a failure it may be on its way still.
    if (this.#failure === undefined && this.#line.isIdle) {
      this.#parts.buffers.giveBack(this.#place)
    }
    this.#place = NO_BYTES
    this.#filled = 0
  }
}

const NO_BYTES = new Uint8Array(0)

/** The caller need not wait any longer than until the signal. */
async function untilGone<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  if (signal === undefined) return work()
  const { promise: gone, reject } = Promise.withResolvers<never>()
  const tell = (): void => reject(new AnilloError('RPC_CANCELLED', { method: 'content' }))
  if (signal.aborted) tell()
  else signal.addEventListener('abort', tell)
  try {
    return await Promise.race([signal.aborted ? gone : work(), gone])
  } finally {
    signal.removeEventListener('abort', tell)
  }
}
