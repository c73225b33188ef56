/**
 * How many URLs of a kind the crawl knows on a host, so that calendars and variants of a query end.
 * What is counted stands in the frontier, beside the URLs, whoever schedules the host.
 */
import type { PartitionWork } from '../../../store/partition/procedure.ts'
import { rowBytes } from '../../../wire/packed-rows.ts'
import { trapKeysOf, type Trap } from '../scope/traps.ts'
import { frontierKey, TRAP_PREFIX, urlId, type CrawlOnHost } from './places.ts'
import { readTrapRow, type TrapRow } from './rows.ts'

/** Of the URLs that one trap makes up so many are told of; the rest leave no trace. */
export const TRAPPED_TOLD_MAX = 100

/** Of one entry and one host; `keep` writes what was counted. */
export class TrapCounts {
  readonly #work: PartitionWork
  readonly #on: CrawlOnHost
  readonly #rows = new Map<string, TrapRow>()

  constructor(work: PartitionWork, on: CrawlOnHost) {
    this.#work = work
    this.#on = on
  }

  /**
   * For a URL that the crawl does not know. @param shown what is wrong with the URL by itself
   * @returns the trap that it is in, and whether it is told of
   */
  judge(url: string, shown: Trap | undefined): { trap: Trap; isTold: boolean } | undefined {
    if (shown !== undefined) return this.#trapped(shown, `form ${shown}`)
    const keys = trapKeysOf(url)
    const full = keys.find(({ key, countMax }) => this.#rowOf(key).count >= countMax)
    if (full !== undefined) return this.#trapped(full.trap, full.key)
    for (const { key } of keys) {
      const row = this.#rowOf(key)
      this.#rows.set(key, { ...row, count: row.count + 1 })
    }
    return undefined
  }

  keep(): void {
    for (const [key, row] of this.#rows) this.#work.put(this.#place(key), rowBytes(row))
  }

  #trapped(trap: Trap, key: string): { trap: Trap; isTold: boolean } {
    const row = this.#rowOf(key)
    const isTold = row.told < TRAPPED_TOLD_MAX
    if (isTold) this.#rows.set(key, { ...row, told: row.told + 1 })
    return { trap, isTold }
  }

  #rowOf(key: string): TrapRow {
    const known = this.#rows.get(key)
    if (known !== undefined) return known
    const record = this.#work.get(this.#place(key))
    return record === undefined ? { count: 0, told: 0 } : readTrapRow(record)
  }

  #place(key: string) {
    return frontierKey(this.#on, TRAP_PREFIX + urlId(key))
  }
}

/** As it is told with a URL that was passed over. */
export const TRAP_CODES: Readonly<Record<Trap, string>> = {
  repeats: 'TRAP_REPEATS',
  tooDeep: 'TRAP_TOO_DEEP',
  query: 'TRAP_QUERY',
  calendar: 'TRAP_CALENDAR',
}
