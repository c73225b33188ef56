/** The microblog: one part of it at a time. */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

import { nickOf } from '../../model/accounts.ts'
import { parsePlace, placeText, type DweetPlace } from '../../model/dweet-place.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import type { DweetTexts } from '../../texts/dweets.en.ts'
import { Frame } from '../accounts/frame.tsx'
import { useWords } from '../words.ts'
import { DeskProvider, useDesk, useNewDesk } from './desk.ts'
import { DweetWordsProvider, useDweetWords, useLoadedWords } from './dweet-words.ts'
import { HomePlace } from './home-place.tsx'
import { ListPlace, SearchPlace } from './list-places.tsx'
import { NotificationsPlace } from './notifications-place.tsx'
import { PeopleListPlace, PeopleListsPlace } from './people-lists-place.tsx'
import { PlaceLink, viewOf } from './place-link.tsx'
import { PeoplePlace, ProfilePlace } from './profile-place.tsx'
import { ReportsPlace } from './reports-place.tsx'
import { SettingsPlace } from './settings-place.tsx'
import { ThreadPlace } from './thread-place.tsx'
import { UnsentList } from './unsent-list.tsx'
import { useDweetKeys } from './use-dweet-keys.ts'

import '../../styles/dweets.css'

export function DweetsView() {
  const { texts } = useWords()
  const words = useLoadedWords()
  const nick = nickOf(useCell(useSession().account.who))
  if (words === undefined || words === 'missing' || nick === undefined)
    return (
      <Frame key="coming" name="dweets" title={texts.accounts.views.dweets}>
        <p class="quiet" role="status">
          {words === 'missing' ? texts.viewMissing : texts.accounts.loading}
        </p>
      </Frame>
    )
  return (
    <DweetWordsProvider value={words}>
      <DeskFor key={nick} nick={nick}>
        <Microblog />
      </DeskFor>
    </DweetWordsProvider>
  )
}

interface DeskForProps {
  readonly nick: string
  readonly children: ComponentChildren
}

function DeskFor({ children, nick }: DeskForProps) {
  return <DeskProvider value={useNewDesk(nick)}>{children}</DeskProvider>
}

function Microblog() {
  const session = useSession()
  const { texts } = useDweetWords()
  const { at } = useCell(session.view)
  const place = parsePlace(at)
  const { told } = useDesk()
  useEffect(() => told.set(''), [at])
  const help = useRef<HTMLDetailsElement>(null)
  useDweetKeys({
    onNew: () => {
      if (place.kind !== 'home' && place.kind !== 'write') session.go({ name: 'dweets' })
      // Behind the view that holds it.
      setTimeout(() => document.querySelector<HTMLElement>('.compose__text')?.focus())
    },
    onSearch: () => session.go(viewOf({ kind: 'search', words: '' })),
    onHelp: () => {
      const details = help.current
      if (details === null) return
      details.open = !details.open
      if (details.open) details.querySelector('summary')?.focus()
    },
  })
  const hint = place.kind === 'home' ? { hint: texts.hint } : {}
  return (
    <Frame key={placeText(place) ?? 'home'} name="dweets" title={titleOf(place, texts)} {...hint}>
      <div class="dweets">
        <PlacesNav place={place} />
        <Told />
        <UnsentList />
        <PlaceView place={place} />
        <details ref={help} class="disclosure keys">
          <summary>{texts.keys.title}</summary>
          <dl class="facts">
            {texts.keys.rows.map(([key, does]) => [
              <dt key={key}>
                <kbd>{key}</kbd>
              </dt>,
              <dd key={does}>{does}</dd>,
            ])}
          </dl>
        </details>
      </div>
    </Frame>
  )
}

function titleOf(place: DweetPlace, words: DweetTexts): string {
  const { places, title, titles } = words
  switch (place.kind) {
    case 'home':
    case 'write':
      return title
    case 'local':
      return titles.local
    case 'tag':
      return titles.tag(place.tag)
    case 'dweet':
      return titles.thread
    case 'person':
      return place.part === 'dweets' ? titles.person(place.nick) : titles[place.part](place.nick)
    case 'list':
      return words.lists.title
    case 'lists':
    case 'reports':
      return words[place.kind].title
    case 'search':
    case 'bookmarks':
    case 'notifications':
    case 'settings':
      return places[place.kind]
  }
}

function PlacesNav({ place }: { readonly place: DweetPlace }) {
  const { mayModerate, news, nick, notified } = useDesk()
  const { number, texts } = useDweetWords()
  const unseen = useCell(news.state)?.unseen ?? 0
  const count = useCell(notified.count)
  const own: DweetPlace = { kind: 'person', nick, part: 'dweets' }
  const rows = [
    { to: { kind: 'home' }, name: texts.places.home, count: unseen },
    { to: { kind: 'local' }, name: texts.places.local, count: 0 },
    { to: { kind: 'search', words: '' }, name: texts.places.search, count: 0 },
    { to: { kind: 'notifications' }, name: texts.places.notifications, count },
    { to: { kind: 'bookmarks' }, name: texts.places.bookmarks, count: 0 },
    { to: { kind: 'lists' }, name: texts.lists.title, count: 0 },
    { to: own, name: texts.places.profile, count: 0 },
    { to: { kind: 'settings' }, name: texts.places.settings, count: 0 },
    ...(mayModerate
      ? ([{ to: { kind: 'reports' }, name: texts.reports.title, count: 0 }] as const)
      : []),
  ] as const satisfies readonly object[]
  return (
    <nav class="places" aria-label={texts.nav}>
      {rows.map((row) => (
        <PlaceLink
          key={row.name}
          place={row.to}
          class="menu__link"
          isHere={placeText(row.to) === placeText(place)}
        >
          {row.name}{' '}
          {row.count > 0 && <span class="places__count">{texts.unseen(number(row.count))}</span>}
        </PlaceLink>
      ))}
    </nav>
  )
}

function Told() {
  const told = useCell(useDesk().told)
  return (
    <div class="outcome" role="status">
      {told !== '' && <p class="outcome--done">{told}</p>}
    </div>
  )
}

function PlaceView({ place }: { readonly place: DweetPlace }) {
  const { texts } = useDweetWords()
  const { list, places, titles } = texts
  switch (place.kind) {
    case 'home':
      return <HomePlace />
    case 'write':
      return <HomePlace given={place.text} />
    case 'local':
      return <ListPlace label={titles.local} list="local" none={list.none} />
    case 'bookmarks':
      return <ListPlace label={places.bookmarks} list="bookmarks" none={list.noBookmarks} />
    case 'tag': {
      const path = `tags/${encodeURIComponent(place.tag)}`
      return <ListPlace label={titles.tag(place.tag)} list={path} none={list.none} />
    }
    case 'search':
      return <SearchPlace words={place.words} />
    case 'lists':
      return <PeopleListsPlace />
    case 'list':
      return <PeopleListPlace id={place.id} />
    case 'reports':
      return <ReportsPlace />
    case 'notifications':
      return <NotificationsPlace />
    case 'settings':
      return <SettingsPlace />
    case 'dweet':
      return <ThreadPlace id={place.id} />
    case 'person':
      if (place.part === 'dweets') return <ProfilePlace nick={place.nick} />
      return <PeoplePlace nick={place.nick} part={place.part} />
  }
}
