/** Frontiers and crawls in the store, as schedulers and doors use them. */
import { sha256Hex } from '../../../base/hash.ts'
import { listed } from '../../../effects/listed.ts'
import { acquireLock, releaseLock, renewLock } from '../../../store/locks/lock-procedures.ts'
import type { StoredRecord } from '../../../store/partition/procedure.ts'
import type { CallOptions, Store } from '../../../store/types.ts'
import { LIST_RECORDS_MAX, utf8Bytes } from '../../../wire/record-limits.ts'
import {
  partitionOfAddress,
  shareAddress,
  type Share,
  type ShareInput,
} from './address-procedures.ts'
import {
  beginUrls,
  endUrls,
  leaveHost,
  type Begun,
  type Ended,
  type WantedOnHost,
} from './frontier-procedures.ts'
import { readHost, type Host } from './hosts.ts'
import {
  grantPages,
  startCrawl,
  steerCrawl,
  type Granted,
  type StartInput,
} from './job-procedures.ts'
import {
  ENDED_PER_CALL_MAX,
  FOUND_BYTES_PER_CALL_MAX,
  FOUND_PER_CALL_MAX,
  HOST_LEASE_MS,
} from './limits.ts'
import { OPEN_PK, OPEN_TABLE } from './open-crawls.ts'
import {
  ACTIVE_PREFIX,
  BEGUN_PREFIX,
  frontierKey,
  frontierPk,
  hostLockKey,
  HOSTS_TABLE,
  jobKey,
  partitionOfCrawl,
  partitionOfHost,
  sumKey,
  URL_PREFIX,
  urlIdIn,
  type CrawlOnHost,
} from './places.ts'
import { forgetHosts, removeCrawl } from './removal-procedures.ts'
import {
  readActiveRow,
  readJobRow,
  readSumRow,
  readUrlRow,
  type CrawlState,
  type JobRow,
  type Life,
  type SumRow,
  type UrlRow,
} from './rows.ts'

export type FrontierStore = Pick<Store, 'get' | 'list' | 'call'>

export interface HostLease {
  readonly host: Host
  readonly fence: number
}

export interface Ending {
  readonly ended: readonly Ended[]
  readonly found: readonly WantedOnHost[]
}

export class Frontier {
  readonly #store: FrontierStore
  readonly #self: Life

  /** @param self whose leases they are: after a restart it goes on with those of its member */
  constructor({ store, self }: { readonly store: FrontierStore; readonly self: Life }) {
    this.#store = store
    this.#self = self
  }

