/** The ring's doings, streamed from whichever member answers, for as long as the page is open. */
import type { RingEvent } from '../../../src/wire/api.ts'
import { EventStreamReader } from '../model/sse.ts'
import { readEvent } from './read.ts'
import type { RingClient } from './ring-client.ts'

/** Members send a comment every 15 s; a stream silent for longer hangs. */
const SILENCE_MAX_MS = 20_000
/** Told again after a change of door, so that none is missed; the log takes each once. */
const RECENT_EVENTS = 100
/** Between rounds in which no door answers. */
export const RETRY_MS_MIN = 300
export const RETRY_MS_MAX = 8_000

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
      await readStream(answer, client, watcher)
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

async function readStream(
  answer: Response,
  client: RingClient,
  watcher: EventWatcher,
): Promise<void> {
  const door = client.door
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  if (reader === undefined) return
  const events = new EventStreamReader()
  for (;;) {
    const piece = await withinSilence(reader)
    if (piece === 'silent') {
      client.leave(door)
      await reader.cancel().catch(() => undefined)
      return
    }
    if (piece === 'ended') return
    const read = events.push(piece.text).map(readEvent)
    const known = read.filter((event) => event !== undefined)
    if (known.length > 0) watcher.onEvents(known)
  }
}

type Piece = { readonly text: string } | 'ended' | 'silent'

async function withinSilence(reader: ReadableStreamDefaultReader<string>): Promise<Piece> {
  const silence = Promise.withResolvers<'silent'>()
  const timer = setTimeout(() => silence.resolve('silent'), SILENCE_MAX_MS)
  const next = reader.read().then(
    ({ done, value }): Piece => (done ? 'ended' : { text: value }),
    (): Piece => 'ended',
  )
  const piece = await Promise.race([next, silence.promise])
  clearTimeout(timer)
  return piece
}

function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
