/** Crawls, spread over the ring: puts the parts together and answers other members. */
import { hexOf } from '../../../base/hex.ts'
import type { Position } from '../../../base/ids.ts'
import type { Effects } from '../../../effects/effects.ts'
import type { Overlay } from '../../../overlay/types.ts'
import type { RpcClient, RpcServer } from '../../../rpc/types.ts'
import { TOLD_HOSTS_MAX, tellHook, tellHosts, tellSchedules } from '../../../wire/crawls.ts'
import { tellOwners, type Word } from '../lookout/tell-owners.ts'
import type { PageSettings } from '../pages/page-service.ts'
import type { Visitor } from '../pages/scraper.ts'
import { ScheduleKeeper, type IsSuspended } from '../schedules/schedule-keeper.ts'
import { SCHEDULES_POSITION } from '../schedules/schedule-rows.ts'
import { ScheduleStore } from '../schedules/schedule-store.ts'
import { ScheduleDesk, type Schedules } from '../schedules/schedules.ts'
import type { Archive } from '../versions/archive.ts'
import { webhooksOf } from '../webhooks/webhooks.ts'
import { CrawlDesk, type Crawls } from './crawls.ts'
import { errandOf } from './errand.ts'
import { Frontier, type FrontierStore } from './frontier.ts'
import { robotsOf } from './host-robots.ts'
import { HostScheduler } from './host-scheduler.ts'
import { hostPosition, readHost, type Host } from './hosts.ts'
import { Jobs } from './jobs.ts'
import type { JobRow } from './rows.ts'
import { Schedulers } from './schedulers.ts'
import { visit, type PageDrawer } from './visit.ts'

export interface CrawlServiceOptions {
  readonly effects: Pick<Effects, 'clock' | 'crypto' | 'dns' | 'http' | 'random' | 'log' | 'unpack'>
  readonly rpc: RpcClient
  readonly overlay: Overlay
  readonly store: FrontierStore
  readonly scraper: Visitor
  readonly archive: Pick<Archive, 'versions'>
  readonly settings: Pick<PageSettings, 'agent' | 'gate'>
  /** Schedules of such accounts rest. */
  readonly isSuspended: IsSuspended
  /** Draws pages of crawls that ask for it; absent: none is drawn. */
  readonly drawer?: PageDrawer
}

export interface CrawlService extends AsyncDisposable {
  readonly crawls: Crawls
  readonly schedules: Schedules
  /** Schedules were made or changed somewhere. */
  hearSchedules(): void
  /** Something is to be told to it. */
  hearHook(hook: string): void
  /** URLs of the host were added somewhere. */
  hear(hosts: readonly string[]): void
  /** This member has the host in hand. */
  hasHost(host: string): boolean
}

export function createCrawlService(options: CrawlServiceOptions): CrawlService {
  const { archive, drawer, effects, isSuspended, overlay, rpc, scraper, store } = options
  const { clock, dns, log, random, unpack } = effects
  const life = hexOf(random.bytes(LIFE_BYTES))
  const frontier = new Frontier({ store, self: { member: overlay.self.id, life } })
  const jobs = new Jobs({ clock, frontier })
  const telling = { log, overlay, rpc }
  const tell = (hosts: readonly Host[]): void => tellOwners(telling, hosts, wordOfHosts(hear))
  const tools = {
    clock,
    startedMs: clock.nowMs(),
    dns,
    log,
    frontier,
    jobs,
    errandOf: (job: JobRow) => errandOf(job, () => clock.wallMs()),
    tell,
    visit: (...[row, errand, signal]: Parameters<HostSchedulerVisit>) =>
      visit(row, errand, { clock, scraper, archive, unpack, drawer, signal }),
    robotsOf: (host: Host, signal: AbortSignal) => robotsOf(host, { scraper, signal }),
  }
  const schedule = (host: Host): HostScheduler => new HostScheduler(host, tools)
  const schedulers = new Schedulers({ clock, log, overlay, frontier, schedule })
  const schedules = new ScheduleStore(store)
  const webhooks = webhooksOf(options)
  const { couriers, desk: hooks, tell: tellHook } = webhooks
  const due = { clock, log, overlay, schedules, isSuspended }
  const keeper = new ScheduleKeeper({ ...due, tell, tellHook })
  const tellKeeper = (): void => tellOwners(telling, [SCHEDULES_POSITION], wordOfSchedules(keeper))
  const hear = (hosts: readonly string[]): void => {
    for (const text of hosts) {
      const host = readHost(text)
      if (host !== undefined) schedulers.hear(host)
    }
  }
  return {
    crawls: new CrawlDesk({ random, store, frontier, hooks, tell }),
    schedules: new ScheduleDesk({ random, schedules, hooks, isSuspended, tell, tellKeeper }),
    hear,
    hearSchedules: () => keeper.hear(),
    hearHook: (hook) => couriers.hear(hook),
    hasHost: (text) => {
      const host = readHost(text)
      return host !== undefined && schedulers.has(host)
    },
    async [Symbol.asyncDispose]() {
      jobs.close()
      await keeper.close()
      await couriers.close()
      await schedulers.close()
    },
  }
}

/** Of what tells one life of a member from another. */
const LIFE_BYTES = 16

type HostSchedulerVisit = ConstructorParameters<typeof HostScheduler>[1]['visit']

/** Answers other members from now on; until there is a service, nothing is heard. */
export function answerCrawls(
  server: RpcServer,
  service: () => Pick<CrawlService, 'hear' | 'hearHook' | 'hearSchedules'> | undefined,
): void {
  server.handle(tellHosts, ({ hosts }) => {
    service()?.hear(hosts)
    return null
  })
  server.handle(tellHook, ({ hook }) => {
    service()?.hearHook(hook)
    return null
  })
  server.handle(tellSchedules, () => {
    service()?.hearSchedules()
    return null
  })
}

function wordOfHosts(hear: (hosts: readonly Host[]) => void): Word<Host, { hosts: string[] }> {
  return {
    positionOf: hostPosition,
    method: tellHosts,
    question: (hosts) => ({ hosts: [...hosts] }),
    most: TOLD_HOSTS_MAX,
    hear,
  }
}

function wordOfSchedules(keeper: ScheduleKeeper): Word<Position, null> {
  return {
    positionOf: (position) => position,
    method: tellSchedules,
    question: () => null,
    most: 1,
    hear: () => keeper.hear(),
  }
}
