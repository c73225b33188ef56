/** A page that was found, by the words in it. */
import type { SearchResult } from '../../../../src/wire/api-search.ts'
import { may } from '../../model/accounts.ts'
import { pagePath, useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import { useWords } from '../words.ts'

import '../../styles/found.css'

export function FoundPage({ page }: { readonly page: SearchResult }) {
  const { minute } = useWords()
  return (
    <>
      <PageLink page={page} />
      <p class="found__address">
        {page.url} · <time dateTime={page.since}>{minute(page.since)}</time>
      </p>
      <p class="found__snippet">{marked(page)}</p>
    </>
  )
}

/** The words that were looked for stand out. */
function marked({ snippet: { marks, text } }: SearchResult) {
  const ends = marks.map(([, to]) => to)
  return [
    ...marks.flatMap(([from, to], at) => [
      text.slice(at === 0 ? 0 : ends[at - 1], from),
      <mark key={from}>{text.slice(from, to)}</mark>,
    ]),
    text.slice(ends.at(-1) ?? 0),
  ]
}

/** What the ring holds can be looked at, by who may ask for pages. */
export function PageLink({ page }: { readonly page: Pick<SearchResult, 'title' | 'url'> }) {
  const session = useSession()
  const who = useCell(session.account.who)
  const text = page.title ?? page.url
  if (!may(who, 'pages.scrape')) return <span class="found__title">{text}</span>
  const go = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    session.openFromView(page.url)
  }
  return (
    <a class="found__title" href={pagePath(page.url)} onClick={go}>
      {text}
    </a>
  )
}
