/**
 * The write-ahead log of a member (architecture 5, *Log*; docs/spec/log.md). Appends that come
 * while a batch is on its way to the medium are the next batch: one seal, one write, one sync.
 */
import { assert, unreachable } from '../../base/assert.ts'
import { BoundedQueue } from '../../base/bounded-queue.ts'
import { AnilloError, asAnilloError } from '../../base/errors.ts'
import { MIB, SECOND_MS } from '../../base/limits.ts'
import { CIPHER_KEY_BYTES } from '../../effects/cipher.ts'
import type { Clock, Timer } from '../../effects/clock.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type { LogPoint } from '../../wire/raft.ts'
import type { LogImage } from './image.ts'
import { RecordWriter } from './record-codec.ts'
import { recover } from './recover.ts'
import { SegmentFiles, type LogEffects } from './segment-files.ts'
import type { LogRecord, OpenedLog, WriteAheadLog } from './types.ts'

export interface LogOptions {
  /** The directory of the log, its own; made where it is absent. Held by the member's lock. */
  readonly path: string
  /** The member's key of 32 bytes. */
  readonly key: Uint8Array
  /** Called once. Nothing that was appended and not resolved ever resolves. */
  readonly onFailure: (error: AnilloError) => void
  /** Length of a segment; smaller in tests, which fill many. */
  readonly segmentBytes?: number
}

/** Half a checkpoint (`CHECKPOINT_BYTES`): few files, and few bytes to read again at a start. */
export const SEGMENT_BYTES = 16 * MIB

/** A seal of so much takes 2 ms; more goes into further batches. */
export const BATCH_BYTES_MAX = 4 * MIB

/** Encoded and not yet written. The groups' own limits lie far below. */
export const PENDING_BYTES_MAX = 64 * MIB

/** Orders that wait, and batches: one takes all that comes until it is full or an order comes. */
const JOBS_MAX = 256

/** After such a quiet the manifest is told how far the log reaches. */
export const NOTE_AFTER_MS = SECOND_MS

/**
 * Recovers what is there, begins a segment with it, synced, and removes the rest.
 * @throws AnilloError DATA_DAMAGED: the member cannot be what it was; DISK_FULL, DATA_NOT_WRITABLE
 */
export async function openLog(effects: LogEffects, options: LogOptions): Promise<OpenedLog> {
  const { disk, cipher } = effects
  const { path, key, segmentBytes = SEGMENT_BYTES } = options
  assert(key.length === CIPHER_KEY_BYTES, 'the key of a member has 32 bytes')
  const found = await recover({ disk, cipher, path, key })
  const { image, listed, tornBytes } = found
  const files = new SegmentFiles(effects, { path, key, segmentBytes }, listed)
  if (found.isAbsent) {
    await disk.makeDirectory(path)
    for (const parent of parentsOf(path)) await disk.syncDirectory(parent)
    await files.found()
  }
  await files.removeUnlisted()
  const imageBytes = await files.beginAnew(() => image.records())
  const groups = new Map(
    [...image.groups].map(([id, group]) => [id, { ...group, entries: [...group.entries] }]),
  )
  const log = new GroupCommitLog({ effects, options, files, image }, imageBytes)
  return { log, groups, tornBytes }
}

/** Any of them may have been made just now. The first is the root of the disk. */
function parentsOf(path: string): readonly string[] {
  const names = path.split('/')
  return names.map((_, depth) => names.slice(0, depth).join('/'))
}

interface LogParts {
  readonly effects: LogEffects
  readonly options: LogOptions
  readonly files: SegmentFiles
  /** Of what is on the medium. */
  readonly image: LogImage
}

interface Waiting {
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (error: AnilloError) => void
}

interface Batch extends Waiting {
  readonly kind: 'batch'
  readonly writer: RecordWriter
  readonly records: LogRecord[]
}

/** In the order in which they were asked for. */
type Job =
  | Batch
  | (Waiting & { readonly kind: 'compact'; readonly points: ReadonlyMap<PartitionId, LogPoint> })
  | (Waiting & { readonly kind: 'note' | 'close' })

class GroupCommitLog implements WriteAheadLog {
  readonly #clock: Clock
  readonly #files: SegmentFiles
  /** Of what is on the medium, and of the batch on its way there. */
  readonly #image: LogImage
  readonly #onFailure: LogOptions['onFailure']
  readonly #jobs = new BoundedQueue<Job>(JOBS_MAX)
  /** The last job, when it is a batch that takes more. */
  #open: Batch | undefined
  #isRunning = false
  /** From the asking on: nothing more is taken. */
  #isClosed = false
  #closing: Promise<void> | undefined
  #failure: AnilloError | undefined
  #pendingBytes = 0
  #bytesSinceCompact: number
  /** Its buffer has grown to the size of a batch. */
  #spare: RecordWriter | undefined
  #timer: Timer | undefined
  #appends = 0

