import { useEffect, useState } from 'preact/hooks'

import { RingTrouble, UNREADABLE } from '../api/ring-client.ts'
import { decodeSource, isText, SOURCE_BYTES_MAX, takeBytes } from '../model/source.ts'
import type { Page } from '../model/told.ts'
import { useSession } from '../state/session.ts'
import type { Trouble } from '../texts/texts.ts'
import { useWords } from './words.ts'

type Loading =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly trouble: Trouble }
  | { readonly kind: 'loaded'; readonly lines: readonly string[]; readonly shownBytes: number }

export function SourceView({ page }: { readonly page: Page }) {
  const words = useWords()
  const { texts, bytes } = words
  const loading = useSource(page)
  if (!isText(page.contentType)) return <p class="note">{texts.result.noText(page.contentType)}</p>
  if (loading.kind === 'loading') return <p class="note">{texts.result.loading}</p>
  if (loading.kind === 'failed') return <p class="note">{words.trouble(loading.trouble)}</p>
  return (
    <div class="source">
      <div class="source__view" role="region" aria-label={texts.result.sourceRegion} tabIndex={0}>
        <ol class="source__lines">
          {loading.lines.map((line, index) => (
            <li key={index} class="source__line">
              {line}
            </li>
          ))}
        </ol>
      </div>
      {loading.shownBytes < page.bytes && (
        <p class="note">{texts.result.cut(bytes(loading.shownBytes), bytes(page.bytes))}</p>
      )}
    </div>
  )
}

function useSource(page: Page): Loading {
  const session = useSession()
  const [loading, setLoading] = useState<Loading>({ kind: 'loading' })
  useEffect(() => {
    if (!isText(page.contentType)) return undefined
    const stop = new AbortController()
    const load = async (): Promise<Loading> => {
      const answer = await session.client.open({
        path: `/v1/pages/${page.id}/content`,
        signal: stop.signal,
      })
      const taken = await takeBytes(answer.body, SOURCE_BYTES_MAX)
      return { kind: 'loaded', ...decodeSource(taken, page.charset) }
    }
    const fail = (thrown: unknown): Loading => ({
      kind: 'failed',
      trouble: thrown instanceof RingTrouble ? thrown : { code: UNREADABLE, details: {}, text: '' },
    })
    void load()
      .catch(fail)
      .then((result) => {
        if (!stop.signal.aborted) setLoading(result)
      })
    return () => stop.abort()
  }, [page.id, page.fetchedAt])
  return loading
}
