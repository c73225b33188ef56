/**
 * Finds a copy of a page at other members, so that the site is asked only where none is.
 *
 * A member that does not answer has not said no. While the ring heals, the neighbours are asked
 * again until what they say is certain: by then those that are dead are no neighbours any more. A
 * complete page is at three members that follow one another, so two that lack it outweigh one that
 * is silent. The wait is bounded; a page that nobody can give is downloaded anew.
 */
import { parsePosition } from '../../base/ids.ts'
import type { Clock } from '../../effects/clock.ts'
import type { Log } from '../../effects/log.ts'
import type { OwnerAnswer, Overlay } from '../../overlay/types.ts'
import type { RpcClient } from '../../rpc/types.ts'
import type { MemberRef } from '../../wire/api.ts'
import { peekPage, type PageRecord } from '../../wire/pages.ts'
import {
  COPIES_BESIDE_OWNER,
  PEEK_PATIENCE_MS,
  PEEK_TIMEOUT_MS,
  PEEK_WAIT_MS,
  REMEMBERED_ASKED_MAX,
  SEARCH_PAUSE_MS,
  SEARCHED_SUCCESSORS,
  SETTLING_MS,
} from './limits.ts'
import { targetOf } from './page-copies.ts'
import { addsTo, pageAtMs } from './page-record.ts'
import type { PageShelf } from './page-shelf.ts'
import { pause } from './timing.ts'

type Peer = OwnerAnswer['owner']

export interface SearchTools {
  readonly clock: Clock
  readonly log: Log
  readonly rpc: RpcClient
  readonly overlay: Overlay
  readonly shelf: PageShelf
  /** Brings body and record here. */
  readonly takeOver: (record: PageRecord, from: MemberRef) => Promise<unknown>
}

/** What a member said of a page: a record, that it holds none, or nothing. */
interface Said {
  readonly peer: Peer
  readonly kind: 'holds' | 'lacks' | 'silent'
  readonly record?: PageRecord
}

interface Held {
  readonly peer: Peer
  readonly record: PageRecord
}

export class PageSearch {
  readonly #tools: SearchTools
  readonly #closing = new AbortController()
  readonly #stopWatching: () => void
  /** When this member got its place on the ring, or was started. */
  #placedAtMs: number
  #isPlaced = false

  constructor(tools: SearchTools) {
    const { clock, overlay } = tools
    this.#tools = tools
    this.#placedAtMs = clock.nowMs()
    this.#stopWatching = overlay.onNeighbours(() => {
      if (this.#isPlaced || !overlay.joined) return
      this.#isPlaced = true
      this.#placedAtMs = clock.nowMs()
    })
  }

  /**
   * Asks others for what they hold, waits where one of them is downloading it, and takes over what
   * is newer than what is held here. Returns when that is done, or it is certain that nobody has
   * it, or after one more round when `patienceMs` are over.
   */
  async search(id: string, patienceMs: number): Promise<void> {
    const { clock } = this.#tools
    const { signal } = this.#closing
    const untilMs = clock.nowMs() + patienceMs
    while (!(await this.#round(id)) && clock.nowMs() < untilMs && !signal.aborted) {
      await pause(clock, SEARCH_PAUSE_MS, signal)
    }
  }

  close(): void {
    this.#closing.abort()
    this.#stopWatching()
  }

  /** @returns whether it is certain: a copy is here, or there is none. */
  async #round(id: string): Promise<boolean> {
    const neighbours = neighboursOf(this.#tools.overlay)
    const others = this.#remembered(id, neighbours)
    const [near, far] = await Promise.all([
      Promise.all(neighbours.map((peer) => this.#peek(peer, id))),
      Promise.all(others.map((peer) => this.#peek(peer, id))),
    ])
    const all = [...near, ...far]
    const held = all.flatMap(({ peer, record }) => (record === undefined ? [] : [{ peer, record }]))
    const isTaken = await this.#take(held)
    if (held.some(({ record }) => record.page !== undefined)) return isTaken
    const lacking = all.filter(({ kind }) => kind !== 'silent').length
    const asked = this.#isSettling ? all : near
    const silent = asked.filter(({ kind }) => kind === 'silent').length
    return silent === 0 || (silent === 1 && lacking >= COPIES_BESIDE_OWNER)
  }

  /**
   * In a small ring, or in one that is starting again, a copy may be at a member that has no place
   * (yet).
   */
  #remembered(id: string, neighbours: readonly Peer[]): readonly Peer[] {
    const { overlay } = this.#tools
    const isLarge = overlay.successors(SEARCHED_SUCCESSORS).length === SEARCHED_SUCCESSORS
    if (isLarge && !this.#isSettling) return []
    const asked = new Set(neighbours.map((peer) => peer.id))
    const others = overlay.remembered(parsePosition(id), REMEMBERED_ASKED_MAX)
    return others.filter((peer) => !asked.has(peer.id))
  }

  /** Those that it remembers may be starting too; later, their silence says that they are gone. */
  get #isSettling(): boolean {
    return this.#tools.clock.nowMs() < this.#placedAtMs + SETTLING_MS
  }

  async #peek(peer: Peer, id: string): Promise<Said> {
    const { rpc, clock, log } = this.#tools
    const untilMs = clock.nowMs() + PEEK_PATIENCE_MS
    try {
      for (let waitMs = 0; ; waitMs = PEEK_WAIT_MS) {
        const options = { timeoutMs: PEEK_TIMEOUT_MS + waitMs, signal: this.#closing.signal }
        const question = { id, waitMs }
        const { running, record } = await rpc.call(targetOf(peer), peekPage, question, options)
        if (running && clock.nowMs() < untilMs) continue
        return record === undefined ? { peer, kind: 'lacks' } : { peer, kind: 'holds', record }
      }
    } catch (thrown) {
      log.debug('a member does not tell what it holds', { peer: peer.address, error: thrown })
      return { peer, kind: 'silent' }
    }
  }

  /**
   * The newest page first; what then adds nothing is left where it is.
   * @returns whether all that was newer could be had
   */
  async #take(held: readonly Held[]): Promise<boolean> {
    const { shelf, takeOver, log } = this.#tools
    const failed: PageRecord[] = []
    for (const { record, peer } of held.toSorted(
      (a, b) => pageAtMs(b.record) - pageAtMs(a.record),
    )) {
      if (!addsTo(shelf.get(record.id), record)) continue
      try {
        await takeOver(record, peer)
      } catch (thrown) {
        failed.push(record)
        const from = peer.address
        log.warn('a copy could not be taken over', { id: record.id, from, error: thrown })
      }
    }
    return failed.every((record) => !addsTo(shelf.get(record.id), record))
  }
}

function neighboursOf(overlay: Overlay): readonly Peer[] {
  const predecessor = overlay.predecessor()
  const before = predecessor === undefined ? [] : [predecessor]
  const all = [...overlay.successors(SEARCHED_SUCCESSORS), ...before]
  return [...new Map(all.map((peer) => [peer.id, peer])).values()]
}