  /** `undefined`: another member schedules the host. */
  async acquire(host: Host): Promise<HostLease | undefined> {
    const input = { ...this.#named(host), ttlMs: HOST_LEASE_MS }
    const answer = await this.#store.call(partitionOfHost(host), acquireLock, input)
    return answer.kind === 'held' ? { host, fence: answer.fence } : undefined
  }

  /** @returns whether it is held still. */
  async renew(host: Host): Promise<boolean> {
    const input = { ...this.#named(host), ttlMs: HOST_LEASE_MS }
    const answer = await this.#store.call(partitionOfHost(host), renewLock, input)
    return answer.kind === 'held'
  }

  async release(host: Host): Promise<void> {
    await this.#store.call(partitionOfHost(host), releaseLock, this.#named(host))
  }

  /** Hosts that begin so, with each crawl that has URLs of them left. */
  async active(head: string, prefix = ''): Promise<readonly CrawlOnHost[]> {
    const found: CrawlOnHost[] = []
    const range = { table: HOSTS_TABLE, pk: head, prefix: ACTIVE_PREFIX + prefix }
    for await (const record of this.#all(range)) {
      const host = readHost(readActiveRow(record).host)
      const crawl = record.sk.slice(record.sk.lastIndexOf('/') + 1)
      if (host !== undefined) found.push({ crawl, host })
    }
    return found
  }

  /** URLs that a scheduler before this one had begun. */
  async inHand(on: CrawlOnHost): Promise<readonly UrlRow[]> {
    const range = { table: HOSTS_TABLE, pk: frontierPk(on), prefix: BEGUN_PREFIX }
    const { items } = await this.#store.list({ ...range, limit: LIST_RECORDS_MAX })
    const rows = await Promise.all(
      items.map(({ sk }) => this.#store.get(frontierKey(on, URL_PREFIX + urlIdIn(sk)))),
    )
    return rows.flatMap((record) => (record === undefined ? [] : [readUrlRow(record)]))
  }

  /** How many of its URLs were fetched, well or not, and who scheduled them last. */
  async sum(on: CrawlOnHost): Promise<Pick<SumRow, 'fetched' | 'by'>> {
    const record = await this.#store.get(sumKey(on))
    return record === undefined ? { fetched: 0 } : readSumRow(record)
  }

  /** @returns whether that was this member, before its process started. */
  wasEarlier({ life, member }: Life): boolean {
    return member === this.#self.member && life !== this.#self.life
  }

  /** @throws AnilloError LOCK_LOST, as `begin` and `end` */
  grant(
    on: CrawlOnHost,
    asked: {
      readonly fence: number
      readonly fetched: number
      readonly begun: number
      readonly want: number
    },
  ): Promise<Granted> {
    return this.#store.call(partitionOfCrawl(on.crawl), grantPages, { ...on, ...asked })
  }

  /** @param count 0: only tells who schedules from now on */
  begin(
    on: CrawlOnHost,
    { count, fence }: { readonly count: number; readonly fence: number },
  ): Promise<Begun> {
    const input = { ...on, fence, count, by: this.#self }
    return this.#store.call(partitionOfHost(on.host), beginUrls, input)
  }

  /** Links first: what has ended is not open any more. */
  async end(on: CrawlOnHost, fence: number, { ended, found }: Ending): Promise<void> {
    const calls = inCalls(found)
    const last = calls.pop() ?? []
    for (const each of calls) await this.#end(on, fence, { ended: [], found: each })
    for (let at = ENDED_PER_CALL_MAX; at < ended.length; at += ENDED_PER_CALL_MAX) {
      const some = ended.slice(at, at + ENDED_PER_CALL_MAX)
      await this.#end(on, fence, { ended: some, found: [] })
    }
    await this.#end(on, fence, { ended: ended.slice(0, ENDED_PER_CALL_MAX), found: last })
  }

  /** The crawl is over: nothing is left to be done here. */
  async leave(on: CrawlOnHost, fence: number): Promise<void> {
    await this.#store.call(partitionOfHost(on.host), leaveHost, { ...on, fence })
  }

  /** @throws AnilloError LOCK_LOST */
  share(asked: ShareInput): Promise<Share> {
    return this.#store.call(partitionOfAddress(asked.address), shareAddress, asked)
  }

  /** The crawl was deleted: so is what it has here. */
  async forget(on: CrawlOnHost): Promise<void> {
    const input = { crawl: on.crawl, hosts: [on.host] }
    await this.#store.call(partitionOfHost(on.host), forgetHosts, input)
  }

  /** @throws AnilloError NOT_FOUND */
  async remove(crawl: string): Promise<void> {
    await this.#store.call(partitionOfCrawl(crawl), removeCrawl, { crawl })
  }

  /** Crawls that run, as of a moment ago. */
  async open(): Promise<ReadonlySet<string>> {
    const found = new Set<string>()
    for await (const { sk } of this.#all({ table: OPEN_TABLE, pk: OPEN_PK })) found.add(sk)
    return found
  }

  async start(input: StartInput): Promise<void> {
    await this.#store.call(partitionOfCrawl(input.crawl), startCrawl, input)
  }

  /** @throws AnilloError NOT_FOUND */
  async steer(crawl: string, to: 'running' | 'paused' | 'cancelled'): Promise<CrawlState> {
    const { state } = await this.#store.call(partitionOfCrawl(crawl), steerCrawl, { crawl, to })
    return state
  }

  async job(crawl: string, options?: CallOptions): Promise<JobRow | undefined> {
    const record = await this.#store.get(jobKey(crawl), options)
    return record === undefined ? undefined : readJobRow(record)
  }

  #all(range: {
    readonly table: string
    readonly pk: string
    readonly prefix?: string
  }): AsyncIterable<StoredRecord> {
    return listed((after) => this.#store.list({ ...range, limit: LIST_RECORDS_MAX, ...after }))
  }

  async #end(on: CrawlOnHost, fence: number, { ended, found }: Ending): Promise<void> {
    const input = { ...on, fence, ended: [...ended], found: [...found] }
    await this.#store.call(partitionOfHost(on.host), endUrls, input)
  }

  #named(host: Host) {
    const token = sha256Hex(`${this.#self.member} ${host}`).slice(0, TOKEN_DIGITS)
    return { ...hostLockKey(host), token }
  }
}

const TOKEN_DIGITS = 32

/** Cut so that each call is small enough. */
function inCalls(found: readonly WantedOnHost[]): WantedOnHost[][] {
  const calls: WantedOnHost[][] = []
  let call: WantedOnHost[] = []
  let room = { urls: FOUND_PER_CALL_MAX, bytes: FOUND_BYTES_PER_CALL_MAX }
  for (const { host, urls } of found) {
    let part: WantedOnHost['urls'] = []
    for (const wanted of urls) {
      const bytes = utf8Bytes(wanted.url)
      if (room.urls === 0 || room.bytes < bytes) {
        if (part.length > 0) call.push({ host, urls: part })
        calls.push(call)
        call = []
        part = []
        room = { urls: FOUND_PER_CALL_MAX, bytes: FOUND_BYTES_PER_CALL_MAX }
      }
      part.push(wanted)
      room = { urls: room.urls - 1, bytes: room.bytes - bytes }
    }
    if (part.length > 0) call.push({ host, urls: part })
  }
  if (call.length > 0) calls.push(call)
  return calls
}
