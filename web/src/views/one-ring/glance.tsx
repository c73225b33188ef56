/** The newest of each service, and how the ring is, at a glance. */
import type { ComponentChildren } from 'preact'
import { useMemo } from 'preact/hooks'

import type { Publication } from '../../../../src/wire/api-dweets.ts'
import type { Glance as Newest } from '../../../../src/wire/api-glance.ts'
import { FeedClient } from '../../api/feed.ts'
import type { View } from '../../model/accounts.ts'
import { shortAddress } from '../../model/address.ts'
import { isStopped } from '../../model/store.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import { ViewLink } from '../accounts/parts.tsx'
import { useLoaded } from '../hooks.ts'
import { shareViewOf } from '../shares/share-link.tsx'
import { useOneRingWords, type OneRingWords } from './one-ring-words.ts'

import '../../styles/one-ring.css'

/** @param who asked for again when it changes */
export function Glance({ who }: { readonly who: string }) {
  const { client } = useSession()
  const words = useOneRingWords()
  const feed = useMemo(() => new FeedClient(client), [])
  const { value } = useLoaded(() => feed.glance(), who)
  if (words === undefined) return null
  return (
    <>
      <Health words={words} />
      <div class="glance__cards">
        <Crawls newest={value} words={words} />
        {value?.files !== undefined && <Files files={value.files} words={words} />}
        {value?.dweets !== undefined && <Dweets dweets={value.dweets} words={words} />}
        {value?.shares !== undefined && <Shares shares={value.shares} words={words} />}
      </div>
    </>
  )
}

/** One sentence, for who may see the ring. */
function Health({ words }: { readonly words: OneRingWords }) {
  const ring = useCell(useSession().ring)
  const { home } = words.own
  if (ring === undefined) return <p class="glance__health quiet"> </p>
  const up = ring.members.filter(({ state }) => state === 'up').length
  const all = ring.members.length
  const members = up === all ? home.allUp(all) : home.someUp(up, all)
  return (
    <p class="glance__health">
      <span class={`lamp lamp--${up === all ? 'live' : 'lost'}`} aria-hidden="true" /> {members}{' '}
      {isStopped(ring) ? home.stopped : home.mayFail(ring.mayFail)}
    </p>
  )
}

interface PartProps {
  readonly title: string
  readonly view: View
  readonly none: string
  readonly children: readonly ComponentChildren[]
}

function Part({ children, none, title, view }: PartProps) {
  return (
    <section class="glance__card">
      <h2 class="label">
        <ViewLink view={view}>{title}</ViewLink>
      </h2>
      {children.length === 0 ? (
        <p class="quiet">{none}</p>
      ) : (
        <ul>
          {children.map((child, at) => (
            <li key={at}>{child}</li>
          ))}
        </ul>
      )}
    </section>
  )
}

interface CrawlsProps {
  readonly newest: Newest | undefined
  readonly words: OneRingWords
}

function Crawls({ newest, words }: CrawlsProps) {
  const { home } = words.own
  if (newest !== undefined && newest.crawls === undefined) return null
  return (
    <Part
      title={home.crawls}
      view={{ name: 'crawls' }}
      none={newest === undefined ? ' ' : home.noCrawls}
    >
      {(newest?.crawls ?? []).map(({ counts, id, request, state }) => (
        <>
          <ViewLink view={{ name: 'crawls', crawl: id }}>
            {shortAddress(request.seeds[0] ?? '')}
          </ViewLink>{' '}
          <span class="quiet">
            {words.texts.crawls.states[state]} · {home.pages(words.number(counts.done))}
          </span>
        </>
      ))}
    </Part>
  )
}

interface FilesProps {
  readonly files: NonNullable<Newest['files']>
  readonly words: OneRingWords
}

function Files({ files, words }: FilesProps) {
  const { home } = words.own
  return (
    <Part title={home.files} view={{ name: 'files' }} none={home.noFiles}>
      {files.map(({ modifiedAt, name, path }) => (
        <>
          <ViewLink view={{ name: 'files', path }}>{name}</ViewLink>{' '}
          <time class="quiet" dateTime={modifiedAt}>
            {words.minute(modifiedAt)}
          </time>
        </>
      ))}
    </Part>
  )
}

interface SharesProps {
  readonly shares: NonNullable<Newest['shares']>
  readonly words: OneRingWords
}

function Shares({ shares, words }: SharesProps) {
  const { home } = words.own
  return (
    <Part title={home.shares} view={{ name: 'shares' }} none={home.noShares}>
      {shares.map(({ bytes, id, name }) => (
        <>
          <ViewLink view={shareViewOf({ kind: 'share', id })}>{name}</ViewLink>{' '}
          <span class="quiet">{words.bytes(bytes)}</span>
        </>
      ))}
    </Part>
  )
}

interface DweetsProps {
  readonly dweets: NonNullable<Newest['dweets']>
  readonly words: OneRingWords
}

function Dweets({ dweets: { items, unseen }, words }: DweetsProps) {
  const { home } = words.own
  const title = unseen === 0 ? home.dweets : home.newDweets(words.number(unseen))
  return (
    <Part title={title} view={{ name: 'dweets' }} none={home.noDweets}>
      {items.map((one) => (
        <>
          <ViewLink view={{ name: 'dweets', at: idOf(one) }}>{one.author.name}</ViewLink>{' '}
          <span class="quiet" dir="auto">
            {textOf(one)}
          </span>
        </>
      ))}
    </Part>
  )
}

function idOf(one: Publication): string {
  return one.kind === 'redweet' && one.of !== null ? one.of.id : one.id
}

/** What is behind a warning stays there. */
function textOf(one: Publication): string {
  const dweet = one.kind === 'dweet' ? one : one.of
  return dweet?.warning ?? dweet?.text ?? ''
}
