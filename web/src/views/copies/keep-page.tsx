/** Keeps the page on show in this browser. */
import { keepPage } from '../../copies/keep-pages.ts'
import { COPIES_BYTES_MAX, sameCopy } from '../../model/copies.ts'
import type { Page } from '../../model/told.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import type { Done } from '../../texts/accounts.en.ts'
import { ViewLink } from '../accounts/parts.tsx'
import { useDoing } from '../hooks.ts'
import { useWords } from '../words.ts'

/** A button, or where the copy is. What becomes of it is told beside. */
export function KeepPage({ page }: { readonly page: Page }) {
  const { copies, pages } = useSession()
  const words = useWords()
  const { bytes, texts } = words
  const state = useCell(copies.state)
  const { isRunning, run, trouble } = useDoing<Done>()
  const copy = state.kind === 'open' ? sameCopy(state.items, page) : undefined
  const keep = (): void =>
    run(async () => {
      await keepPage({ source: pages, copies }, page.id, new AbortController().signal)
      return undefined
    })
  const hint = texts.copies.keepHint({ size: bytes(page.bytes), most: bytes(COPIES_BYTES_MAX) })
  return (
    <>
      {copy === undefined ? (
        <button
          type="button"
          class="button button--small"
          aria-disabled={isRunning}
          title={hint}
          onClick={keep}
        >
          {isRunning ? texts.copies.keeping : texts.copies.keep}
        </button>
      ) : (
        <ViewLink view={{ name: 'copies', copy: copy.id }} class="button button--small">
          {texts.copies.title}
        </ViewLink>
      )}
      <span class="keep__told" role="status">
        {trouble !== undefined && <span class="outcome--trouble">{words.trouble(trouble)}</span>}
        {copy !== undefined && <span class="unseen">{texts.copies.kept}</span>}
      </span>
    </>
  )
}
