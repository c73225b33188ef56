/** What the ring tells while somebody reads or types. */
import { SECOND_MS } from '../../base/limits.ts'
import type { DweetEvent, Publication } from '../../wire/api-dweets.ts'
import { noteTold } from './noted.ts'
import { noticeLines } from './notices.ts'
import { inPassing } from './paint.ts'
import type { Turn } from './turn.ts'

/** More that come within it are told together. */
const NOTICE_GAP_MS = 3 * SECOND_MS

export function heard(turn: Turn, event: DweetEvent): void {
  switch (event.kind) {
    case 'published':
      return published(turn, event.publication)
    case 'edited':
      if (turn.state.kept.publications.has(event.dweet.id)) {
        turn.learn({ publications: [event.dweet] })
      }
      return
    case 'counted':
      // What stands on a terminal stays as it was.
      return
    case 'deleted':
      if (turn.state.kept.publications.has(event.id)) turn.keep([{ kind: 'gone', id: event.id }])
      return
    case 'notified':
      noteTold(turn, event.notification.id)
      return turn.print(noticeLines(turn.canvas, event.notification))
    case 'resync':
      return turn.askAside({ kind: 'fresh', limit: 1, isProbe: true })
  }
}

function published(turn: Turn, publication: Publication): void {
  turn.learn({ publications: [publication] })
  const { account, isNoticeFresh, unseen, untold } = turn.state
  if (publication.author.nick === account?.nick) return
  turn.set({ unseen: unseen + 1 })
  if (isNoticeFresh) return turn.set({ untold: untold + 1 })
  turn.say(inPassing(turn.canvas, publication))
  turn.set({ untold: 0, counted: 0 })
  holdNotices(turn)
}

/** All since the last that was shown: who reads the newest count need not add up. */
export function tellUntold(turn: Turn): void {
  const { counted, untold } = turn.state
  if (untold === counted) return turn.set({ isNoticeFresh: false, untold: 0, counted: 0 })
  turn.say(turn.texts.moreSpoke(untold))
  turn.set({ counted: untold })
  holdNotices(turn)
}

function holdNotices(turn: Turn): void {
  turn.set({ isNoticeFresh: true })
  turn.wake('notice', NOTICE_GAP_MS)
}
