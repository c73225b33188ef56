/** What the ring shares with everybody, and what it has from others: one part of it at a time. */
import type { ComponentChildren } from 'preact'

import { parseSharePlace, type SharePlace } from '../../model/share-place.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import type { ShareTexts } from '../../texts/shares.en.ts'
import { Frame } from '../accounts/frame.tsx'
import { useWords } from '../words.ts'
import { DownloadPlace } from './download-place.tsx'
import { DownloadsPlace } from './downloads-place.tsx'
import { LookupPlace } from './lookup-place.tsx'
import { NetworkPlace } from './network-place.tsx'
import { ShareLink } from './share-link.tsx'
import { SharePage } from './share-page.tsx'
import { ShareWordsProvider, useLoadedShareWords, useShareWords } from './share-words.ts'
import { SharesList } from './shares-list.tsx'

import '../../styles/shares.css'

export function SharesView() {
  const { texts } = useWords()
  const words = useLoadedShareWords()
  const { at } = useCell(useSession().view)
  if (words === undefined || words === 'missing')
    return (
      <Frame key="coming" name="shares" title={texts.accounts.views.shares}>
        <p class="quiet" role="status">
          {words === 'missing' ? texts.viewMissing : texts.accounts.loading}
        </p>
      </Frame>
    )
  const place = parseSharePlace(at)
  const { hint, title } = headOf(place, words.own)
  return (
    <ShareWordsProvider value={words}>
      <Frame key={place.kind} name="shares" title={title} {...(hint === undefined ? {} : { hint })}>
        <Places place={place} />
        <Place place={place} />
      </Frame>
    </ShareWordsProvider>
  )
}

function headOf(
  { kind }: SharePlace,
  texts: ShareTexts,
): { readonly title: string; readonly hint?: string } {
  switch (kind) {
    case 'shares':
      return texts.list
    case 'share':
      return { title: texts.share.title }
    case 'lookup':
      return texts.lookup
    case 'downloads':
      return texts.downloads
    case 'download':
      return { title: texts.downloads.title }
    case 'network':
      return texts.network
  }
}

function Place({ place }: { readonly place: SharePlace }): ComponentChildren {
  switch (place.kind) {
    case 'shares':
      return <SharesList />
    case 'share':
      return <SharePage key={place.id} id={place.id} />
    case 'lookup':
      return <LookupPlace name={place.name} />
    case 'downloads':
      return <DownloadsPlace />
    case 'download':
      return <DownloadPlace key={place.id} id={place.id} />
    case 'network':
      return <NetworkPlace />
  }
}

const TABS = ['shares', 'lookup', 'downloads', 'network'] as const

function Places({ place: { kind } }: { readonly place: SharePlace }) {
  const { own } = useShareWords()
  const here = kind === 'share' ? 'shares' : kind === 'download' ? 'downloads' : kind
  return (
    <nav class="menu share-places" aria-label={own.places.label}>
      {TABS.map((one) => (
        <ShareLink
          key={one}
          place={one === 'lookup' ? { kind: one, name: '' } : { kind: one }}
          class="menu__link"
          isHere={one === here}
        >
          {own.places[one]}
        </ShareLink>
      ))}
    </nav>
  )
}