  constructor({ effects, options, files, image }: LogParts, imageBytes: number) {
    this.#clock = effects.clock
    this.#files = files
    this.#image = image
    this.#onFailure = options.onFailure
    this.#bytesSinceCompact = imageBytes
  }

  get bytesSinceCompact(): number {
    return this.#bytesSinceCompact
  }

  get bytes(): number {
    return this.#files.bytes
  }

  append(records: readonly LogRecord[]): Promise<void> {
    assert(!this.#isClosed, 'the log is closed')
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    if (this.#pendingBytes >= PENDING_BYTES_MAX) return Promise.reject(busy())
    const batch = this.#openBatch()
    if (batch === undefined) return Promise.reject(busy())
    const sizeBefore = batch.writer.size
    for (const record of records) {
      batch.writer.add(record)
      batch.records.push(record)
    }
    this.#pendingBytes += batch.writer.size - sizeBefore
    this.#appends++
    this.#wake()
    return batch.promise
  }

  compact(points: ReadonlyMap<PartitionId, LogPoint>): Promise<void> {
    return this.#ask({ kind: 'compact', points, ...waiting() })
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** A log that failed is left as it is. */
  async #close(): Promise<void> {
    this.#timer?.cancel()
    if (this.#failure !== undefined) return
    const closed = this.#ask({ kind: 'close', ...waiting() })
    this.#isClosed = true
    await closed
  }

  #openBatch(): Batch | undefined {
    if (this.#open !== undefined && this.#open.writer.size < BATCH_BYTES_MAX) return this.#open
    const writer = this.#spare ?? new RecordWriter()
    this.#spare = undefined
    const batch: Batch = { kind: 'batch', writer, records: [], ...waiting() }
    if (!this.#jobs.tryPush(batch)) return undefined
    this.#open = batch
    return batch
  }

  #ask(job: Job): Promise<void> {
    assert(!this.#isClosed, 'the log is closed')
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    if (!this.#jobs.tryPush(job)) return Promise.reject(busy())
    this.#open = undefined
    this.#wake()
    return job.promise
  }

  #wake(): void {
    if (!this.#isRunning) void this.#run()
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    for (;;) {
      // Those who were just answered, and the rest of this turn, still come into the next batch.
      await Promise.resolve()
      const job = this.#jobs.shift()
      if (job === undefined) break
      if (job === this.#open) this.#open = undefined
      try {
        await this.#do(job)
      } catch (thrown) {
        this.#fail(asAnilloError(thrown), job)
        return
      }
      job.resolve()
    }
    this.#isRunning = false
  }

  #do(job: Job): Promise<void> {
    switch (job.kind) {
      case 'batch':
        return this.#write(job)
      case 'compact':
        return this.#compact(job.points)
      case 'note':
        return this.#files.note()
      case 'close':
        return this.#files.close()
      default:
        return unreachable(job)
    }
  }

  async #write({ writer, records }: Batch): Promise<void> {
    // First, since it refuses gaps: none may reach the medium.
    for (const record of records) this.#image.apply(record)
    if (writer.size > 0) await this.#files.append(writer.bytes)
    this.#pendingBytes -= writer.size
    this.#bytesSinceCompact += writer.size
    if (writer.clear()) this.#spare = writer
    this.#noteLater()
  }

  async #compact(points: ReadonlyMap<PartitionId, LogPoint>): Promise<void> {
    this.#image.compact(points)
    await this.#files.beginAnew(() => this.#image.records())
    this.#bytesSinceCompact = 0
  }

  #noteLater(): void {
    if (this.#timer !== undefined) return
    const appends = this.#appends
    this.#timer = this.#clock.after(NOTE_AFTER_MS, () => {
      this.#timer = undefined
      if (this.#isClosed || this.#failure !== undefined) return
      if (this.#isRunning || this.#appends !== appends) this.#noteLater()
      // What goes wrong is told to `onFailure`.
      else this.#ask({ kind: 'note', ...waiting() }).catch(() => undefined)
    })
  }

  /** `#isRunning` stays: nothing runs after it. */
  #fail(error: AnilloError, failed: Job): void {
    this.#failure = error
    this.#timer?.cancel()
    failed.reject(error)
    for (let job = this.#jobs.shift(); job !== undefined; job = this.#jobs.shift()) {
      job.reject(error)
    }
    this.#onFailure(error)
  }
}

function waiting(): Waiting {
  return Promise.withResolvers<void>()
}

function busy(): AnilloError {
  return new AnilloError('BUSY', { what: 'writes of the log' })
}
