/** Streams of server-sent events from a member that may die, or fall silent, at any time. */
import { EventStreamReader } from '../model/sse.ts'
import type { RingClient } from './ring-client.ts'

/** Members send a comment every 15 s; a stream silent for longer hangs. */
const SILENCE_MAX_MS = 20_000
/** Between rounds in which no door answers. */
export const RETRY_MS_MIN = 300
export const RETRY_MS_MAX = 8_000

export interface StreamWatcher<Event> {
  readonly onOpen: (door: string) => void
  readonly onEvents: (events: readonly Event[]) => void
  /** The stream broke; another is being sought. */
  readonly onLost: () => void
  /** No door answers; the next round comes by itself. */
  readonly onUnreachable: () => void
}

export interface WatchedStream<Event> {
  readonly client: RingClient
  readonly path: string
  /** `undefined`: it is none that this page knows. */
  readonly read: (data: string) => Event | undefined
  readonly watcher: StreamWatcher<Event>
  readonly signal: AbortSignal
}

/**
 * Never ends before `signal` does: retries without bound, each round later than the last, up to 8
 * s.
 */
export async function watchStream<Event>(watched: WatchedStream<Event>): Promise<void> {
  const { client, path, read, signal, watcher } = watched
  let retryMs = RETRY_MS_MIN
  while (!signal.aborted) {
    try {
      const answer = await client.open({ path, signal })
      retryMs = RETRY_MS_MIN
      watcher.onOpen(client.door)
      await readStream(answer, client, (data) => {
        const known = data.map(read).filter((event) => event !== undefined)
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

/** Settles when the stream has ended, however it did; a silent door is left. */
export async function readStream(
  answer: Response,
  client: RingClient,
  onData: (data: readonly string[]) => void,
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
    const data = events.push(piece.text)
    if (data.length > 0) onData(data)
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

/** Settles early when `signal` is aborted. */
export function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
