/** What happened to who looks, in all services, newest first. */
import { useEffect, useMemo, useRef } from 'preact/hooks'

import type { FeedItem } from '../../../../src/wire/api-feed.ts'
import { FeedClient } from '../../api/feed.ts'
import { RingTrouble } from '../../api/ring-client.ts'
import { shortAddress } from '../../model/address.ts'
import { useSession } from '../../state/session.ts'
import { unseenOf } from '../../state/unseen.ts'
import { Frame } from '../accounts/frame.tsx'
import { ViewLink } from '../accounts/parts.tsx'
import { useLoaded } from '../hooks.ts'
import { PagedList, useRest } from '../paged-list.tsx'
import { useOneRingWords, type OneRingWords } from './one-ring-words.ts'

import '../../styles/one-ring.css'

export function FeedView() {
  const words = useOneRingWords()
  if (words === undefined) return null
  const { hint, title } = words.own.feed
  return (
    <Frame name="feed" title={title} hint={hint}>
      <Happened words={words} />
    </Frame>
  )
}

function Happened({ words }: { readonly words: OneRingWords }) {
  const { client } = useSession()
  const feed = useMemo(() => new FeedClient(client), [])
  const first = useLoaded(() => feed.page(), '')
  const rest = useRest((cursor) => feed.page(cursor))
  const { value } = first
  const newest = value?.items[0]?.at
  // What was new when the view was opened stays marked while it is open.
  const seenUntil = useRef<string | undefined>(undefined)
  if (value !== undefined && seenUntil.current === undefined)
    seenUntil.current = value.seenUntil ?? ''
  useEffect(() => {
    if (newest !== undefined) void sayAllSeen(feed, newest).then(() => unseenOf(client).ask())
  }, [newest])
  return (
    <>
      {value?.isWhole === false && <p class="note">{words.own.feed.incomplete}</p>}
      <PagedList first={first} rest={rest}>
        {(items) =>
          items.length === 0 ? (
            <p class="note">{words.own.feed.none}</p>
          ) : (
            <ol class="happened">
              {items.map((item) => (
                <Item
                  key={`${item.kind} ${item.id}`}
                  item={item}
                  isNew={item.at > (seenUntil.current ?? '')}
                  words={words}
                />
              ))}
            </ol>
          )
        }
      </PagedList>
    </>
  )
}

/** What cannot be said now is said when the view is opened again. */
async function sayAllSeen(feed: FeedClient, until: string): Promise<void> {
  try {
    await feed.seen(until)
  } catch (thrown) {
    if (!(thrown instanceof RingTrouble)) throw thrown
  }
}

interface ItemProps {
  readonly item: FeedItem
  readonly isNew: boolean
  readonly words: OneRingWords
}

function Item({ isNew, item, words }: ItemProps) {
  return (
    <li class={isNew ? 'happened__item happened__item--new' : 'happened__item'}>
      <p class="happened__what">
        {isNew && <span class="badge">{words.own.feed.isNew}</span>}{' '}
        <What item={item} words={words} />
      </p>
      <time class="quiet" dateTime={item.at}>
        {words.minute(item.at)}
      </time>
    </li>
  )
}

function What({ item, words }: Omit<ItemProps, 'isNew'>) {
  const texts = words.own.feed
  switch (item.kind) {
    case 'crawls': {
      const { counts, id, request } = item.crawl
      const seed = shortAddress(request.seeds[0] ?? '')
      return (
        <ViewLink view={{ name: 'crawls', crawl: id }}>
          {texts.crawl(seed, words.number(counts.done))}
        </ViewLink>
      )
    }
    case 'files': {
      const { name, owner, path } = item.file
      return <ViewLink view={{ name: 'files', path }}>{texts.shared(owner, name)}</ViewLink>
    }
    case 'shares': {
      const { name, path, state } = item.download
      if (state !== 'done' && state !== 'failed' && state !== 'cancelled') return null
      const text = texts.download[state](name)
      return state === 'done' ? (
        <ViewLink view={{ name: 'files', path }}>{text}</ViewLink>
      ) : (
        <>{text}</>
      )
    }
    case 'dweets': {
      const { by, dweet, kind } = item.notification
      const at = dweet === undefined ? `@${by.nick}` : dweet.id
      const view = kind === 'moderated' && dweet === undefined ? 'notifications' : at
      return (
        <>
          <ViewLink view={{ name: 'dweets', at: view }}>{texts.dweets[kind](by.name)}</ViewLink>
          {dweet !== undefined && (
            <span class="happened__words" dir="auto">
              {dweet.warning ?? dweet.text}
            </span>
          )}
        </>
      )
    }
  }
}
