import { useEffect } from 'preact/hooks'

import { useCell } from '../state/cell.ts'
import { useSession } from '../state/session.ts'
import { Header } from './header.tsx'
import { LogView } from './log-view.tsx'
import { Result } from './result.tsx'
import { RingView } from './ring-view.tsx'
import { Search } from './search.tsx'
import { StoreView } from './store-view.tsx'
import { WaitingCards } from './waiting-cards.tsx'
import { useWords } from './words.ts'

export function App() {
  const session = useSession()
  const { texts, language } = useWords()
  const theme = useCell(session.theme)
  const shown = useCell(session.visits.shown)
  const visits = useCell(session.visits.all)
  const visit = visits.find((one) => one.key === shown)

  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  useEffect(() => {
    if (theme !== undefined) document.documentElement.dataset['theme'] = theme
  }, [theme])
  useEffect(() => {
    const name = visit?.scrape?.page?.title ?? visit?.url
    document.title = name === undefined ? texts.title : `${name} · ${texts.title}`
  }, [visit, texts])

  return (
    <>
      <a class="skip" href="#address" onClick={focusAddress}>
        {texts.skip}
      </a>
      <Header />
      <main class={visit === undefined ? 'main' : 'main main--result'}>
        <Search />
        <WaitingCards />
        {visit !== undefined && <Result key={visit.key} visit={visit} />}
        <RingView visit={visit} />
        <StoreView />
        <LogView />
      </main>
    </>
  )
}

/** The hash holds the address of the page on show, so the link moves the focus itself. */
function focusAddress(event: Event): void {
  event.preventDefault()
  document.querySelector<HTMLInputElement>('#address')?.focus()
}
