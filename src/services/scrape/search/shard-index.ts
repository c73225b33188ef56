/**
 * The index of one partition, in the hands of the member that leads it: which content of which page
 * is indexed, and what is to be. Its rows change under a condition on the list of segments, so that
 * of two members that both think that they lead one comes to nothing.
 */
import { AnilloError } from '../../../base/errors.ts'
import { hexOf } from '../../../base/hex.ts'
import type { Random } from '../../../effects/random.ts'
import type { Replica } from '../../../store/group/types.ts'
import type { Etag } from '../../../store/partition/procedure.ts'
import type { RecordWrite, Store } from '../../../store/types.ts'
import { readPageRow } from '../../../wire/pages.ts'
import type { PartitionId } from '../../../wire/partition.ts'
import { PAGE_PREFIX, PAGES_TABLE } from '../pages/page-rows.ts'
import {
  MERGE_SEGMENTS,
  ROWS_PER_LOOK,
  SEGMENT_BYTES_MAX,
  SEGMENT_PAGES_MAX,
  WRITE_BYTES_MAX,
  WRITE_ROWS_MAX,
} from './limits.ts'
import { HASH_DIGITS, readFacts, readIds, type Block, type Segment } from './segment.ts'
import {
  factsSk,
  firstsIn,
  firstsPrefix,
  goneIn,
  headsOf,
  idsPrefix,
  packSegments,
  printsSk,
  readSegments,
  rowsOf,
  SEGMENT_NAME_BYTES,
  SEGMENTS_SK,
  shardPk,
  sumOf,
  withGone,
  WORDS_TABLE,
  wordsPrefix,
  type SegmentList,
  type SegmentSum,
} from './shard-rows.ts'
import { readPrints } from './simhash.ts'

export interface ShardIndexTools {
  readonly store: Pick<Store, 'get' | 'transact'>
  readonly random: Random
  /** Of the partition, at this member. @throws AnilloError STORE_UNAVAILABLE where there is none */
  readonly replica: () => Replica
  /** Lets others work. */
  readonly breathe: () => Promise<void>
}

/** Of a page, in the index. */
interface Copy {
  /** Of its content, the beginning. */
  readonly hash: string
  readonly segment: string
  /** Its number there. */
  readonly page: number
  readonly fetchedAtS: number
}

export class ShardIndex {
  readonly #tools: ShardIndexTools
  readonly #partition: PartitionId
  readonly #pk: string
  #list: SegmentList = { segments: [], taken: 0 }
  #etag: Etag | undefined
  /** Of a page, by its id, the newest copy that is indexed. */
  readonly #indexed = new Map<string, Copy>()
  /** Of each segment the pages that are no answer any more. */
  readonly #gone = new Map<string, Set<number>>()
  /** The list does not tell yet what is gone. */
  #isUntold = false
  /** Ids of pages that changed, and when that was heard, ms; the longest known first. */
  readonly #changed = new Map<string, number>()

  constructor(partition: PartitionId, tools: ShardIndexTools) {
    this.#partition = partition
    this.#pk = shardPk(partition)
    this.#tools = tools
  }

  get changed(): ReadonlyMap<string, number> {
    return this.#changed
  }

