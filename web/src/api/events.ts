/** The ring's doings, streamed from whichever member answers, for as long as the page is open. */
import type { RingEvent } from '../../../src/wire/api.ts'
import { readEvent } from './read.ts'
import type { RingClient } from './ring-client.ts'
import { watchStream, type StreamWatcher } from './streams.ts'

/** Told again after a change of door, so that none is missed; the log takes each once. */
const RECENT_EVENTS = 100

export type EventWatcher = StreamWatcher<RingEvent>

/** Never ends before `signal` does; see `watchStream`. */
export function watchEvents(
  client: RingClient,
  watcher: EventWatcher,
  signal: AbortSignal,
): Promise<void> {
  const path = `/v1/ring/events?recent=${RECENT_EVENTS}`
  return watchStream({ client, path, read: readEvent, watcher, signal })
}
