/**
 * What the gateway needs of the member behind it. The composition root (`node/`) fills this in; the
 * routes know nothing else.
 */
import type { Clock } from '../../effects/clock.ts'
import type { Log } from '../../effects/log.ts'
import type { RingView } from '../../overlay/types.ts'
import type { Scraper } from '../../services/scrape/scraper.ts'
import type { Waiting } from '../../wire/api.ts'

/** Letting machines in: the ring's side of enrolment. */
export interface Admissions {
  /** Who waits at any member of the ring. */
  waiting(): Promise<readonly Waiting[]>
  /** @throws AnilloError ADMISSION_UNKNOWN */
  admit(code: string): Promise<void>
  /**
   * A join token for one machine. @throws AnilloError FORBIDDEN where this member cannot make one
   */
  makeToken(validForMs: number): Promise<string>
}

export interface GatewayOptions {
  readonly clock: Clock
  readonly log: Log
  readonly scraper: Scraper
  readonly ring: RingView
  readonly admissions: Admissions
  /** Has joined its ring and serves. */
  readonly ready: () => boolean
  /** Prometheus text format. */
  readonly metrics: () => Promise<string>
  /** Directory of the built page; `undefined` serves the API alone. */
  readonly pageRoot: string | undefined
  readonly version: string
}
