/**
 * The segments of a log on the disk. The manifest decides which count: a segment is listed only
 * when its name and header are on the medium, and goes only when it is listed no more. Used by one
 * at a time; after a failure it must not be used again.
 */
import { assert } from '../../base/assert.ts'
import { CIPHER_KEY_BYTES } from '../../effects/cipher.ts'
import type { DiskFile } from '../../effects/disk.ts'
import type { Effects } from '../../effects/effects.ts'
import { encodeManifest, MANIFEST_NAME, writeManifest, type ListedSegment } from './manifest.ts'
import { recordBytes, RecordWriter } from './record-codec.ts'
import { segmentName } from './recover.ts'
import {
  BATCH_EXTRA_BYTES,
  encodeSegmentHeader,
  FIRST_BATCH_AT,
  sealBatch,
  type SegmentHeader,
} from './segment.ts'
import type { LogRecord } from './types.ts'

export type LogEffects = Pick<Effects, 'disk' | 'cipher' | 'random' | 'clock'>

export interface SegmentFilesOptions {
  readonly path: string
  /** The member's, of 32 bytes. */
  readonly key: Uint8Array
  readonly segmentBytes: number
}

interface ActiveSegment {
  readonly header: SegmentHeader
  readonly file: DiskFile
  /** Behind its last batch. */
  endBytes: number
  sequence: number
}

/** Batches of the image: so large that seals cost little, so small that no turn takes long. */
const IMAGE_BATCH_BYTES = 1 << 20

/** A buffer that grew beyond this for one batch is not kept. */
const KEPT_BUFFER_BYTES_MAX = 4 << 20

export class SegmentFiles {
  readonly #effects: LogEffects
  readonly #options: SegmentFilesOptions
  #found: readonly ListedSegment[]
  #closed: readonly ClosedSegment[] = []
  #active: ActiveSegment | undefined
  #numberNext: number
  /** End of the active segment in the manifest. */
  #notedBytes = 0
  #sealed = new Uint8Array(0)

  /** `found` are the segments that a manifest lists, until `beginAnew` takes their place. */
  constructor(effects: LogEffects, options: SegmentFilesOptions, found: readonly ListedSegment[]) {
    this.#effects = effects
    this.#options = options
    this.#found = found
    this.#numberNext = (found.at(-1)?.number ?? 0) + 1
  }

