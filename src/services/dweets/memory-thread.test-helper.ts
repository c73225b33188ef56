/** What a dweet of the microblog in memory answers, and what answers it. */
import type { Dweet, DweetThread } from '../../wire/api-dweets.ts'
import type { DweetsHeld, HeldDweet } from './memory-dweets-state.test-helper.ts'

/** @throws AnilloError DWEET_GONE, DWEET_REMOVED */
export function threadOf(held: DweetsHeld, nick: string, id: string): DweetThread {
  const one = held.dweet(nick, id)
  const above: (Dweet | null)[] = []
  for (let next = one.replyTo; next !== undefined;) {
    const upper = held.publications.get(next.id)
    const isSeen = upper?.kind === 'dweet' && held.maySee(nick, upper)
    above.unshift(isSeen ? held.shownDweet(nick, upper) : null)
    next = isSeen ? upper.replyTo : undefined
  }
  const below = belowOf(held, nick, one.id).map((lower) => held.shownDweet(nick, lower))
  return { above, dweet: held.shownDweet(nick, one), below }
}

function belowOf(held: DweetsHeld, nick: string, id: string): HeldDweet[] {
  return held
    .dweets((one) => one.replyTo?.id === id && held.maySee(nick, one))
    .toReversed()
    .flatMap((one) => [one, ...belowOf(held, nick, one.id)])
}
