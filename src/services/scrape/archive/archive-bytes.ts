/** The bytes of an archive, unpacked where it is packed, with where each record of it lies. */
import { assert } from '../../../base/assert.ts'
import { concat } from '../../../base/bytes.ts'
import { AnilloError } from '../../../base/errors.ts'
import type { Gzip, GzipPiece } from '../../../effects/gzip.ts'
import type { Extent } from './warc-writer.ts'

const CR = 13
const LF = 10
/** Each takes as long as a small record to unpack, and 16 GiB have 800 millions of them. */
export const EMPTY_MEMBERS_MAX = 1_000
const EMPTY: Uint8Array = new Uint8Array(0)

/** Looks at the first bytes: gzip begins with 1f 8b (RFC 1952, 2.3.1). */
export async function archiveBytes(
  source: AsyncIterable<Uint8Array>,
  gzip: Gzip,
  bytesMax: number,
): Promise<ArchiveBytes> {
  const iterator = source[Symbol.asyncIterator]()
  let head = EMPTY
  while (head.length < 2) {
    const step = await iterator.next()
    if (step.done === true) break
    head = concat([head, step.value])
  }
  const all = resumed(head, iterator)
  const isPacked = head[0] === 0x1f && head[1] === 0x8b
  return new ArchiveBytes(isPacked ? gzip.members(all) : data(all), { isPacked, bytesMax })
}

async function* resumed(
  head: Uint8Array,
  iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    if (head.length > 0) yield head
    for (let step = await iterator.next(); step.done !== true; step = await iterator.next())
      yield step.value
  } finally {
    await iterator.return?.()
  }
}

async function* data(source: AsyncIterable<Uint8Array>): AsyncGenerator<GzipPiece> {
  for await (const bytes of source) yield { kind: 'data', bytes }
}

interface RecordEnd {
  /** `undefined`: it shares its gzip member with others, or lies in several. */
  readonly extent: Extent | undefined
  /** CR and LF behind it. */
  readonly blanks: number
}

export class ArchiveBytes {
  readonly #iterator: AsyncIterator<GzipPiece>
  readonly #isPacked: boolean
  readonly #bytesMax: number
  #piece: Uint8Array = EMPTY
  /** Bytes of the piece that were taken. */
  #at = 0
  /** Unpacked bytes that were taken. */
  #position = 0
  /** Where the gzip member begins that is read; of what is not packed, 0. */
  #member = 0
  /** A member that has ended since the record that is read began. */
  #endedMember: Extent | undefined
  /** Records that began in the member that is read. */
  #recordsHere = 0
  /** Members without data since the last one with some. */
  #emptyMembers = 0
  #recordOffset = 0
  #isAlone = false

  constructor(
    pieces: AsyncIterable<GzipPiece>,
    kind: { readonly isPacked: boolean; readonly bytesMax: number },
  ) {
    this.#iterator = pieces[Symbol.asyncIterator]()
    this.#isPacked = kind.isPacked
    this.#bytesMax = kind.bytesMax
  }

  get isPacked(): boolean {
    return this.#isPacked
  }

  get recordOffset(): number {
    return this.#recordOffset
  }

  /** Passes over empty lines; `false` at the end of the archive. */
  async toNextRecord(blankBytesMax: number): Promise<boolean> {
    for (let blanks = 0; blanks < blankBytesMax && !(await this.isAtEnd()); blanks++)
      if (!this.#dropBlank()) break
    if (await this.isAtEnd()) return false
    this.#recordsHere += 1
    this.#recordOffset = this.#isPacked ? this.#member : this.#position
    this.#endedMember = undefined
    return true
  }

  /** At least one byte and at most `bytesMax`; `undefined` at the end. */
  async take(bytesMax: number): Promise<Uint8Array | undefined> {
    if (await this.isAtEnd()) return undefined
    const taken = this.#piece.subarray(this.#at, this.#at + bytesMax)
    this.#drop(taken.length)
    return taken
  }

  /** So many of the bytes that were taken last are not taken. */
  giveBack(bytes: number): void {
    assert(bytes <= this.#at, 'what is given back was taken at once')
    this.#at -= bytes
    this.#position -= bytes
  }

  /**
   * Passes over the empty lines behind a record, and nothing behind its gzip member: what is wrong
   * there is wrong with the next one.
   */
  async endRecord(blankBytesMax: number): Promise<RecordEnd> {
    const isSplit = this.#endedMember !== undefined
    let blanks = 0
    while (blanks < blankBytesMax && this.#endedMember === undefined) {
      if (this.#isTaken()) {
        if (!(await this.#pull())) break
      } else if (!this.#dropBlank()) break
      else blanks += 1
    }
    const offset = this.#recordOffset
    if (!this.#isPacked) return { extent: { offset, length: this.#position - offset }, blanks }
    const isAlone = !isSplit && this.#isAlone && this.#endedMember?.offset === offset
    return { extent: isAlone ? this.#endedMember : undefined, blanks }
  }

  async isAtEnd(): Promise<boolean> {
    while (this.#isTaken()) if (!(await this.#pull())) return true
    return false
  }

  /** `false` at the end of the archive. */
  async #pull(): Promise<boolean> {
    const step = await this.#iterator.next()
    if (step.done === true) return false
    if (step.value.kind === 'data') {
      this.#piece = step.value.bytes
      this.#at = 0
      this.#emptyMembers = -1
    } else this.#endMember(step.value.offset)
    return true
  }

  async close(): Promise<void> {
    await this.#iterator.return?.()
  }

  #endMember(end: number): void {
    this.#emptyMembers += 1
    if (this.#emptyMembers > EMPTY_MEMBERS_MAX) {
      const problem = `more than ${EMPTY_MEMBERS_MAX} gzip members in a row are empty`
      throw new AnilloError('ARCHIVE_BROKEN', { offset: this.#member, problem })
    }
    this.#isAlone = this.#recordsHere === 1
    this.#endedMember = { offset: this.#member, length: end - this.#member }
    this.#member = end
    this.#recordsHere = 0
  }

  #isTaken(): boolean {
    return this.#at === this.#piece.length
  }

  #dropBlank(): boolean {
    const first = this.#piece[this.#at]
    if (first !== CR && first !== LF) return false
    this.#drop(1)
    return true
  }

  #drop(bytes: number): void {
    this.#at += bytes
    this.#position += bytes
    if (this.#position > this.#bytesMax)
      throw new AnilloError('TOO_LARGE', { what: 'the archive, unpacked,', limit: this.#bytesMax })
  }
}
