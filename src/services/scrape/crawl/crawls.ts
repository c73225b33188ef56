/** What gateways see of crawls. Every member offers it; who owns a host does the work. */
import { AnilloError } from '../../../base/errors.ts'
import { hexOf } from '../../../base/hex.ts'
import { instant } from '../../../base/instant.ts'
import { listed } from '../../../effects/listed.ts'
import type { Random } from '../../../effects/random.ts'
import type {
  Crawl,
  CrawlHosts,
  CrawlList,
  CrawlRequest,
  CrawlUrl,
  CrawlUrls,
} from '../../../wire/api-crawls.ts'
import type { Webhook } from '../../../wire/api-webhooks.ts'
import { ALL_PARTITIONS, pkIn } from '../../../wire/partition.ts'
import { canonicalUrl, pageIdOf } from '../urls/canonical-url.ts'
import type { HookDesk } from '../webhooks/hook-desk.ts'
import { withSecret } from '../webhooks/with-secret.ts'
import { requestTold } from './errand.ts'
import type { Frontier, FrontierStore } from './frontier.ts'
import { hostsOf, readHost, type Host } from './hosts.ts'
import {
  CRAWLS_TABLE,
  frontierPk,
  HOSTS_TABLE,
  ENDED_TABLE,
  endedPrefix,
  INDEX_TABLE,
  TALLY_PREFIX,
  URL_PREFIX,
  type CrawlOnHost,
} from './places.ts'
import { withResources } from './resource-counts.ts'
import { readTallyRow, readUrlRow, type JobRow, type UrlRow } from './rows.ts'
import { startOf } from './start-of.ts'

export interface PageOf {
  readonly limit: number
  readonly cursor?: string | undefined
}

export interface Asked {
  /** Nick; `undefined`: a guest. */
  readonly by: string | undefined
  /** Given again, it is the same crawl: 64 hex digits. */
  readonly key?: string | undefined
}

export interface Crawls {
  /**
   * @throws AnilloError BAD_REQUEST, URL_MALFORMED, URL_SCHEME, URL_TOO_LONG, URL_USERINFO,
   * RETRY_MISMATCH, STORE_UNAVAILABLE
   */
  start(request: CrawlRequest, asked: Asked): Promise<Crawl>
  get(id: string): Promise<Crawl | undefined>
  /** Newest first. */
  list(page: PageOf): Promise<CrawlList>
  /** Of one account, also by its schedules: those that are over, the last end first. */
  ended(by: string, page: PageOf): Promise<CrawlList>
  /** One that is over stays so. @throws AnilloError NOT_FOUND */
  steer(id: string, to: 'running' | 'paused' | 'cancelled'): Promise<Crawl>
  /** It is gone at once, whatever it was at; its pages stay. @throws AnilloError NOT_FOUND */
  remove(id: string): Promise<void>
  /** An event that is tried at once. @throws AnilloError NOT_FOUND */
  testHook(id: string): Promise<Webhook>
  hosts(id: string, page: PageOf): Promise<CrawlHosts>
  urls(id: string, page: PageOf & { readonly state?: CrawlUrl['state'] }): Promise<CrawlUrls>
}

export interface CrawlDeskOptions {
  readonly random: Random
  readonly store: FrontierStore
  readonly frontier: Frontier
  readonly hooks: HookDesk
  /** URLs of these hosts were added. */
  readonly tell: (hosts: readonly Host[]) => void
}

export class CrawlDesk implements Crawls {
  readonly #options: CrawlDeskOptions

  constructor(options: CrawlDeskOptions) {
    this.#options = options
  }

  async start(request: CrawlRequest, { by, key }: Asked): Promise<Crawl> {
    const { frontier, hooks, random, tell } = this.#options
    const { seeds, spec, ...more } = startOf(request)
    const id = key?.slice(0, ID_DIGITS) ?? hexOf(random.bytes(ID_DIGITS / 2))
    const secret = request.webhook && (await hooks.make(id, request.webhook))
    const hook = secret === undefined ? {} : { hook: id }
    const asker = by === undefined ? {} : { by }
    await frontier.start({ crawl: id, spec, seeds, ...more, ...asker, ...hook })
    tell(hostsOf(seeds))
    if (secret !== undefined) hooks.tell(id)
    const started = await frontier.job(id)
    if (started?.spec !== spec) throw new AnilloError('RETRY_MISMATCH')
    return withSecret(await this.#withHook(crawlOf(id, started), started), secret)
  }

  async get(id: string): Promise<Crawl | undefined> {
    const job = await this.#options.frontier.job(id)
    return job === undefined ? undefined : this.#withHook(crawlOf(id, job), job)
  }

  list(page: PageOf): Promise<CrawlList> {
    return this.#listed({ table: INDEX_TABLE, prefix: '' }, page)
  }

  ended(by: string, page: PageOf): Promise<CrawlList> {
    return this.#listed({ table: ENDED_TABLE, prefix: endedPrefix(by) }, page)
  }

  /** By their times, in all partitions. */
  async #listed(
    { prefix, table }: { readonly table: string; readonly prefix: string },
    { cursor, limit }: PageOf,
  ): Promise<CrawlList> {
    const before = cursor === undefined ? {} : { end: prefix + cursor }
    const lists = await Promise.all(
      ALL_PARTITIONS.map((partition) => {
        const place = { table, pk: pkIn(table, partition), prefix }
        return this.#options.store.list({ ...place, ...before, reverse: true, limit: limit + 1 })
      }),
    )
    const newest = lists
      .flatMap(({ items }) => items.map(({ sk }) => sk.slice(prefix.length)))
      .toSorted((a, b) => (a < b ? 1 : -1))
    const page = newest.slice(0, limit)
    const found = await Promise.all(page.map((sk) => this.get(sk.slice(sk.indexOf('.') + 1))))
    const items = found.filter((crawl) => crawl !== undefined)
    const last = page.at(-1)
    return newest.length > limit && last !== undefined ? { items, cursor: last } : { items }
  }

