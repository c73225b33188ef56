/** A witness: downloads a page for another member, keeps nothing, and says what it saw. */
import { AnilloError, asAnilloError } from '../../../base/errors.ts'
import type { TellDoing } from '../../../overlay/types.ts'
import { fetchPage, type FetchTools } from '../fetch/fetch-page.ts'
import type { Slots } from '../pages/slots.ts'
import { canonicalUrl } from '../urls/canonical-url.ts'
import { sayHere, type SaidHere, type Signer, type WitnessRequest } from './statements.ts'

export interface WitnessTools {
  readonly fetching: FetchTools
  readonly slots: Slots
  readonly signer: Signer
  readonly tell: TellDoing
}

export interface SaidThere extends SaidHere {
  readonly status: number
}

/** @throws AnilloError BUSY, URL_*, and as `fetchPage` */
export async function seeHere(
  asked: WitnessRequest & { readonly url: string },
  { fetching, signer, slots, tell }: WitnessTools,
  signal: AbortSignal,
): Promise<SaidThere> {
  const url = canonicalUrl(asked.url)
  // Who asked has others to ask.
  if (slots.isFull) throw new AnilloError('BUSY', { what: 'downloads' })
  await slots.take()
  const startedMs = fetching.clock.nowMs()
  const took = (): number => fetching.clock.nowMs() - startedMs
  tell({ kind: 'downloadStarted', url })
  try {
    const order = { url, write: async () => undefined, progress: () => undefined, signal }
    const fetched = await fetchPage(order, fetching)
    tell({ kind: 'downloadFinished', url, bytes: fetched.bytes, durationMs: took() })
    const seen = { ...fetched, url, receivedMs: fetching.clock.wallMs() }
    return { ...sayHere(seen, asked, signer), status: fetched.status }
  } catch (thrown) {
    const { code, details } = asAnilloError(thrown)
    tell({ kind: 'downloadFailed', url, code, details: { ...details }, durationMs: took() })
    throw thrown
  } finally {
    slots.release()
  }
}
