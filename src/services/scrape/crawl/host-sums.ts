/**
 * What a frontier counts beside its URLs: pages fetched, and URLs that are left. The counts spare a
 * look into the queues, where what was taken out a moment ago still has to be stepped over.
 */
import type { PartitionWork } from '../../../store/partition/procedure.ts'
import type { Host } from './hosts.ts'
import {
  BEGUN_PREFIX,
  frontierPk,
  HOSTS_TABLE,
  LATER_PREFIX,
  NEXT_PREFIX,
  sumKey,
} from './places.ts'
import { readSumRow, rowBytes, type SumRow } from './rows.ts'

export interface HostSum {
  fetched: number
  /** URLs in its queues, or begun; `undefined`: not counted from the beginning on. */
  open: number | undefined
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
    const { fetched, open } = record === undefined ? this.#first(host) : readSumRow(record)
    const sum = { fetched, open }
    this.#sums.set(host, sum)
    return sum
  }

  isEmpty(host: Host): boolean {
    const { open } = this.of(host)
    return open === undefined ? this.#isListedEmpty(host) : open === 0
  }

  keep(): void {
    for (const [host, { fetched, open }] of this.#sums) {
      const row = { fetched, ...(open === undefined ? {} : { open }) }
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
