/** Pages that are held, found by their words. */
import { useState } from 'preact/hooks'

import type { SearchResults } from '../../../../src/wire/api-search.ts'
import type { SimilarPage } from '../../../../src/wire/api-similar.ts'
import { useSession } from '../../state/session.ts'
import type { Done } from '../../texts/accounts.en.ts'
import { Form, Outcome, TextField } from '../accounts/parts.tsx'
import { useDoing } from '../hooks.ts'
import { FoundPage, PageLink } from '../one-ring/found-page.tsx'
import { useWords } from '../words.ts'

interface Found extends SearchResults {
  readonly query: string
}

export function SearchCard() {
  const { archive } = useSession()
  const { texts } = useWords()
  const words = texts.archive.search
  const search = useDoing<Done>()
  const [found, setFound] = useState<Found | undefined>(undefined)
  const look = (query: string, before?: Found): void =>
    search.run(async () => {
      const results = await archive.search(query, before?.cursor)
      setFound({ ...results, query, items: [...(before?.items ?? []), ...results.items] })
      return undefined
    })
  return (
    <section class="found" aria-label={words.title}>
      <Form label={words.title} onSubmit={(fields) => look(queryOf(fields))}>
        <TextField name="words" label={words.words} hint={words.wordsHint} autocomplete="off" />
        <TextField name="site" label={words.site} autocomplete="off" isOptional />
        <TextField
          name="after"
          label={words.after}
          hint={words.afterHint}
          autocomplete="off"
          isOptional
        />
        <div class="actions">
          <button type="submit" class="button" aria-disabled={search.isRunning}>
            {words.submit}
          </button>
        </div>
      </Form>
      <Outcome trouble={search.trouble} done={undefined} />
      {found !== undefined && <Results found={found} />}
      {found?.cursor !== undefined && (
        <button
          type="button"
          class="button button--small"
          aria-disabled={search.isRunning}
          onClick={() => look(found.query, found)}
        >
          {texts.accounts.more}
        </button>
      )}
    </section>
  )
}

function queryOf(fields: (name: string) => string): string {
  const site = fields('site').trim()
  const after = fields('after').trim()
  return [
    fields('words').trim(),
    ...(site === '' ? [] : [`site:${site}`]),
    ...(after === '' ? [] : [`after:${after}`]),
  ].join(' ')
}

function Results({ found }: { readonly found: Found }) {
  const { texts } = useWords()
  const words = texts.archive.search
  return (
    <>
      <p class="note" role="status">
        {found.items.length === 0 ? words.none : words.found(found.found)}
        {found.isPartial && ` ${words.partial}`}
      </p>
      <ol class="found__list">
        {found.items.map((result) => (
          <li key={result.id} class="found__item">
            <FoundPage page={result} />
            {result.folded !== undefined && <Near id={result.id} count={result.folded} />}
          </li>
        ))}
      </ol>
    </>
  )
}

/** Those that were folded under a result, once somebody wants them. */
function Near({ id, count }: { readonly id: string; readonly count: number }) {
  const { archive } = useSession()
  const words = useWords()
  const { folded, noneNear } = words.texts.archive.search
  const near = useDoing<readonly SimilarPage[]>()
  if (near.trouble !== undefined) {
    return <p class="note note--trouble">{words.trouble(near.trouble)}</p>
  }
  if (near.done === undefined) {
    return (
      <button
        type="button"
        class="button button--small"
        aria-disabled={near.isRunning}
        onClick={() => near.run(() => archive.similar(id))}
      >
        {folded(count)}
      </button>
    )
  }
  if (near.done.length === 0) return <p class="note">{noneNear}</p>
  return (
    <ul>
      {near.done.map((page) => (
        <li key={page.id}>
          <PageLink page={page} /> <span class="found__address">{page.url}</span>
        </li>
      ))}
    </ul>
  )
}
