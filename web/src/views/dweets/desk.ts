/** What the parts of the microblog share, for one person. */
import { createContext } from 'preact'
import { useContext, useEffect, useMemo } from 'preact/hooks'

import type { DweetEvent, Publication } from '../../../../src/wire/api-dweets.ts'
import { AttachmentsClient } from '../../api/attachments.ts'
import { watchDweets } from '../../api/dweet-events.ts'
import { DweetListsClient } from '../../api/dweet-lists.ts'
import { DweetReportsClient } from '../../api/dweet-reports.ts'
import { DweetsClient } from '../../api/dweets.ts'
import { Drafts } from '../../dweets/drafts.ts'
import { News } from '../../dweets/news.ts'
import { Notified } from '../../dweets/notified.ts'
import { Outbox } from '../../dweets/outbox.ts'
import { may } from '../../model/accounts.ts'
import { Cell } from '../../state/cell.ts'
import { useSession, type Session } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'

export interface Desk {
  readonly nick: string
  readonly mayWrite: boolean
  /** May delete others' dweets. */
  readonly mayModerate: boolean
  readonly client: DweetsClient
  readonly attachments: AttachmentsClient
  readonly lists: DweetListsClient
  readonly reports: DweetReportsClient
  readonly drafts: Drafts
  readonly outbox: Outbox
  readonly news: News
  readonly notified: Notified
  /** Own ones, since the view was opened; newest first. */
  readonly published: Cell<readonly Publication[]>
  readonly add: (own: Publication) => void
  /** What became of the last thing done, for eyes and ears. */
  readonly told: Cell<string>
  /** How many acts have worked: what failed before is told no more. */
  readonly worked: Cell<number>
  /** The last change of a dweet, or its end, as others made it. */
  readonly changes: Cell<DweetEvent | undefined>
}

const DeskContext = createContext<Desk | undefined>(undefined)
export const DeskProvider = DeskContext.Provider

export function useDesk(): Desk {
  const desk = useContext(DeskContext)
  if (desk === undefined) throw new Error('a part of the microblog stands outside of it')
  return desk
}

/** One for each person, for as long as the view is open. */
export function useNewDesk(nick: string): Desk {
  const session = useSession()
  const who = useCell(session.account.who)
  const parts = useMemo(() => partsOf(session, nick), [session, nick])
  useLive(parts)
  return {
    ...parts,
    mayWrite: may(who, 'dweets.write'),
    mayModerate: may(who, 'dweets.moderate'),
  }
}

function partsOf({ client: ring }: Session, nick: string) {
  const notes = localStorage
  const client = new DweetsClient(ring)
  const attachments = new AttachmentsClient(ring)
  const lists = new DweetListsClient(ring)
  const reports = new DweetReportsClient(ring)
  const told = new Cell('')
  const published = new Cell<readonly Publication[]>([])
  const add = (own: Publication): void =>
    published.update((all) => [own, ...all.filter(({ id }) => id !== own.id)])
  const outbox = new Outbox({
    notes,
    nick,
    send: (body, key) => client.publish(body, key),
    nowMs: () => Date.now(),
    newKey: () => crypto.randomUUID(),
    onSent: (dweet) => {
      told.set('')
      add(dweet)
    },
  })
  const news = new News({
    fresh: () => client.fresh(),
    acknowledge: (token) => client.acknowledge(token),
    catchUp: () => client.catchUp(),
  })
  const notified = new Notified({ notes, nick, list: () => client.notifications() })
  const ask = async (): Promise<void> => {
    // What cannot be asked now is asked with the next beat.
    await Promise.allSettled([outbox.flush(), news.ask(), notified.ask()])
  }
  const drafts = new Drafts(notes, nick)
  const changes = new Cell<DweetEvent | undefined>(undefined)
  const worked = new Cell(0)
  const state = { drafts, outbox, news, notified, published, told, worked, changes }
  return { nick, ring, client, attachments, lists, reports, ...state, add, ask }
}

type Parts = ReturnType<typeof partsOf>

/**
 * Without a stream, what stands on the page is as old as this at most; with one, as old as that.
 */
const PULSE_MS = 4_000
const QUIET_PULSE_MS = 60_000

/**
 * Follows what happens for as long as the view is open; where there is no stream, and for what it
 * may have missed, the ring is asked again while somebody may see it.
 */
function useLive({ add, ask, changes, news, nick, notified, outbox, ring }: Parts): void {
  useEffect(() => {
    const stop = new AbortController()
    let isLive = false
    let askedAtMs = -Infinity
    const askNow = (): void => {
      askedAtMs = performance.now()
      void ask()
    }
    const beat = (): void => {
      const ageMs = performance.now() - askedAtMs
      const isQuiet = isLive && outbox.unsent.get().length === 0
      if (!document.hidden && ageMs >= (isQuiet ? QUIET_PULSE_MS : PULSE_MS)) askNow()
    }
    const take = (event: DweetEvent): void => {
      if (event.kind === 'published' && event.publication.author.nick === nick)
        add(event.publication)
      else if (event.kind === 'published') news.ask().catch(() => undefined)
      else if (event.kind === 'notified') notified.ask().catch(() => undefined)
      else if (event.kind === 'resync') askNow()
      else changes.set(event)
    }
    const lost = (): void => {
      isLive = false
    }
    const onOpen = (): void => {
      isLive = true
      askNow()
    }
    const watcher = {
      onOpen,
      onEvents: (events: readonly DweetEvent[]) => events.forEach(take),
      onLost: lost,
      onUnreachable: lost,
    }
    askNow()
    void watchDweets(ring, watcher, stop.signal)
    const timer = setInterval(beat, PULSE_MS)
    document.addEventListener('visibilitychange', beat)
    return () => {
      stop.abort()
      clearInterval(timer)
      document.removeEventListener('visibilitychange', beat)
    }
  }, [ring, news])
}
