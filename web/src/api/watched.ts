/** One thing that goes on at the ring, watched until it is over: a crawl, a download. */
import { RingTrouble, unreadable, type RingClient } from './ring-client.ts'
import { delay, readStream, RETRY_MS_MAX, RETRY_MS_MIN } from './streams.ts'

/** Between two questions where a member has no stream left to give. */
const ASK_EVERY_MS = 2_000

export interface WatchedOne<T> {
  readonly client: RingClient
  /** Of its events. */
  readonly path: string
  /** `undefined`: it is none that this page knows. */
  readonly read: (data: string) => T | undefined
  readonly ask: () => Promise<T>
  readonly isOver: (told: T) => boolean
  readonly onTold: (told: T) => void
  /** It is tried again, unless there is no such thing. */
  readonly onTrouble: (trouble: RingTrouble) => void
  readonly signal: AbortSignal
}

/**
 * Tells how it stands whenever that has changed. Ends when it is over or `signal` is aborted; till
 * then it tries without bound, each round later than the last, up to 8 s.
 */
export async function watchOne<T>(watched: WatchedOne<T>): Promise<void> {
  const { ask, isOver, onTold, onTrouble, signal } = watched
  let last: T | undefined
  const take = (told: T): void => {
    last = told
    if (!signal.aborted) onTold(told)
  }
  for (let retryMs = RETRY_MS_MIN; !signal.aborted;) {
    try {
      const hasStreamed = await stream(watched, take)
      if (!hasStreamed) take(await ask())
      retryMs = hasStreamed ? RETRY_MS_MIN : ASK_EVERY_MS
    } catch (thrown) {
      if (signal.aborted) return
      const trouble = thrown instanceof RingTrouble ? thrown : unreadable()
      onTrouble(trouble)
      if (trouble.code === 'NOT_FOUND') return
      retryMs = Math.min(retryMs * 2, RETRY_MS_MAX)
    }
    if (last !== undefined && isOver(last)) return
    await delay(retryMs, signal)
  }
}

/** @returns whether anything came by it */
async function stream<T>(
  { client, path, read, signal }: WatchedOne<T>,
  take: (told: T) => void,
): Promise<boolean> {
  let hasCome = false
  try {
    const answer = await client.open({ path, signal })
    await readStream(answer, client, (data) => {
      for (const told of data.flatMap((text) => read(text) ?? [])) {
        hasCome = true
        take(told)
      }
    })
  } catch (thrown) {
    // The thing itself is asked for, and says what is wrong where that is no matter of streams.
    if (!(thrown instanceof RingTrouble)) throw thrown
  }
  return hasCome
}
