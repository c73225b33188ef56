/**
 * What a frontier knows of itself beside its URLs: pages fetched, URLs that are left, where the
 * queue begins, who had it in hand last. It spares looks at what was taken out a moment ago, and
 * still has to be stepped over.
 */
import type { PartitionWork } from '../../../store/partition/procedure.ts'
import { rowBytes } from '../../../wire/packed-rows.ts'
import type { Host } from './hosts.ts'
import {
  BEGUN_PREFIX,
  frontierPk,
  HOSTS_TABLE,
  LATER_PREFIX,
  NEXT_PREFIX,
  sumKey,
} from './places.ts'
import { readSumRow, type Life, type SumRow } from './rows.ts'

export interface HostSum {
  fetched: number
  /** URLs in its queues, or begun; `undefined`: not counted from the beginning on. */
  open: number | undefined
  /** No URL waits for its first try at a place before it; `undefined`: not known. */
  from: string | undefined
  /** Who scheduled it last; `undefined`: not known. */
  by: Life | undefined
}

/** Of one entry and one crawl; `keep` writes what was counted. */
export class HostSums {
  readonly #work: PartitionWork
  readonly #crawl: string
  readonly #sums = new Map<Host, HostSum>()

  constructor(work: PartitionWork, crawl: string) {
    this.#work = work
    this.#crawl = crawl
  }

  /** To be counted on; asked for before the first URL of the host is written. */
  of(host: Host): HostSum {
    const known = this.#sums.get(host)
    if (known !== undefined) return known
    const record = this.#work.get(this.#keyOf(host))
    const { by, fetched, from, open } =
      record === undefined ? this.#first(host) : readSumRow(record)
    const sum = { by, fetched, from, open }
    this.#sums.set(host, sum)
    return sum
  }

  isEmpty(host: Host): boolean {
    const { open } = this.of(host)
    return open === undefined ? this.#isListedEmpty(host) : open === 0
  }

  keep(): void {
    for (const [host, { by, fetched, from, open }] of this.#sums) {
      const row: SumRow = {
        fetched,
        ...(open === undefined ? {} : { open }),
        ...(from === undefined ? {} : { from }),
        ...(by === undefined ? {} : { by }),
      }
      this.#work.put(this.#keyOf(host), rowBytes(row))
    }
  }

  /** A frontier that is older than the count has URLs already. */
  #first(host: Host): SumRow {
    return { fetched: 0, ...(this.#isListedEmpty(host) ? { open: 0 } : {}) }
  }

  #isListedEmpty(host: Host): boolean {
    const pk = frontierPk({ crawl: this.#crawl, host })
    return [NEXT_PREFIX, LATER_PREFIX, BEGUN_PREFIX].every(
      (prefix) => this.#work.list({ table: HOSTS_TABLE, pk, prefix, limit: 1 }).length === 0,
    )
  }

  #keyOf(host: Host) {
    return sumKey({ crawl: this.#crawl, host })
  }
}