  /** Of all segments on the disk, whether filled or not. */
  get bytes(): number {
    let bytes = this.#active?.header.capacityBytes ?? 0
    for (const { capacityBytes } of this.#closed) bytes += capacityBytes
    return bytes
  }

  /** A log without segments: what a founding leaves that was broken off is no damage. */
  async found(): Promise<void> {
    await this.#list([])
  }

  /**
   * Puts these records, which are gone through twice, into a segment of their own that takes the
   * place of all there were. Answers the bytes that they take.
   */
  async beginAnew(records: () => Iterable<LogRecord>): Promise<number> {
    const before = this.#active
    let imageBytes = 0
    for (const record of records()) imageBytes += recordBytes(record) + BATCH_EXTRA_BYTES
    const active = await this.#make(FIRST_BATCH_AT + imageBytes + this.#options.segmentBytes / 2)
    for (const payload of batchesOf(records())) {
      const batch = this.#seal(active, payload)
      await active.file.write(active.endBytes, batch)
      this.#wrote(active, batch)
    }
    await active.file.sync()
    await this.#list([listed(active)])
    this.#found = []
    this.#closed = []
    this.#active = active
    await before?.file.close()
    await this.removeUnlisted()
    return imageBytes
  }

  /** What is neither the manifest nor listed there: left over from steps that were broken off. */
  async removeUnlisted(): Promise<void> {
    const { disk } = this.#effects
    const { path } = this.#options
    const kept = new Set([MANIFEST_NAME])
    for (const { number } of [...this.#found, ...this.#closed]) kept.add(segmentName(number))
    if (this.#active !== undefined) kept.add(segmentName(this.#active.header.number))
    for (const name of await disk.list(path)) {
      if (!kept.has(name)) await disk.remove(`${path}/${name}`)
    }
    await disk.syncDirectory(path)
  }

  /** On the medium when it returns. */
  async append(payload: Uint8Array): Promise<void> {
    const batchBytes = payload.length + BATCH_EXTRA_BYTES
    let active = this.#active
    assert(active !== undefined, 'the log has begun')
    if (active.endBytes + batchBytes > active.header.capacityBytes) {
      active = await this.#roll(active, batchBytes)
    }
    const batch = this.#seal(active, payload)
    await active.file.writeSynced(active.endBytes, batch)
    this.#wrote(active, batch)
  }

  /** Tells the manifest how far the batches reach, so that damage there can be no torn tail. */
  async note(): Promise<void> {
    const active = this.#active
    if (active === undefined || active.endBytes === this.#notedBytes) return
    await this.#list([...this.#closed, listed(active)])
  }

  async close(): Promise<void> {
    await this.note()
    await this.#active?.file.close()
  }

  async #roll(full: ActiveSegment, batchBytes: number): Promise<ActiveSegment> {
    const active = await this.#make(FIRST_BATCH_AT + batchBytes)
    const closed = [...this.#closed, { ...listed(full), capacityBytes: full.header.capacityBytes }]
    await this.#list([...closed, listed(active)])
    this.#closed = closed
    this.#active = active
    await full.file.close()
    return active
  }

  /** A segment with its name and header on the medium, of `bytesMin` at least. */
  async #make(bytesMin: number): Promise<ActiveSegment> {
    const { disk, cipher, random } = this.#effects
    const { path, key, segmentBytes } = this.#options
    const header: SegmentHeader = {
      number: this.#numberNext++,
      capacityBytes: Math.ceil(Math.max(bytesMin, segmentBytes)),
      key: random.bytes(CIPHER_KEY_BYTES),
    }
    const file = await disk.open(`${path}/${segmentName(header.number)}`, 'create')
    // At full length from the start: a sync then has no length to write, and a cut shows.
    await file.truncate(header.capacityBytes)
    await file.write(0, encodeSegmentHeader(header, { cipher, key }))
    await file.sync()
    await disk.syncDirectory(path)
    return { header, file, endBytes: FIRST_BATCH_AT, sequence: 0 }
  }

  /** Valid until the next one. */
  #seal(active: ActiveSegment, payload: Uint8Array): Uint8Array {
    const { header, sequence, endBytes } = active
    const batchBytes = payload.length + BATCH_EXTRA_BYTES
    if (this.#sealed.length < batchBytes) this.#sealed = new Uint8Array(2 * batchBytes)
    const into = this.#sealed.subarray(0, batchBytes)
    const place = { segment: header.number, sequence, offset: endBytes }
    sealBatch(this.#effects.cipher, { place, key: header.key, payload, into })
    return into
  }

  #wrote(active: ActiveSegment, batch: Uint8Array): void {
    active.endBytes += batch.length
    active.sequence++
    if (this.#sealed.length > KEPT_BUFFER_BYTES_MAX) this.#sealed = new Uint8Array(0)
  }

  async #list(segments: readonly ListedSegment[]): Promise<void> {
    const { disk, cipher } = this.#effects
    const { path, key } = this.#options
    await writeManifest(disk, path, encodeManifest(segments, { cipher, key }))
    this.#notedBytes = segments.at(-1)?.endBytes ?? 0
  }
}

interface ClosedSegment extends ListedSegment {
  readonly capacityBytes: number
}

function listed({ header, endBytes }: ActiveSegment): ListedSegment {
  return { number: header.number, endBytes }
}

/** Each is valid until the next is asked for. */
function* batchesOf(records: Iterable<LogRecord>): Generator<Uint8Array> {
  const writer = new RecordWriter()
  for (const record of records) {
    writer.add(record)
    if (writer.size < IMAGE_BATCH_BYTES) continue
    yield writer.bytes
    writer.clear()
  }
  if (writer.size > 0) yield writer.bytes
}
