/**
 * Looking for what is this member’s to do by its place on the ring: hosts that it schedules,
 * webhooks that it delivers, schedules and orders that it begins. Others send it word
 * (`tell-owners.ts`), which may come before the matter itself, and gets lost when members die; but
 * then neighbours change. So it looks when a word comes, soon after its neighbours changed, and now
 * and then. Two that take themselves for the owner is for the store to sort out.
 */
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import type { Position } from '../../../base/ids.ts'
import type { Clock, Timer } from '../../../effects/clock.ts'
import type { Log } from '../../../effects/log.ts'
import { pause } from '../../../effects/pause.ts'
import type { Overlay } from '../../../overlay/types.ts'
import { FIRST_LOOK_MS, LOOK_SOON_MS, LOOKS_AFTER_WORD_MS } from './limits.ts'

export interface LookoutOptions {
  readonly clock: Clock
  readonly log: Log
  readonly overlay: Pick<Overlay, 'joined' | 'owns' | 'onNeighbours'>
  /** What is looked for, for the log. */
  readonly what: string
  /**
   * Takes up all that is there. @param isFirst of a member that joined a moment ago, to which much
   * seems its own that is another’s, who has yet to join. @returns until the next look, in ms.
   * @throws AnilloError to look again soon
   */
  readonly look: (isFirst: boolean) => Promise<number>
}

export interface Expected {
  readonly position: Position
  /** @returns whether it has come, and was taken up. @throws AnilloError to look again */
  readonly find: () => Promise<boolean>
}

export class Lookout {
  readonly #options: LookoutOptions
  /** What is expected, by its name, and whether a word of it came since the first look. */
  readonly #expected = new Map<string, { isHeardAgain: boolean }>()
  readonly #closing = new AbortController()
  readonly #stopWatching: () => void
  /** The next look, and when it is due; monotonic ms. */
  #next: { readonly timer: Timer; readonly dueMs: number } | undefined
  #looking: Promise<void> = Promise.resolve()
  #hasLooked = false

  /** The first look is soon: nothing is looked for before the constructor has returned. */
  constructor(options: LookoutOptions) {
    this.#options = options
    this.#stopWatching = options.overlay.onNeighbours(() => this.#lookIn(this.#soonMs))
    this.#lookIn(this.#soonMs)
  }

  /** Aborted as soon as it is closed. */
  get closing(): AbortSignal {
    return this.#closing.signal
  }

  /** This member owns the position, as far as it knows. */
  owns(position: Position): boolean {
    const { overlay } = this.#options
    return overlay.joined && overlay.owns(position)
  }

  /** Something changed: looks at once. */
  hear(): void {
    this.#lookIn(0)
  }

  /**
   * Something is there, or will be in a moment: `find` is called until it was, a few times
   * (`LOOKS_AFTER_WORD_MS`), while this member owns it. A word that comes meanwhile begins no
   * second row of looks; there is another one afterwards.
   */
  expect(name: string, expected: Expected): void {
    const known = this.#expected.get(name)
    if (known === undefined) void this.#lookFor(name, expected)
    else known.isHeardAgain = true
  }

  /** Settles once no look is under way. */
  async close(): Promise<void> {
    this.#closing.abort(new AnilloError('RPC_CANCELLED', { method: this.#options.what }))
    this.#stopWatching()
    this.#next?.timer.cancel()
    await this.#looking
  }

  /** Before it joined it owns nothing: its first look is the first one after that. */
  get #soonMs(): number {
    return this.#hasLooked ? LOOK_SOON_MS : FIRST_LOOK_MS
  }

  async #lookFor(name: string, expected: Expected): Promise<void> {
    const known = { isHeardAgain: true }
    this.#expected.set(name, known)
    while (known.isHeardAgain) {
      known.isHeardAgain = false
      await this.#findOnce(name, expected)
    }
    this.#expected.delete(name)
  }

  async #findOnce(name: string, { find, position }: Expected): Promise<void> {
    const { clock, log, what } = this.#options
    for (const delayMs of LOOKS_AFTER_WORD_MS) {
      await pause(clock, delayMs, this.closing)
      if (this.closing.aborted || !this.owns(position)) return
      try {
        if (await find()) return
      } catch (thrown) {
        if (!isAnilloError(thrown)) throw thrown
        log.debug('what was told of is looked for later', { what, name, error: thrown })
      }
    }
  }

  #lookIn(delayMs: number): void {
    if (this.closing.aborted) return
    const { clock } = this.#options
    this.#next?.timer.cancel()
    const timer = clock.after(delayMs, () => {
      this.#next = undefined
      // One at a time: a change in between starts the next look.
      this.#looking = this.#looking.then(() => this.#look())
    })
    this.#next = { timer, dueMs: clock.nowMs() + delayMs }
  }

  /** What changed during a look may be what it did not see: a sooner look stays as it is. */
  #lookWithin(delayMs: number): void {
    const dueMs = this.#options.clock.nowMs() + delayMs
    if (this.#next === undefined || this.#next.dueMs > dueMs) this.#lookIn(delayMs)
  }

  async #look(): Promise<void> {
    const { log, look, overlay, what } = this.#options
    const isFirst = !this.#hasLooked && overlay.joined
    this.#hasLooked ||= isFirst
    try {
      this.#lookWithin(await look(isFirst))
    } catch (thrown) {
      if (!isAnilloError(thrown)) throw thrown
      log.debug('what is to be done here is looked for later', { what, error: thrown })
      this.#lookWithin(LOOK_SOON_MS)
    }
  }
}
