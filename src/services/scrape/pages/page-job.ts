/** A download that is asked for: who waits for it, and what came of it. */
import type { Position } from '../../../base/ids.ts'
import type { PageLink, PageRecord } from '../../../wire/pages.ts'
import type { CanonicalUrl } from '../urls/canonical-url.ts'
import type { Subject } from './page-record.ts'
import type { Order } from './page-table.ts'

/** How a finished job came by what it has. */
export interface Outcome {
  readonly how: 'hit' | 'fetched'
  readonly state: 'done' | 'failed'
  readonly record: PageRecord
  /** Of what was just downloaded, where somebody wants them. */
  readonly links?: readonly PageLink[] | undefined
}

export interface Job {
  readonly subject: PageSubject
  readonly order: Omit<Order, 'id'>
  /** Settles when the order outlives this member; absent while nobody was told that it will. */
  ordered: Promise<void> | undefined
  /** It is being kept: whoever would be told that it runs is told the end. */
  isEnding: boolean
  wantsLinks: boolean
  /** By somebody who wants the page whenever it comes; else the leave to begin is over soon. */
  isAwaited: boolean
  /** Members that see it together; 0: this one downloads it alone. */
  readonly witnesses: number
  /** By whose network; `undefined`: this one’s, and others’ where it fails. */
  readonly vantage: string | undefined
  /** `moved`: the page is another member's by now, and nothing was begun. */
  readonly outcome: Promise<Outcome | 'moved'>
  /** Decoded bytes so far. */
  received: number
}

export interface PageSubject extends Subject {
  readonly id: Position
  readonly url: CanonicalUrl
}

/** Whether an order is to be ended with the job; none is given from then on. */
export async function endsOrder(job: Job): Promise<boolean> {
  job.isEnding = true
  await job.ordered?.catch(() => undefined)
  return job.ordered !== undefined
}
