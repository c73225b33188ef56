/**
 * A group's log as its machine sees it: entries in memory behind a base that the state holds. What
 * was added since the last `takeUnsaved` is to be persisted.
 */
import { assert, present } from '../base/assert.ts'
import type { LogEntry, LogIndex, LogPoint, Term } from '../wire/raft.ts'

/** What an entry costs besides its data: its object here, its header on the wire and on disk. */
export const ENTRY_OVERHEAD_BYTES = 64

export function entryBytes(entry: LogEntry): number {
  return ENTRY_OVERHEAD_BYTES + entry.data.length
}

/** Entries that follow one another. */
export interface Cut {
  readonly entries: readonly LogEntry[]
  readonly bytes: number
}

/** What the log begins behind. */
export interface LogBase {
  readonly point: LogPoint
  /** Logged time there. */
  readonly timeMs: number
}

export class LogView {
  #base: LogBase
  #entries: LogEntry[] = []
  /** The first one that no `takeUnsaved` gave. */
  #unsaved: LogIndex
  /** Slices by their first index, so that followers at one place share an array. */
  readonly #cuts = new Map<LogIndex, Cut>()

  /** @param entries on disk already, from `base` on. */
  constructor(base: LogBase, entries: readonly LogEntry[]) {
    this.#base = base
    this.#unsaved = base.point.index + 1
    this.append(entries)
    this.#unsaved = this.lastIndex + 1
  }

  get base(): LogPoint {
    return this.#base.point
  }

  get lastIndex(): LogIndex {
    return this.#base.point.index + this.#entries.length
  }

  get lastTerm(): Term {
    return this.#entries.at(-1)?.term ?? this.#base.point.term
  }

  get last(): LogPoint {
    return { index: this.lastIndex, term: this.lastTerm }
  }

  /** Logged time of the last entry. */
  get lastTimeMs(): number {
    return this.#entries.at(-1)?.timeMs ?? this.#base.timeMs
  }

  /** `undefined` beyond the end, and before the base. */
  termAt(index: LogIndex): Term | undefined {
    const { point } = this.#base
    return index === point.index ? point.term : this.#entries[index - point.index - 1]?.term
  }

  has(point: LogPoint): boolean {
    return this.termAt(point.index) === point.term
  }

  at(index: LogIndex): LogEntry {
    return present(this.#entries[index - this.#base.point.index - 1], `entry ${index}`)
  }

  /** Raft paper 5.4.1: the later last term, or the longer log with the same. */
  isUpToDate(last: LogPoint): boolean {
    if (last.term !== this.lastTerm) return last.term > this.lastTerm
    return last.index >= this.lastIndex
  }

  append(entries: readonly LogEntry[]): void {
    let index = this.lastIndex
    let term = this.lastTerm
    for (const entry of entries) {
      index++
      assert(entry.index === index, 'a log has no gap')
      assert(entry.term >= term, 'terms in a log never fall')
      term = entry.term
      this.#entries.push(entry)
    }
    if (entries.length > 0) this.#cuts.clear()
  }

  /** Drops the entry at `index` and all behind it. */
  truncateFrom(index: LogIndex): void {
    assert(index > this.#base.point.index, 'what the state holds cannot be dropped')
    this.#entries.length = index - this.#base.point.index - 1
    this.#unsaved = Math.min(this.#unsaved, index)
    this.#cuts.clear()
  }

  /**
   * Entries from `from` on: one at least where there is one, then as many as fit. The same array
   * for the same `from`, until the log changes: it is encoded once.
   */
  cut(from: LogIndex, bytesMax: number): Cut {
    const known = this.#cuts.get(from)
    if (known !== undefined) return known
    const cut = this.slice({ from, through: this.lastIndex, bytesMax })
    this.#cuts.set(from, cut)
    return cut
  }

  /** As `cut`, for one reader alone, and not beyond `through`. */
  slice(range: {
    readonly from: LogIndex
    readonly through: LogIndex
    readonly bytesMax: number
  }): Cut {
    const { from, through, bytesMax } = range
    const first = this.#base.point.index + 1
    assert(from >= first, 'entries before the base are gone')
    let bytes = 0
    let end = from
    for (; end <= through; end++) {
      const more = entryBytes(this.at(end))
      if (end > from && bytes + more > bytesMax) break
      bytes += more
    }
    return { entries: this.#entries.slice(from - first, end - first), bytes }
  }

  /** What is to be persisted: replaces all that was persisted from its first index on. */
  takeUnsaved(): readonly LogEntry[] {
    const from = this.#unsaved
    if (from > this.lastIndex) return NONE
    this.#unsaved = this.lastIndex + 1
    const cut = this.#cuts.get(from)?.entries
    // What leaves for followers in this turn is mostly what is written in it.
    if (cut !== undefined && cut.at(-1)?.index === this.lastIndex) return cut
    return this.#entries.slice(from - this.#base.point.index - 1)
  }

  /**
   * The last place not beyond `index` that can be the same in a log whose entry there has the given
   * term: terms above it are skipped as a whole (Raft paper 5.3). One before the base where only
   * what is gone could tell.
   */
  lastNotAbove({ index, term }: LogPoint): LogIndex {
    let place = Math.min(index, this.lastIndex)
    for (; place >= this.#base.point.index; place--) {
      const own = this.termAt(place)
      if (own !== undefined && own <= term) break
    }
    return place
  }

  /** Of entries behind `after`, up to `through`. */
  bytesBetween(after: LogIndex, through: LogIndex): number {
    let bytes = 0
    for (let index = after + 1; index <= through; index++) bytes += entryBytes(this.at(index))
    return bytes
  }

  /** The last place with at least so many bytes of entries behind it; else the base. */
  placeBefore(bytesBehind: number): LogIndex {
    let bytes = 0
    let index = this.lastIndex
    for (; index > this.#base.point.index && bytes < bytesBehind; index--) {
      bytes += entryBytes(this.at(index))
    }
    return index
  }

  /** The log begins behind `index` from here on. */
  forgetThrough(index: LogIndex): void {
    assert(index >= this.#base.point.index, 'a base never goes back')
    if (index === this.#base.point.index) return
    const { term, timeMs } = this.at(index)
    assert(index < this.#unsaved, 'only what was persisted can be forgotten')
    this.#entries.splice(0, index - this.#base.point.index)
    this.#base = { point: { index, term }, timeMs }
    this.#cuts.clear()
  }

  /** A snapshot takes the place of the whole log. */
  reset(base: LogBase): void {
    this.#base = base
    this.#entries = []
    this.#unsaved = base.point.index + 1
    this.#cuts.clear()
  }
}

const NONE: readonly LogEntry[] = []
