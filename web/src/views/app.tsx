import { useEffect } from 'preact/hooks'

import { hasAccounts, may, nickOf, screenFor, type Screen } from '../model/accounts.ts'
import { useSession } from '../state/session.ts'
import { useCell } from '../state/use-cell.ts'
import { DWEET_TEXTS } from '../texts/load-dweets.ts'
import { FILE_TEXTS } from '../texts/load-files.ts'
import { ONE_RING_TEXTS } from '../texts/load-one-ring.ts'
import { SHARE_TEXTS } from '../texts/load-shares.ts'
import { parseLanguage } from '../texts/texts.ts'
import { EndedNotice } from './accounts/account-link.tsx'
import { DeniedView } from './accounts/denied-view.tsx'
import { Menu } from './accounts/menu.tsx'
import { ViewLink } from './accounts/parts.tsx'
import { Header } from './header.tsx'
import { later } from './later.tsx'
import { LogView } from './log-view.tsx'
import { Result } from './result.tsx'
import { RingView } from './ring-view.tsx'
import { Search } from './search.tsx'
import { WaitingCards } from './waiting-cards.tsx'
import { useWords } from './words.ts'

const StoreView = later(async () => (await import('./store-view.tsx')).StoreView)
const CrawlsView = later(async () => (await import('./crawls/crawls-view.tsx')).CrawlsView)
const ArchiveView = later(async () => (await import('./archive/archive-view.tsx')).ArchiveView)
const CopiesView = later(async () => (await import('./copies/copies-view.tsx')).CopiesView)
const FilesView = later(async () => {
  const { FilesView: View } = await import('./files/files-view.tsx')
  await FILE_TEXTS.load(parseLanguage(document.documentElement.lang) ?? 'en')
  return View
})
const DweetsView = later(async () => {
  const { DweetsView: View } = await import('./dweets/dweets-view.tsx')
  await DWEET_TEXTS.load(parseLanguage(document.documentElement.lang) ?? 'en')
  return View
})
const FindView = later(async () => {
  const { FindView: View } = await import('./one-ring/find-view.tsx')
  await ONE_RING_TEXTS.load(parseLanguage(document.documentElement.lang) ?? 'en')
  return View
})
const FeedView = later(async () => {
  const { FeedView: View } = await import('./one-ring/feed-view.tsx')
  await ONE_RING_TEXTS.load(parseLanguage(document.documentElement.lang) ?? 'en')
  return View
})
const Glance = later(async () => {
  const { Glance: View } = await import('./one-ring/glance.tsx')
  await ONE_RING_TEXTS.load(parseLanguage(document.documentElement.lang) ?? 'en')
  return View
})
const SharesView = later(async () => {
  const { SharesView: View } = await import('./shares/shares-view.tsx')
  await SHARE_TEXTS.load(parseLanguage(document.documentElement.lang) ?? 'en')
  return View
})
const SharedView = later(async () => (await import('./files/shared-view.tsx')).SharedView)
const TrashView = later(async () => (await import('./files/trash-view.tsx')).TrashView)
const LoginView = later(async () => (await import('./accounts/enter-view.tsx')).LoginView)
const RegisterView = later(async () => (await import('./accounts/enter-view.tsx')).RegisterView)
const ProfileView = later(async () => (await import('./accounts/profile-view.tsx')).ProfileView)
const PeopleView = later(async () => (await import('./accounts/people-view.tsx')).PeopleView)
const AuditView = later(async () => (await import('./accounts/audit-view.tsx')).AuditView)

export function App() {
  const session = useSession()
  const { texts, language } = useWords()
  const theme = useCell(session.theme)
  const who = useCell(session.account.who)
  const view = useCell(session.view)
  const screen = screenFor(who, view)
  const isRing = screen.kind === 'view' && screen.name === 'ring'

  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  useEffect(() => {
    if (theme !== undefined) document.documentElement.dataset['theme'] = theme
  }, [theme])

  return (
    <>
      <a class="skip" href={isRing ? '#address' : '#content'} onClick={focusContent}>
        {isRing ? texts.skip : texts.skipToContent}
      </a>
      <Header />
      <ScreenView screen={screen} />
    </>
  )
}

function ScreenView({ screen }: { readonly screen: Screen }) {
  const { texts } = useWords()
  const { views, entering } = texts.accounts
  const titles = { ...views, ...entering, find: texts.find, feed: texts.feedTitle }
  const name = screen.kind === 'view' ? screen.name : undefined
  useTitle(name === 'ring' || name === undefined ? undefined : titles[name])
  if (screen.kind === 'denied') return <DeniedView needed={screen.needed} />
  switch (screen.name) {
    case 'ring':
      return <RingScreen />
    case 'crawls':
      return <CrawlsView />
    case 'archive':
      return <ArchiveView />
    case 'copies':
      return <CopiesView />
    case 'files':
      return <FilesView />
    case 'shared':
      return <SharedView />
    case 'trash':
      return <TrashView />
    case 'shares':
      return <SharesView />
    case 'dweets':
      return <DweetsView />
    case 'find':
      return <FindView />
    case 'feed':
      return <FeedView />
    case 'login':
      return <LoginView />
    case 'register':
      return <RegisterView />
    case 'account':
      return <ProfileView />
    case 'people':
      return <PeopleView />
    case 'audit':
      return <AuditView />
  }
}

function useTitle(name: string | undefined): void {
  const { texts } = useWords()
  useEffect(() => {
    document.title = name === undefined ? texts.title : `${name} · ${texts.title}`
  }, [name, texts])
}

/** What there is to see of the ring, as far as who looks may see it. */
function RingScreen() {
  const session = useSession()
  const { texts } = useWords()
  const who = useCell(session.account.who)
  const shown = useCell(session.visits.shown)
  const visits = useCell(session.visits.all)
  const visit = visits.find((one) => one.key === shown)
  const mayWatch = may(who, 'ring.watch')
  useTitle(visit?.scrape?.page?.title ?? visit?.url)
  return (
    <>
      {hasAccounts(who) && <Menu name="ring" />}
      <main class={visit === undefined ? 'main' : 'main main--result'}>
        <div class="search">
          <EndedNotice />
          {may(who, 'pages.scrape') && <Search />}
          {visit === undefined && may(who, 'pages.scrape') && (
            <p class="search__more">
              <ViewLink view={{ name: 'crawls' }}>{texts.crawls.lead}</ViewLink>
            </p>
          )}
        </div>
        <WaitingCards />
        {visit === undefined && may(who, 'pages.read') && who.kind !== 'unknown' && (
          <section
            class={nickOf(who) === undefined ? 'glance' : 'glance glance--own'}
            aria-label={texts.glance}
          >
            <Glance who={nickOf(who) ?? ''} />
          </section>
        )}
        {visit !== undefined && <Result key={visit.key} visit={visit} />}
        {mayWatch && (
          <>
            <RingView visit={visit} />
            <StoreView />
            <LogView />
          </>
        )}
      </main>
    </>
  )
}

/** The hash holds the address of the page on show, so the link moves the focus itself. */
function focusContent(event: Event): void {
  event.preventDefault()
  const first = document.querySelector<HTMLElement>('#address, #content, main input')
  first?.focus()
}
