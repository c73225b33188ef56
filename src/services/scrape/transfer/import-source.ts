/** The bytes of an archive on their way in: counted, bounded, and not waited for too long. */
import { AnilloError } from '../../../base/errors.ts'
import { SECOND_MS } from '../../../base/limits.ts'
import type { Clock } from '../../../effects/clock.ts'
import type { Gzip, GzipPiece } from '../../../effects/gzip.ts'
import { within } from '../fetch/timing.ts'
import { SLOW_BYTES_PER_SECOND_MIN, SLOW_WINDOW_MS } from '../limits.ts'
import { IMPORT_BYTES_MAX, IMPORT_RATIO_FROM_BYTES, IMPORT_RATIO_MAX } from './limits.ts'

export class ImportSource {
  readonly #clock: Clock
  readonly #pieces: AsyncIterable<Uint8Array>
  #bytes = 0
  /** Waited for since the window began, and what came in it. */
  #waitedMs = 0
  #windowBytes = 0

  constructor(pieces: AsyncIterable<Uint8Array>, clock: Clock) {
    this.#pieces = pieces
    this.#clock = clock
  }

  /** That came so far. */
  get bytes(): number {
    return this.#bytes
  }

  /** @throws AnilloError TOO_LARGE; BAD_REQUEST where it drips */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    const iterator = this.#pieces[Symbol.asyncIterator]()
    try {
      for (;;) {
        const fromMs = this.#clock.nowMs()
        const step = await within(this.#clock, SILENCE, iterator.next())
        if (step.done === true) return
        this.#arrived(step.value.length, this.#clock.nowMs() - fromMs)
        yield step.value
      }
    } finally {
      // Not waited for: it may wait itself for what never comes.
      iterator.return?.().catch(() => undefined)
    }
  }

  /** As it is, with a bound on how far it unpacks: what comes out is told to nobody else. */
  unpackedBy(gzip: Gzip): Gzip {
    return { pack: (plain) => gzip.pack(plain), members: (packed) => this.#members(gzip, packed) }
  }

  async *#members(gzip: Gzip, packed: AsyncIterable<Uint8Array>): AsyncGenerator<GzipPiece> {
    let unpacked = 0
    for await (const piece of gzip.members(packed)) {
      if (piece.kind === 'data') unpacked += piece.bytes.length
      if (unpacked > IMPORT_RATIO_FROM_BYTES && unpacked > IMPORT_RATIO_MAX * this.#bytes) {
        const limit = `${String(IMPORT_RATIO_MAX)} times its size`
        throw new AnilloError('TOO_LARGE', { what: 'The archive, unpacked,', limit })
      }
      yield piece
    }
  }

  /** Only the sender's time counts, not that of the ring. */
  #arrived(bytes: number, waitedMs: number): void {
    this.#bytes += bytes
    if (this.#bytes > IMPORT_BYTES_MAX) {
      throw new AnilloError('TOO_LARGE', { what: 'The archive', limit: IMPORT_BYTES_MAX })
    }
    this.#windowBytes += bytes
    this.#waitedMs += waitedMs
    if (this.#waitedMs < SLOW_WINDOW_MS) return
    if (this.#windowBytes * SECOND_MS < SLOW_BYTES_PER_SECOND_MIN * this.#waitedMs) {
      throw tooSlow()
    }
    this.#waitedMs = 0
    this.#windowBytes = 0
  }
}

function tooSlow(): AnilloError {
  return new AnilloError('BAD_REQUEST', { problem: 'it takes too long to arrive' })
}

/** What does not come at all is not counted. */
const SILENCE = { timeoutMs: SLOW_WINDOW_MS, late: tooSlow }
