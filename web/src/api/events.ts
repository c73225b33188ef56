/** The ring's doings, streamed from whichever member answers, for as long as the page is open. */
import type { RingEvent } from '../../../src/wire/api.ts'
import { readEvent } from './read.ts'
import type { RingClient } from './ring-client.ts'
import { delay, readStream, RETRY_MS_MAX, RETRY_MS_MIN } from './streams.ts'

/** Told again after a change of door, so that none is missed; the log takes each once. */
const RECENT_EVENTS = 100

export interface EventWatcher {
  readonly onOpen: (door: string) => void
  readonly onEvents: (events: readonly RingEvent[]) => void
  /** The stream broke; another is being sought. */
  readonly onLost: () => void
  /** No door answers; the next round comes by itself. */
  readonly onUnreachable: () => void
}

/**
 * Never ends before `signal` does: retries without bound, each round later than the last, up to 8
 * s.
 */
export async function watchEvents(
  client: RingClient,
  watcher: EventWatcher,
  signal: AbortSignal,
): Promise<void> {
  let retryMs = RETRY_MS_MIN
  while (!signal.aborted) {
    try {
      const answer = await client.open({ path: `/v1/ring/events?recent=${RECENT_EVENTS}`, signal })
      retryMs = RETRY_MS_MIN
      watcher.onOpen(client.door)
      await readStream(answer, client, (data) => {
        const known = data.map(readEvent).filter((event) => event !== undefined)
        if (known.length > 0) watcher.onEvents(known)
      })
      if (signal.aborted) return
      watcher.onLost()
    } catch {
      if (signal.aborted) return
      watcher.onUnreachable()
    }
    await delay(retryMs, signal)
    retryMs = Math.min(retryMs * 2, RETRY_MS_MAX)
  }
}
