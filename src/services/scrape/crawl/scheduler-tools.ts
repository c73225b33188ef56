/** What the scheduler of a host works with. */
import type { Clock } from '../../../effects/clock.ts'
import type { Dns } from '../../../effects/dns.ts'
import type { Log } from '../../../effects/log.ts'
import type { Frontier } from './frontier.ts'
import type { HostRobots } from './host-robots.ts'
import type { Host } from './hosts.ts'
import type { Jobs } from './jobs.ts'
import type { JobRow, UrlRow } from './rows.ts'
import type { Errand, Visited } from './visit.ts'

export interface HostSchedulerTools {
  readonly clock: Clock
  /** When this member did, by its clock (`nowMs`). */
  readonly startedMs: number
  readonly dns: Dns
  readonly log: Log
  readonly frontier: Frontier
  readonly jobs: Jobs
  /** What a crawl asks of its URLs, and of whoever is polite to the host. */
  readonly errandOf: (job: JobRow) => Errand
  readonly visit: (row: UrlRow, errand: Errand, signal: AbortSignal) => Promise<Visited>
  readonly robotsOf: (host: Host, signal: AbortSignal) => Promise<HostRobots>
  /** URLs of these hosts were added. */
  readonly tell: (hosts: readonly Host[]) => void
}
