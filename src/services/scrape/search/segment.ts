/**
 * Segments of the index: what some pages say, word by word. Made once, never changed, merged with
 * others of their size (a log-structured merge, O'Neil et al. 1996, as in Lucene). Pure.
 *
 *     block    words in the order of their bytes, each with its postings
 *     postings of each page that has the word: its number less the one before, weight
 *     facts    of each page in the order of their numbers: words, second of its download
 */
import { assert } from '../../../base/assert.ts'
import { BLOCK_BYTES, SEGMENT_PAGES_MAX } from './limits.ts'
import type { Print } from './simhash.ts'
import { ByteReader, ByteWriter } from './varints.ts'
import { byCodePoints } from './words.ts'

export interface Posting {
  /** Number of the page within its segment. */
  readonly page: number
  /** How often the word is there, up to `COUNT_MAX`. */
  readonly count: number
  readonly isInTitle: boolean
}

export interface PageFacts {
  /** 64 hex digits. */
  readonly id: string
  /** Of the content's SHA-256, the first `HASH_DIGITS`. */
  readonly hash: string
  readonly words: number
  /** Since 1970. */
  readonly fetchedAtS: number
  /** Of its words in their order; absent: too few, or indexed before there were such. */
  readonly print?: Print | undefined
}

export interface Block {
  /** Its first word. */
  readonly first: string
  readonly bytes: Uint8Array
}

export interface Segment {
  readonly pages: readonly PageFacts[]
  readonly blocks: readonly Block[]
}

export const HASH_DIGITS = 16
const COUNT_MAX = 1_000

/** Words of one page, on their way into a segment. */
export interface PageWords extends PageFacts {
  readonly found: ReadonlyMap<string, { readonly count: number; readonly isInTitle: boolean }>
}

export function segmentOf(pages: readonly PageWords[]): Segment {
  assert(pages.length <= SEGMENT_PAGES_MAX, 'a segment has so many pages at most')
  const words = new Map<string, ByteWriter>()
  const last = new Map<string, number>()
  for (const [number, { found }] of pages.entries()) {
    for (const [word, { count, isInTitle }] of found) {
      const writer = words.get(word) ?? new ByteWriter()
      words.set(word, writer)
      writePosting(writer, { page: number, count, isInTitle }, last.get(word) ?? 0)
      last.set(word, number)
    }
  }
  const sorted = Array.from(words.keys()).toSorted(byCodePoints)
  const blocks = new BlockWriter()
  for (const word of sorted) blocks.add(word, words.get(word)?.take() ?? NOTHING)
  const facts = pages.map(({ fetchedAtS, hash, id, print, words: count }) => {
    return { id, hash, words: count, fetchedAtS, print }
  })
  return { pages: facts, blocks: blocks.take() }
}

const NOTHING = new Uint8Array(0)

function writePosting(writer: ByteWriter, posting: Posting, before: number): void {
  writer.number(posting.page - before)
  writer.number(2 * Math.min(posting.count, COUNT_MAX) + (posting.isInTitle ? 1 : 0))
}

class BlockWriter {
  readonly #blocks: Block[] = []
  readonly #writer = new ByteWriter()
  readonly #encoder = new TextEncoder()
  #first: string | undefined

  add(word: string, postings: Uint8Array): void {
    if (this.#writer.length + postings.length > BLOCK_BYTES) this.#end()
    this.#first ??= word
    this.#writer.bytes(this.#encoder.encode(word))
    this.#writer.bytes(postings)
  }

  take(): readonly Block[] {
    this.#end()
    return this.#blocks
  }

  #end(): void {
    if (this.#first === undefined) return
    this.#blocks.push({ first: this.#first, bytes: this.#writer.take() })
    this.#first = undefined
  }
}

export interface WordEntry {
  readonly word: string
  /** A view of the block. */
  readonly postings: Uint8Array
}

export function* entriesOf(block: Uint8Array): Generator<WordEntry> {
  const reader = new ByteReader(block)
  const decoder = new TextDecoder()
  while (!reader.isAtEnd) yield { word: decoder.decode(reader.bytes()), postings: reader.bytes() }
}

/** In the order of their pages. */
export function* postingsOf(bytes: Uint8Array): Generator<Posting> {
  const reader = new ByteReader(bytes)
  let page = 0
  while (!reader.isAtEnd) {
    page += reader.number()
    const weight = reader.number()
    yield { page, count: weight >> 1, isInTitle: (weight & 1) === 1 }
  }
}

/**
 * Several as one, without the pages that are gone.
 * @param isGone by place of the segment and number of the page
 */
export function mergedSegment(
  segments: readonly Segment[],
  isGone: (segment: number, page: number) => boolean,
): Segment {
  const pages: PageFacts[] = []
  /** Of each page of each segment its number in the merged one. */
  const numbers = segments.map((segment, place) =>
    segment.pages.map((facts, page) => {
      if (isGone(place, page)) return -1
      pages.push(facts)
      return pages.length - 1
    }),
  )
  assert(pages.length <= SEGMENT_PAGES_MAX, 'what is merged is bounded')
  const words = new Map<string, ByteWriter>()
  const last = new Map<string, number>()
  for (const [place, { blocks }] of segments.entries()) {
    for (const { bytes } of blocks) {
      for (const { postings, word } of entriesOf(bytes)) {
        for (const posting of postingsOf(postings)) {
          const page = numbers[place]?.[posting.page] ?? -1
          if (page < 0) continue
          const writer = words.get(word) ?? new ByteWriter()
          words.set(word, writer)
          writePosting(writer, { ...posting, page }, last.get(word) ?? 0)
          last.set(word, page)
        }
      }
    }
  }
  const writer = new BlockWriter()
  for (const word of Array.from(words.keys()).toSorted(byCodePoints)) {
    writer.add(word, words.get(word)?.take() ?? NOTHING)
  }
  return { pages, blocks: writer.take() }
}

export function packFacts(pages: readonly PageFacts[]): Uint8Array {
  const writer = new ByteWriter()
  for (const { fetchedAtS, words } of pages) {
    writer.number(words)
    writer.number(fetchedAtS)
  }
  return writer.take()
}

export function readFacts(bytes: Uint8Array): readonly Pick<PageFacts, 'words' | 'fetchedAtS'>[] {
  const reader = new ByteReader(bytes)
  const facts: Pick<PageFacts, 'words' | 'fetchedAtS'>[] = []
  while (!reader.isAtEnd) facts.push({ words: reader.number(), fetchedAtS: reader.number() })
  return facts
}

const ID_BYTES = 32
const HASH_BYTES = HASH_DIGITS / 2

export function packIds(pages: readonly Pick<PageFacts, 'id' | 'hash'>[]): Uint8Array {
  return new Uint8Array(Buffer.from(pages.map(({ hash, id }) => id + hash).join(''), 'hex'))
}

export function readIds(bytes: Uint8Array): readonly Pick<PageFacts, 'id' | 'hash'>[] {
  const size = ID_BYTES + HASH_BYTES
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, at) => {
    const hex = Buffer.from(bytes.subarray(at * size, (at + 1) * size)).toString('hex')
    return { id: hex.slice(0, 2 * ID_BYTES), hash: hex.slice(2 * ID_BYTES) }
  })
}
