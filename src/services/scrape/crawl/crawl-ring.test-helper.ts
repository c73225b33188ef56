/** A ring whose members crawl, in one process (`page-ring.test-helper.ts`). */
import { present } from '../../../base/assert.ts'
import { makeCrypto } from '../../../platform/crypto.ts'
import { platformDns } from '../../../platform/dns.ts'
import { createPlatformHttp } from '../../../platform/http.ts'
import { platformRandom } from '../../../platform/random.ts'
import { platformUnpack } from '../../../platform/unpack.ts'
import type { Crawl } from '../../../wire/api-crawls.ts'
import {
  clientOf,
  overlayOf,
  PageRing,
  serverOf,
  SILENT,
  storeOf,
  type PageMember,
} from '../pages/page-ring.test-helper.ts'
import { answerCrawls, createCrawlService, type CrawlService } from './crawl-service.ts'

export function crawlServiceOf(
  ring: PageRing,
  member: PageMember,
  suspended: ReadonlySet<string> = new Set(),
): CrawlService {
  return createCrawlService({
    effects: {
      clock: ring.clock,
      crypto: makeCrypto(),
      dns: platformDns,
      http: createPlatformHttp(),
      unpack: platformUnpack,
      random: platformRandom(),
      log: SILENT,
    },
    rpc: clientOf(member),
    overlay: overlayOf(member),
    store: storeOf(member),
    scraper: member.pages.scraper,
    archive: member.pages.archive,
    settings: ring.settings,
    isSuspended: async (nick) => suspended.has(nick),
  })
}

export class CrawlRing {
  readonly ring: PageRing
  readonly services = new Map<PageMember, CrawlService>()
  /** Nicks of accounts. */
  readonly suspended = new Set<string>()

  static async start(members: number): Promise<CrawlRing> {
    const made = new CrawlRing(await PageRing.start({ members }))
    for (const member of made.ring.members) made.run(member)
    return made
  }

  private constructor(ring: PageRing) {
    this.ring = ring
  }

  run(member: PageMember): void {
    const service = crawlServiceOf(this.ring, member, this.suspended)
    answerCrawls(serverOf(member), () => service)
    this.services.set(member, service)
  }

  at(index: number): CrawlService {
    return present(this.services.get(present(this.ring.members[index], 'member')), 'service')
  }

  schedules(host: string): boolean {
    return [...this.services.values()].some((service) => service.hasHost(host))
  }

  async kill(member: PageMember): Promise<void> {
    this.ring.forget(member)
    await this.ring.kill(member)
    await this.services.get(member)?.[Symbol.asyncDispose]()
    this.services.delete(member)
  }

  /** Asked again and again until it is over. */
  async over(index: number, id: string): Promise<Crawl> {
    for (;;) {
      const crawl = present(await this.at(index).crawls.get(id), 'crawl')
      if (crawl.state !== 'running') return crawl
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const service of this.services.values()) await service[Symbol.asyncDispose]()
    await this.ring[Symbol.asyncDispose]()
  }
}
