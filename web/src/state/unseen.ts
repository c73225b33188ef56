/**
 * How much happened to who looks, in all services, that they did not see yet: asked for when the
 * page is there, when somebody comes back to it, and once a minute while they look.
 */
import { has } from '../api/read.ts'
import { RingTrouble, type RingClient } from '../api/ring-client.ts'
import { Cell } from './cell.ts'

const PULSE_MS = 60_000

export class Unseen {
  readonly count = new Cell(0)
  readonly #client: RingClient

  constructor(client: RingClient) {
    this.#client = client
  }

  /** Until the signal. */
  watch(signal: AbortSignal): void {
    const look = (): void => {
      if (!document.hidden) void this.ask()
    }
    const timer = setInterval(look, PULSE_MS)
    document.addEventListener('visibilitychange', look, { signal })
    signal.addEventListener('abort', () => clearInterval(timer))
    look()
  }

  /** What cannot be asked now stays as it was. */
  async ask(): Promise<void> {
    try {
      const answer = await this.#client.json({ path: '/v1/feed/unseen' })
      if (has(answer, { unseen: 'number' })) this.count.set((answer as { unseen: number }).unseen)
    } catch (thrown) {
      if (!(thrown instanceof RingTrouble)) throw thrown
    }
  }
}

const all = new WeakMap<RingClient, Unseen>()

/** One of each window. */
export function unseenOf(client: RingClient): Unseen {
  const known = all.get(client) ?? new Unseen(client)
  all.set(client, known)
  return known
}
