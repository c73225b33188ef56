/**
 * Where the index stands: each partition that keeps pages has theirs beside them, so that a member
 * that holds the pages holds their index.
 *
 *     pages.words   one pk a partition   segments        the list of segments
 *                                        SEGMENT/facts   of its pages: lengths, times
 *                                        SEGMENT/prints  of its pages: SimHashes
 *                                        SEGMENT/ids/N   of its pages: ids, hashes
 *                                        SEGMENT/firsts/N the first word of each block
 *                                        SEGMENT/word/N  a block of words
 *
 * Words are never part of a key: keys stand on the disk in clear.
 */
import { Type, type Static } from 'typebox'

import { AnilloError } from '../../../base/errors.ts'
import type { RecordWrite } from '../../../store/types.ts'
import { reader } from '../../../wire/method.ts'
import { pack, unpack } from '../../../wire/packed.ts'
import { ALL_PARTITIONS, partitionOf, pkIn, type PartitionId } from '../../../wire/partition.ts'
import { HEADS } from '../heads.ts'
import { PAGES_TABLE } from '../pages/page-rows.ts'
import { FIRSTS_PER_ROW, GONE_MAX, IDS_PER_ROW, SEGMENT_PAGES_MAX, SEGMENTS_MAX } from './limits.ts'
import { packFacts, packIds, type Segment } from './segment.ts'
import { packPrints } from './simhash.ts'

export const WORDS_TABLE = 'pages.words'
export const SEGMENTS_SK = 'segments'
export const SEGMENT_NAME_BYTES = 8

const SegmentSum = Type.Object({
  name: Type.String({ pattern: '^[0-9a-f]{16}$' }),
  pages: Type.Integer({ minimum: 0 }),
  /** Over all pages. */
  words: Type.Integer({ minimum: 0 }),
  /** Of words and postings. */
  bytes: Type.Integer({ minimum: 0 }),
  /**
   * Pages of it that are no answer: another segment has them newer, or they were taken away. Their
   * numbers in their order, each less the one before.
   */
  gone: Type.Optional(
    Type.Array(Type.Integer({ minimum: 0 }), { minItems: 1, maxItems: SEGMENT_PAGES_MAX }),
  ),
})
export type SegmentSum = Readonly<Static<typeof SegmentSum>>

const SegmentList = Type.Object({
  /** Oldest first. */
  segments: Type.Array(SegmentSum, { maxItems: SEGMENTS_MAX }),
  /** Raised by whoever takes over, so that what another has under way comes to nothing. */
  taken: Type.Integer({ minimum: 0 }),
})
export type SegmentList = Readonly<Static<typeof SegmentList>>

const readList = reader(SegmentList)

/** @throws AnilloError DATA_DAMAGED */
export function readSegments(value: Uint8Array | undefined): SegmentList {
  if (value === undefined) return { segments: [], taken: 0 }
  const found = unpack({ source: value, start: 0, end: value.length })
  const list = found.kind === 'value' ? readList(found.value) : undefined
  if (list !== undefined) return list
  throw new AnilloError('DATA_DAMAGED', { path: WORDS_TABLE, problem: 'a list is none' })
}

export function packSegments(list: SegmentList): Uint8Array {
  return new Uint8Array(pack(list))
}

/** Pages of the segment that are no answer. */
export function goneIn({ gone = [] }: Pick<SegmentSum, 'gone'>): ReadonlySet<number> {
  let page = 0
  return new Set(gone.map((step) => (page += step)))
}

/** @param gone by the name of the segment; `GONE_MAX` of them are told */
export function withGone(
  segments: readonly SegmentSum[],
  gone: ReadonlyMap<string, ReadonlySet<number>>,
): SegmentSum[] {
  let left = GONE_MAX
  return segments.map((known) => {
    const { gone: _, ...segment } = known
    const pages = Array.from(gone.get(segment.name) ?? [])
      .toSorted((a, b) => a - b)
      .slice(0, left)
    left -= pages.length
    const steps = pages.map((page, at) => page - (pages[at - 1] ?? 0))
    return steps.length === 0 ? segment : { ...segment, gone: steps }
  })
}

export function shardPk(partition: PartitionId): string {
  return pkIn(WORDS_TABLE, partition)
}

const HEADS_OF = Map.groupBy(HEADS, (head) => partitionOf(PAGES_TABLE, head))

/** Of pages that the partition keeps. */
export function headsOf(partition: PartitionId): readonly string[] {
  return HEADS_OF.get(partition) ?? []
}

/** Partitions that keep pages. */
export const SHARDS: readonly PartitionId[] = ALL_PARTITIONS.filter((partition) =>
  HEADS_OF.has(partition),
)

export const factsSk = (segment: string): string => `${segment}/facts`
export const printsSk = (segment: string): string => `${segment}/prints`
export const idsSk = (segment: string, page: number): string =>
  `${segment}/ids/${String(Math.floor(page / IDS_PER_ROW)).padStart(3, '0')}`
export const idsPrefix = (segment: string): string => `${segment}/ids/`
export const firstsPrefix = (segment: string): string => `${segment}/firsts/`
export const wordsPrefix = (segment: string): string => `${segment}/word/`
export const wordsSk = (segment: string, block: number): string =>
  wordsPrefix(segment) + numbered(block)

function numbered(place: number): string {
  return String(place).padStart(PLACE_DIGITS, '0')
}

/** Of the largest segment that could be. */
const PLACE_DIGITS = 5

const readFirsts = reader(Type.Array(Type.String()))

/** First words of blocks, of one row. @throws AnilloError DATA_DAMAGED */
export function firstsIn(value: Uint8Array): readonly string[] {
  const found = unpack({ source: value, start: 0, end: value.length })
  const firsts = found.kind === 'value' ? readFirsts(found.value) : undefined
  if (firsts !== undefined) return firsts
  throw new AnilloError('DATA_DAMAGED', { path: WORDS_TABLE, problem: 'first words are none' })
}

/** All rows of a segment. */
export function rowsOf(name: string, { blocks, pages }: Segment): readonly RecordWrite[] {
  const prints = packPrints(pages.map(({ print }) => print))
  const rows: RecordWrite[] = [
    { kind: 'put', sk: factsSk(name), value: packFacts(pages) },
    { kind: 'put', sk: printsSk(name), value: prints },
  ]
  for (let at = 0; at < pages.length; at += IDS_PER_ROW) {
    const value = packIds(pages.slice(at, at + IDS_PER_ROW))
    rows.push({ kind: 'put', sk: idsSk(name, at), value })
  }
  for (let at = 0; at < blocks.length; at += FIRSTS_PER_ROW) {
    const firsts = blocks.slice(at, at + FIRSTS_PER_ROW).map(({ first }) => first)
    const value = new Uint8Array(pack(firsts))
    rows.push({ kind: 'put', sk: firstsPrefix(name) + numbered(at), value })
  }
  for (const [place, { bytes }] of blocks.entries()) {
    rows.push({ kind: 'put', sk: wordsSk(name, place), value: bytes })
  }
  return rows
}

export function sumOf(name: string, { blocks, pages }: Segment): SegmentSum {
  return {
    name,
    pages: pages.length,
    words: pages.reduce((sum, { words }) => sum + words, 0),
    bytes: blocks.reduce((sum, { bytes }) => sum + bytes.length, 0),
  }
}
