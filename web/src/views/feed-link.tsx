/** In the header: to what happened, with how much of it was not seen yet. */
import { useEffect } from 'preact/hooks'

import { nickOf } from '../model/accounts.ts'
import { useSession } from '../state/session.ts'
import { unseenOf } from '../state/unseen.ts'
import { useCell } from '../state/use-cell.ts'
import { ViewLink } from './accounts/parts.tsx'
import { Bell } from './icons.tsx'
import { useWords } from './words.ts'

export function FeedLink() {
  const { account, client } = useSession()
  const { number, texts } = useWords()
  const nick = nickOf(useCell(account.who))
  const unseen = unseenOf(client)
  const count = useCell(unseen.count)
  useEffect(() => {
    unseen.count.set(0)
    const stop = new AbortController()
    if (nick !== undefined) unseen.watch(stop.signal)
    return () => stop.abort()
  }, [nick])
  if (nick === undefined) return null
  return (
    <ViewLink
      view={{ name: 'feed' }}
      class="icon-button feed-link"
      label={texts.feed(number(count))}
    >
      <Bell />
      {count > 0 && (
        <span class="feed-link__count" aria-hidden="true">
          {number(count)}
        </span>
      )}
    </ViewLink>
  )
}
