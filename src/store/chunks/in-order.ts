/**
 * Several at once, results in the order of the items, so many ahead of their taker. The first
 * failure, or the taker's leaving, ends all.
 */
import { STREAM_CHUNKS_AT_ONCE } from './limits.ts'

export async function* inOrder<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  work: (item: T, signal: AbortSignal) => Promise<R>,
  outer?: AbortSignal,
): AsyncGenerator<R> {
  const ending = new AbortController()
  const signal = outer === undefined ? ending.signal : AbortSignal.any([outer, ending.signal])
  const running: Promise<R>[] = []
  try {
    for await (const item of items) {
      const begun = work(item, signal)
      // What fails before its turn is told at its turn.
      begun.catch(() => undefined)
      running.push(begun)
      if (running.length >= STREAM_CHUNKS_AT_ONCE) yield await next(running)
    }
    while (running.length > 0) yield await next(running)
  } finally {
    ending.abort()
    await Promise.allSettled(running)
  }
}

function next<R>(running: Promise<R>[]): Promise<R> {
  const [first] = running.splice(0, 1)
  return first ?? Promise.reject(new Error('nothing is under way'))
}
