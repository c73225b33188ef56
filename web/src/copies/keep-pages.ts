/** Keeps pages of the ring in this browser: one, or all that a crawl came to. */
import type { CrawlUrl } from '../../../src/wire/api-crawls.ts'
import type { Room } from '../model/copies.ts'
import { COPY_BYTES_MAX } from '../model/copies.ts'
import type { Page } from '../model/told.ts'
import { isCopyTrouble, type Copies } from './copies.ts'

/** As far as keeping needs the ring. */
export interface PageSource {
  page(id: string): Promise<Page>
  body(page: Page, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>>
}

export interface Keeping {
  readonly source: PageSource
  readonly copies: Pick<Copies, 'keep'>
}

/** A page may be replaced between two questions: then both are asked anew, so often. */
const CHANGES_MAX = 3

/** @throws RingTrouble of the ring, or of COPY_TROUBLES */
export async function keepPage(
  { copies, source }: Keeping,
  id: string,
  signal: AbortSignal,
): Promise<'kept' | 'same'> {
  for (let left = CHANGES_MAX; ; left--) {
    try {
      const page = await source.page(id)
      return await copies.keep(page, await source.body(page, signal))
    } catch (thrown) {
      if (left === 1 || !isCopyTrouble(thrown, 'changed')) throw thrown
    }
  }
}

export type CrawlPage = Pick<CrawlUrl, 'id' | 'bytes'>

/** What is to be kept, known before anything is. */
export interface Plan {
  readonly pages: readonly CrawlPage[]
  readonly bytes: number
  /** Left out: there is no room for them, or they are too large for a copy. */
  readonly left: number
}

/** As many as fit, in their order. */
export function planFor(pages: readonly CrawlPage[], room: Room): Plan {
  const taken: CrawlPage[] = []
  let bytes = 0
  for (const page of pages) {
    const size = page.bytes ?? 0
    if (size > COPY_BYTES_MAX || bytes + size > room.bytes || taken.length >= room.copies) continue
    taken.push(page)
    bytes += size
  }
  return { pages: taken, bytes, left: pages.length - taken.length }
}

export interface KeepProgress {
  readonly pages: number
  readonly bytes: number
  readonly kept: number
  /** Kept before. */
  readonly same: number
  /** Gone from the ring meanwhile, grown too large, or changing all the time. */
  readonly missed: number
}

export const NOTHING_KEPT: KeepProgress = { pages: 0, bytes: 0, kept: 0, same: 0, missed: 0 }

/** At once: the ring answers in milliseconds, the browser encrypts beside it. */
const AT_ONCE = 4

/**
 * Keeps what was planned; what was kept stays when it is stopped or breaks off.
 * @throws RingTrouble where nothing more can be kept: no room, or no ring
 */
export async function keepAll(
  keeping: Keeping,
  { pages }: Plan,
  { onProgress, signal }: { onProgress: (progress: KeepProgress) => void; signal: AbortSignal },
): Promise<KeepProgress> {
  let progress = NOTHING_KEPT
  let hasFailed = false
  const waiting = [...pages].toReversed()
  const work = async (): Promise<void> => {
    for (let page = waiting.pop(); page !== undefined; page = waiting.pop()) {
      if (signal.aborted || hasFailed) return
      const outcome = await outcomeOf(keeping, page, signal).catch((thrown: unknown) => {
        // The others end with what they have in hand.
        hasFailed = true
        throw thrown
      })
      progress = {
        ...progress,
        pages: progress.pages + 1,
        bytes: progress.bytes + (page.bytes ?? 0),
        [outcome]: progress[outcome] + 1,
      }
      onProgress(progress)
    }
  }
  const results = await Promise.allSettled(Array.from({ length: AT_ONCE }, work))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined && !signal.aborted) throw failed.reason
  return progress
}

async function outcomeOf(
  keeping: Keeping,
  { id }: CrawlPage,
  signal: AbortSignal,
): Promise<'kept' | 'same' | 'missed'> {
  try {
    return await keepPage(keeping, id, signal)
  } catch (thrown) {
    if (isMissed(thrown)) return 'missed'
    throw thrown
  }
}

function isMissed(thrown: unknown): boolean {
  const code: unknown = thrown instanceof Error ? Reflect.get(thrown, 'code') : undefined
  return code === 'NOT_FOUND' || isCopyTrouble(thrown, 'large', 'changed')
}
