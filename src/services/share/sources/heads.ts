/** What stands at several addresses at once, for who does not wait long for any of them. */
import { isAnilloError } from '../../../base/errors.ts'
import { PROBE_TIMEOUT_MS } from '../limits.ts'
import type { ShareParts } from '../parts.ts'
import { isSourceFailure, type SourceHead } from './source-client.ts'

/** In the order of the addresses; `undefined`: it could not be asked, or did not say in time. */
export async function headsOf(
  { effects, sources }: Pick<ShareParts, 'effects' | 'sources'>,
  urls: readonly string[],
  outer: AbortSignal | undefined,
): Promise<readonly (SourceHead | undefined)[]> {
  const late = new AbortController()
  const timer = effects.clock.after(PROBE_TIMEOUT_MS, () => late.abort())
  const signal = outer === undefined ? late.signal : AbortSignal.any([outer, late.signal])
  try {
    return await Promise.all(urls.map((url) => sources.head(url, signal).catch(nobody)))
  } finally {
    timer.cancel()
    late.abort()
  }
}

/** What is wrong with us is thrown. */
function nobody(thrown: unknown): undefined {
  if (isSourceFailure(thrown) || isAnilloError(thrown)) return undefined
  throw thrown
}