  /** A page changed, or may have. */
  note(id: string, nowMs: number): void {
    if (!this.#changed.has(id)) this.#changed.set(id, nowMs)
  }

  /** It is there no more. */
  gone(id: string): void {
    this.#changed.delete(id)
    this.#leave(this.#indexed.get(id))
    this.#indexed.delete(id)
  }

  /** What is gone, where nothing else was to be written since. */
  async save(): Promise<void> {
    if (this.#isUntold) await this.#write([], this.#list.segments)
  }

  isIndexed(id: string, hash: string): boolean {
    return this.#indexed.get(id)?.hash === hash.slice(0, HASH_DIGITS)
  }

  /** Nothing of it is left to be done. */
  settle(id: string): void {
    this.#changed.delete(id)
  }

  /** Takes over from whoever led: what stands there, what is missing, what was left half done. */
  async load(nowMs: number): Promise<void> {
    const key = { table: WORDS_TABLE, pk: this.#pk, sk: SEGMENTS_SK }
    const found = await this.#tools.store.get(key)
    this.#list = readSegments(found?.value)
    this.#etag = found?.etag
    for (const segment of this.#list.segments) {
      this.#take(segment)
      await this.#tools.breathe()
    }
    for (const head of headsOf(this.#partition)) await this.#missing(head, nowMs)
    await this.#sweep()
    await this.save()
  }

  /**
   * What a segment has. Merged ones stand among others that are older: times tell which is newer.
   */
  #take({ name, ...segment }: SegmentSum): void {
    const gone = goneIn(segment)
    this.#gone.set(name, new Set(gone))
    const facts = readFacts(this.#get(factsSk(name)))
    for (const [page, { hash, id }] of this.#idsOf(name).entries()) {
      if (gone.has(page)) continue
      const copy = { hash, segment: name, page, fetchedAtS: facts[page]?.fetchedAtS ?? 0 }
      const known = this.#indexed.get(id)
      if (known !== undefined && known.fetchedAtS > copy.fetchedAtS) this.#leave(copy)
      else this.#hold(id, copy)
    }
  }

  /** In place of the copy that was the newest. */
  #hold(id: string, copy: Copy): void {
    this.#leave(this.#indexed.get(id))
    this.#indexed.set(id, copy)
  }

  #leave(copy: Pick<Copy, 'segment' | 'page'> | undefined): void {
    if (copy === undefined) return
    this.#gone.get(copy.segment)?.add(copy.page)
    this.#isUntold = true
  }

  async add(segment: Segment): Promise<void> {
    const name = hexOf(this.#tools.random.bytes(SEGMENT_NAME_BYTES))
    const segments = [...this.#list.segments, sumOf(name, segment)]
    this.#gone.set(name, new Set())
    for (const [page, { fetchedAtS, hash, id }] of segment.pages.entries()) {
      this.#hold(id, { hash, segment: name, page, fetchedAtS })
    }
    await this.#write(rowsOf(name, segment), segments)
  }

  /** Segments of one size, of which there are enough to become one. */
  mergeable(): readonly SegmentSum[] | undefined {
    const sizes = Map.groupBy(this.#list.segments, ({ bytes }) => sizeOf(bytes))
    for (const segments of sizes.values()) {
      if (segments.length < MERGE_SEGMENTS) continue
      const taken: SegmentSum[] = []
      let [bytes, pages] = [0, 0]
      for (const segment of segments) {
        bytes += segment.bytes
        pages += segment.pages
        if (bytes > SEGMENT_BYTES_MAX || pages > SEGMENT_PAGES_MAX) break
        taken.push(segment)
      }
      if (taken.length > 1) return taken
    }
    return undefined
  }

  read({ name }: SegmentSum): Segment {
    const facts = readFacts(this.#get(factsSk(name)))
    const ids = this.#idsOf(name)
    if (facts.length !== ids.length) throw this.#unavailable('a segment is not here')
    // A segment of an older member has none.
    const prints = readPrints(this.#get(printsSk(name)))
    const pages = ids.map((id, at) => {
      return { words: 0, fetchedAtS: 0, ...id, ...facts[at], print: prints[at] }
    })
    const firsts = Array.from(this.#rows(firstsPrefix(name)), ({ value }) => firstsIn(value)).flat()
    const words = Array.from(this.#rows(wordsPrefix(name)), ({ value }) => value)
    if (firsts.length !== words.length) throw this.#unavailable('a segment is not here')
    const blocks: Block[] = words.map((bytes, place) => ({ first: firsts[place] ?? '', bytes }))
    return { pages, blocks }
  }

  /** Of each segment the pages whose content is another by now, or that a later one has too. */
  goneOf(segments: readonly Segment[]): readonly (readonly number[])[] {
    const seen = new Set<string>()
    const gone = segments.toReversed().map(({ pages }) =>
      pages.flatMap(({ hash, id }, page) => {
        const isGone = this.#indexed.get(id)?.hash !== hash || seen.has(id)
        seen.add(id)
        return isGone ? [page] : []
      }),
    )
    return gone.toReversed()
  }

  /** @param merged takes the place of these */
  async replace(old: readonly SegmentSum[], merged: Segment): Promise<void> {
    const name = hexOf(this.#tools.random.bytes(SEGMENT_NAME_BYTES))
    const names = new Set(old.map((segment) => segment.name))
    const first = this.#list.segments.findIndex((segment) => names.has(segment.name))
    const others = this.#list.segments.filter((segment) => !names.has(segment.name))
    const segments = others.toSpliced(first, 0, sumOf(name, merged))
    this.#gone.set(name, new Set())
    for (const [page, { fetchedAtS, hash, id }] of merged.pages.entries()) {
      const known = this.#indexed.get(id)
      const copy = { hash, segment: name, page, fetchedAtS }
      // It was taken away meanwhile, or another segment has it newer.
      if (known === undefined || !names.has(known.segment)) this.#leave(copy)
      else this.#indexed.set(id, copy)
    }
    await this.#write(rowsOf(name, merged), segments)
    for (const each of names) {
      this.#gone.delete(each)
      await this.#drop(each)
    }
  }

  /** Pages of which nothing, or another content, is indexed. */
  async #missing(head: string, nowMs: number): Promise<void> {
    let start = PAGE_PREFIX
    for (;;) {
      const range = { table: PAGES_TABLE, pk: head, prefix: PAGE_PREFIX, start }
      const { items, hasMore } = this.#tools.replica().list({ ...range, limit: ROWS_PER_LOOK })
      for (const { sk, value } of items) {
        const sum = readPageRow(value)?.sum
        const id = sk.slice(PAGE_PREFIX.length)
        if (sum !== undefined && !this.isIndexed(id, sum.hash)) this.note(id, nowMs)
      }
      const last = items.at(-1)
      if (!hasMore || last === undefined) return
      start = `${last.sk}\u0001`
      await this.#tools.breathe()
    }
  }

  /** Rows of segments that came to nothing. */
  async #sweep(): Promise<void> {
    const known = new Set(this.#list.segments.map(({ name }) => name))
    const left = this.#names().filter((name) => !known.has(name))
    if (left.length === 0) return
    // Whoever is still writing them can list them no more.
    await this.#write([], this.#list.segments)
    for (const name of left) await this.#drop(name)
  }

  #names(): readonly string[] {
    const names: string[] = []
    let start = ''
    for (;;) {
      const range = { table: WORDS_TABLE, pk: this.#pk, limit: 1 }
      const { items } = this.#tools.replica().list(start === '' ? range : { ...range, start })
      const sk = items[0]?.sk
      if (sk === undefined) return names
      const slash = sk.indexOf('/')
      if (slash !== -1) names.push(sk.slice(0, slash))
      // '0' comes behind '/'.
      start = slash === -1 ? `${sk}\u0001` : `${sk.slice(0, slash)}0`
    }
  }

  /** The rows, and with the last of them the list that makes them count. */
  async #write(rows: readonly RecordWrite[], segments: readonly SegmentSum[]): Promise<void> {
    const place = { table: WORDS_TABLE, pk: this.#pk }
    const batches = inBatches(rows)
    for (const writes of batches.slice(0, -1)) {
      await this.#tools.store.transact({ ...place, conditions: [], writes })
      await this.#tools.breathe()
    }
    this.#isUntold = false
    const list = { segments: withGone(segments, this.#gone), taken: this.#list.taken + 1 }
    const listed = { kind: 'put', sk: SEGMENTS_SK, value: packSegments(list) } as const
    const outcome = await this.#tools.store.transact({
      ...place,
      conditions: [{ sk: SEGMENTS_SK, is: this.#etag ?? 'absent' }],
      writes: [...(batches.at(-1) ?? []), listed],
    })
    // Another member has taken over.
    if (outcome.kind !== 'done') throw this.#unavailable('another member indexes it')
    this.#list = list
    this.#etag = outcome.etag
  }

  async #drop(name: string): Promise<void> {
    const place = { table: WORDS_TABLE, pk: this.#pk, conditions: [] }
    const writes = Array.from(this.#rows(`${name}/`), ({ sk }) => ({ kind: 'delete', sk }) as const)
    for (let at = 0; at < writes.length; at += WRITE_ROWS_MAX) {
      await this.#tools.store.transact({ ...place, writes: writes.slice(at, at + WRITE_ROWS_MAX) })
    }
  }

  #idsOf(name: string) {
    return Array.from(this.#rows(idsPrefix(name)), ({ value }) => readIds(value)).flat()
  }

  #get(sk: string): Uint8Array {
    const key = { table: WORDS_TABLE, pk: this.#pk, sk }
    return this.#tools.replica().get(key)?.value ?? new Uint8Array(0)
  }

  #unavailable(problem: string): AnilloError {
    return new AnilloError('STORE_UNAVAILABLE', { partition: this.#partition, problem })
  }

  *#rows(prefix: string) {
    let start = prefix
    for (;;) {
      const range = { table: WORDS_TABLE, pk: this.#pk, prefix, start, limit: ROWS_PER_LOOK }
      const { items, hasMore } = this.#tools.replica().list(range)
      yield* items
      const last = items.at(-1)
      if (!hasMore || last === undefined) return
      start = `${last.sk}\u0001`
    }
  }
}

/** Of one size are those within a factor of four. */
function sizeOf(bytes: number): number {
  return Math.floor(Math.log2(Math.max(bytes, SMALLEST_BYTES)) / 2)
}

const SMALLEST_BYTES = 64 * 1_024

function inBatches(rows: readonly RecordWrite[]): readonly (readonly RecordWrite[])[] {
  const batches: RecordWrite[][] = []
  let bytes = Infinity
  for (const row of rows) {
    const size = row.kind === 'put' ? row.value.length : 0
    const last = batches.at(-1)
    if (last === undefined || last.length >= WRITE_ROWS_MAX || bytes + size > WRITE_BYTES_MAX) {
      batches.push([row])
      bytes = size
    } else {
      last.push(row)
      bytes += size
    }
  }
  return batches
}
