/**
 * How many pages this member holds: those whose records stand in its replicas. Counted as they
 * change, and anew where a replica came, or was replaced by a later state.
 */
import { present } from '../../../base/assert.ts'
import { parsePosition } from '../../../base/ids.ts'
import type { Clock, Timer } from '../../../effects/clock.ts'
import type { Overlay } from '../../../overlay/types.ts'
import type { GroupHost } from '../../../store/group/types.ts'
import type { RecordChange } from '../../../store/partition/types.ts'
import { readPageRow } from '../../../wire/pages.ts'
import { partitionOf, type PartitionId } from '../../../wire/partition.ts'
import { LIST_RECORDS_MAX } from '../../../wire/record-limits.ts'
import { HEADS } from '../heads.ts'
import { CENSUS_LOOK_MS, CENSUS_PAUSE_MS } from '../limits.ts'
import { PAGE_PREFIX, PAGES_TABLE } from './page-rows.ts'

export interface PageCounts {
  /** With content; what could not be downloaded is on record, and is no page. */
  readonly pages: number
  /** Those that this member owns. */
  readonly ownPages: number
  /** Of their content. */
  readonly pageBytes: number
}

/** The replicas of this member. */
export type HeldPages = Pick<GroupHost, 'held' | 'replica' | 'onApplied'>

export interface CensusTools {
  readonly clock: Clock
  readonly held: HeldPages
  readonly overlay: Pick<Overlay, 'owns' | 'self'>
}

/** Bytes of content, by the id of the page. There may be a million: nothing else is kept of one. */
type PagesOfHead = Map<string, number>

export class PageCensus {
  readonly #tools: CensusTools
  /** By the first digits of their ids; where none is, nothing is counted yet. */
  readonly #heads = new Map<string, PagesOfHead>()
  #bytes = 0
  /** The latest entry heard of, by group. */
  readonly #indices = new Map<PartitionId, number>()
  readonly #unfollow: () => void
  #timer: Timer | undefined

  constructor(tools: CensusTools) {
    this.#tools = tools
    this.#unfollow = tools.held.onApplied((group, index, changes) => {
      const before = this.#indices.get(group)
      // Entries come one after the other, unless a whole state took the place of some.
      if (before !== undefined && index !== before + 1) this.#forget(group)
      this.#indices.set(group, index)
      for (const change of changes) if (change.table === PAGES_TABLE) this.#changed(change)
    })
    this.#goOn()
  }

  counts(): PageCounts {
    let [pages, ownPages] = [0, 0]
    for (const [head, of] of this.#heads) {
      pages += of.size
      ownPages += this.#ownedOf(head, of)
    }
    return { pages, ownPages, pageBytes: this.#bytes }
  }

  close(): void {
    this.#unfollow()
    this.#timer?.cancel()
  }

  /** One head at a time, so that nobody waits for the counting. */
  #goOn(): void {
    const { clock, held } = this.#tools
    const groups = new Set(held.held())
    for (const group of this.#indices.keys()) if (!groups.has(group)) this.#forget(group)
    const next = HEADS.find((head) => !this.#heads.has(head) && groups.has(groupOf(head)))
    if (next !== undefined) this.#count(next)
    const delayMs = next === undefined ? CENSUS_LOOK_MS : CENSUS_PAUSE_MS
    this.#timer = clock.after(delayMs, () => this.#goOn())
  }

  #count(head: string): void {
    const replica = this.#tools.held.replica(groupOf(head))
    if (replica === undefined) return
    const pages: PagesOfHead = new Map()
    let start = PAGE_PREFIX
    for (;;) {
      const range = { table: PAGES_TABLE, pk: head, prefix: PAGE_PREFIX, start }
      const { items, hasMore } = replica.list({ ...range, limit: LIST_RECORDS_MAX })
      for (const { sk, value } of items) this.#note(pages, sk, value)
      const last = items.at(-1)
      if (!hasMore || last === undefined) break
      start = `${last.sk}\0`
    }
    this.#heads.set(head, pages)
  }

  #changed({ pk, sk, record }: RecordChange): void {
    const pages = this.#heads.get(pk)
    if (pages !== undefined && sk.startsWith(PAGE_PREFIX)) this.#note(pages, sk, record?.value)
  }

  #forget(group: PartitionId): void {
    this.#indices.delete(group)
    for (const [head, pages] of this.#heads) {
      if (groupOf(head) !== group) continue
      for (const bytes of pages.values()) this.#bytes -= bytes
      this.#heads.delete(head)
    }
  }

  #note(pages: PagesOfHead, sk: string, value: Uint8Array | undefined): void {
    const id = sk.slice(PAGE_PREFIX.length)
    const bytes = value === undefined ? undefined : readPageRow(value)?.sum?.bytes
    this.#bytes += (bytes ?? 0) - (pages.get(id) ?? 0)
    if (bytes === undefined) pages.delete(id)
    else pages.set(id, bytes)
  }

  /**
   * What a member owns ends at itself and begins somewhere: elsewhere a head is owned or is not.
   */
  #ownedOf(head: string, pages: PagesOfHead): number {
    const { overlay } = this.#tools
    const [first, last] = ['0', 'f'].map((digit) => parsePosition(head.padEnd(ID_DIGITS, digit)))
    const isOwned = overlay.owns(present(first, 'first id'))
    const isMixed = isOwned !== overlay.owns(present(last, 'last id'))
    if (!isMixed && !overlay.self.position.startsWith(head)) return isOwned ? pages.size : 0
    let owned = 0
    for (const id of pages.keys()) if (overlay.owns(parsePosition(id))) owned++
    return owned
  }
}

const ID_DIGITS = 64

const GROUPS = new Map(HEADS.map((head) => [head, partitionOf(PAGES_TABLE, head)]))

function groupOf(head: string): PartitionId {
  return present(GROUPS.get(head), 'head of ids')
}
