/** Answers and lists of the ring, read with care: see `read.ts`. */
import { has } from './read.ts'
import { unreadable } from './ring-client.ts'

/** Rows of a list that are asked for at once: a screen or two. */
const PAGE_ROWS = 50

/** What `typeof` says of each field, or `array`. */
export type Shape = Readonly<Record<string, string>>

/** @throws RingTrouble PAGE_UNREADABLE */
export function sound<T>(value: unknown, shape: Shape): T {
  if (!has(value, shape)) throw unreadable()
  return value as T
}

/** What is no row is left out. @throws RingTrouble PAGE_UNREADABLE */
export function listOf<T>(value: unknown, shape: Shape): { items: T[]; cursor?: string } {
  const { items } = sound<{ items: unknown[] }>(value, { items: 'array' })
  const rows = items.filter((item): item is T => has(item, shape))
  return has(value, { cursor: 'string' })
    ? { items: rows, cursor: (value as { cursor: string }).cursor }
    : { items: rows }
}

/** @param more questions besides */
export function pageQuery(
  cursor: string | undefined,
  more: Readonly<Record<string, string>> = {},
): string {
  const from = cursor === undefined ? {} : { cursor }
  return new URLSearchParams({ limit: String(PAGE_ROWS), ...more, ...from }).toString()
}
