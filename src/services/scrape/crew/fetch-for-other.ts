/** A page fetched by this member's network for another member, which keeps it. */
import { AnilloError, asAnilloError } from '../../../base/errors.ts'
import type { ChunkStore, Upload } from '../../../store/types.ts'
import type { FetchedFor } from '../../../wire/fetch-for.ts'
import type { FetchTools } from '../fetch/fetch-page.ts'
import type { Headers } from '../fetch/http-message.ts'
import { receiveHere } from '../pages/page-download.ts'
import type { Slots } from '../pages/slots.ts'
import { canonicalUrl } from '../urls/canonical-url.ts'

export interface FetchQuestion {
  readonly url: string
  readonly conditions: Headers
  readonly upload: Upload
  readonly links: boolean
}

export interface FetchForTools {
  readonly chunks: ChunkStore
  readonly fetching: FetchTools
  readonly slots: Slots
}

/** What the site is at fault for is an answer. @throws AnilloError BUSY, URL_* */
export async function fetchForOther(
  { conditions, links: wantsLinks, upload, url }: FetchQuestion,
  { slots, ...tools }: FetchForTools,
  signal: AbortSignal,
): Promise<FetchedFor> {
  const canonical = canonicalUrl(url)
  // Who asked has others to ask.
  if (slots.isFull) throw new AnilloError('BUSY', { what: 'downloads' })
  await slots.take()
  let isAnswered = false
  const order = {
    url: canonical,
    conditions,
    upload,
    progress: () => undefined,
    answered: () => {
      isAnswered = true
    },
    wantsLinks: () => wantsLinks,
    signal,
  }
  try {
    const received = await receiveHere(order, tools)
    if (received.kind === 'notModified') {
      const { durationMs, headers, remoteAddress } = received.answer
      return { kind: 'notModified', headers: pairsOf(headers), remoteAddress, durationMs }
    }
    const { body, fetched, links } = received
    return { kind: 'page', fetched, body, ...(links === undefined ? {} : { links: [...links] }) }
  } catch (thrown) {
    signal.throwIfAborted()
    const { code, details } = asAnilloError(thrown)
    if (!isOfSite(code)) throw thrown
    return { kind: 'failed', code, details: { ...details }, isAnswered }
  } finally {
    slots.release()
  }
}

/** The rest is the fault of this member, or of the store. */
function isOfSite(code: string): boolean {
  return OF_SITE.has(code) || code.startsWith('FETCH_') || code.startsWith('URL_')
}

const OF_SITE: ReadonlySet<string> = new Set(['HOST_UNKNOWN', 'ADDRESS_FORBIDDEN'])

function pairsOf(headers: Headers): [string, string][] {
  return headers.map(([name, value]) => [name, value])
}