  async steer(id: string, to: 'running' | 'paused' | 'cancelled'): Promise<Crawl> {
    const { frontier, tell } = this.#options
    await frontier.steer(id, to)
    // Nobody may be at work for it any more.
    if (to === 'running') tell(await this.#openHosts(id))
    return this.#require(id)
  }

  async testHook(id: string): Promise<Webhook> {
    const { frontier, hooks } = this.#options
    return hooks.test((await frontier.job(id))?.hook ?? id)
  }

  remove(id: string): Promise<void> {
    return this.#options.frontier.remove(id)
  }

  async hosts(id: string, { cursor, limit }: PageOf): Promise<CrawlHosts> {
    const after = cursor === undefined ? {} : { start: `${cursor}\u0001` }
    const range = { table: CRAWLS_TABLE, pk: id, prefix: TALLY_PREFIX, limit: limit + 1 }
    const { items: rows } = await this.#options.store.list({ ...range, ...after })
    const items = rows.slice(0, limit).map((record) => {
      const {
        bytes,
        done,
        failed,
        held = 0,
        host,
        queued,
        resources,
        skipped,
      } = withResources(readTallyRow(record))
      const apart = resources === undefined ? {} : { resources }
      return { host, queued, done, failed, skipped, held, bytes, ...apart }
    })
    const last = rows[limit - 1]
    return rows.length > limit && last !== undefined ? { items, cursor: last.sk } : { items }
  }

  async urls(
    id: string,
    { cursor, limit, state }: PageOf & { readonly state?: CrawlUrl['state'] },
  ): Promise<CrawlUrls> {
    const [fromHost = '', fromUrl = ''] = cursor?.split(' ') ?? []
    const items: CrawlUrl[] = []
    for (const { host, sk } of await this.#hostsFrom(id, fromHost)) {
      let start = sk === fromHost && fromUrl !== '' ? `${fromUrl}\u0001` : ''
      for (;;) {
        const rows = await this.#urlRows({ crawl: id, host }, start)
        for (const { row, sk: at } of rows) {
          if (state !== undefined && row.state !== state) continue
          items.push(urlOf(row))
          if (items.length === limit) return { items, cursor: `${sk} ${at}` }
        }
        const last = rows.at(-1)
        if (last === undefined || rows.length < ROWS_AT_ONCE) break
        start = `${last.sk}\u0001`
      }
    }
    return { items }
  }

  async #withHook(crawl: Crawl, { hook }: JobRow): Promise<Crawl> {
    const webhook = hook === undefined ? undefined : await this.#options.hooks.get(hook)
    return webhook === undefined ? crawl : { ...crawl, webhook }
  }

  async #hostsFrom(
    id: string,
    from: string,
  ): Promise<readonly { readonly host: Host; readonly sk: string }[]> {
    const range = { table: CRAWLS_TABLE, pk: id, prefix: TALLY_PREFIX, limit: HOSTS_AT_ONCE }
    const found: { host: Host; sk: string }[] = []
    const records = listed((after) => {
      const at = after.cursor === undefined ? { start: from } : after
      return this.#options.store.list({ ...range, ...at })
    })
    for await (const record of records) {
      const host = readHost(readTallyRow(record).host)
      if (host !== undefined) found.push({ host, sk: record.sk })
    }
    return found
  }

  async #urlRows(
    on: CrawlOnHost,
    start: string,
  ): Promise<readonly { readonly row: UrlRow; readonly sk: string }[]> {
    const range = { table: HOSTS_TABLE, pk: frontierPk(on), prefix: URL_PREFIX, start }
    const { items } = await this.#options.store.list({ ...range, limit: ROWS_AT_ONCE })
    return items.map((record) => ({ row: readUrlRow(record), sk: record.sk }))
  }

  async #openHosts(id: string): Promise<readonly Host[]> {
    return (await this.#hostsFrom(id, '')).map(({ host }) => host)
  }

  async #require(id: string): Promise<Crawl> {
    const crawl = await this.get(id)
    if (crawl === undefined) throw new AnilloError('NOT_FOUND', { what: 'crawl with this id' })
    return crawl
  }
}

/** Of a crawl, and of a schedule. */
export const ID_DIGITS = 32
const ROWS_AT_ONCE = 500
const HOSTS_AT_ONCE = 1_000

function crawlOf(id: string, job: JobRow): Crawl {
  const { by = null, endedAtMs, endedBy, hosts, schedule, state, totals } = job
  return {
    id,
    request: requestTold(job),
    by,
    state,
    ...(endedBy === undefined ? {} : { endedBy }),
    ...(schedule === undefined ? {} : { schedule }),
    counts: withResources(totals),
    hosts,
    startedAt: instant(job.startedAtMs),
    changedAt: instant(job.changedAtMs),
    ...(endedAtMs === undefined ? {} : { endedAt: instant(endedAtMs) }),
  }
}

function urlOf({ atMs, depth, end = {}, resource, state, tries, url }: UrlRow): CrawlUrl {
  const at = atMs === undefined ? {} : { at: instant(atMs) }
  const kind = resource === undefined ? {} : ({ isResource: true } as const)
  return { url, id: pageIdOf(canonicalUrl(url)), state, ...kind, depth, tries, ...end, ...at }
}
