/** A scan that sees the overlay over the database, in either direction. */
import { byteText } from '../../base/bytes.ts'
import type { DatabaseEntry, ScanOptions } from '../../effects/database.ts'
import { keyOf, lowerBound, type Overlay } from './overlay.ts'
import { RowCursor, type Rows } from './stored-rows.ts'

/** @throws AnilloError DATA_DAMAGED */
export function mergedScan(
  overlay: Overlay,
  rows: Rows,
  options: ScanOptions,
): readonly DatabaseEntry[] {
  const { limit = Infinity, bytesMax = Infinity } = options
  const found: DatabaseEntry[] = []
  let bytes = 0
  if (limit <= 0 || bytesMax <= 0) return found
  for (const entry of merged(overlay, rows, options)) {
    found.push(entry)
    bytes += entry.key.length + entry.value.length
    if (found.length >= limit || bytes >= bytesMax) break
  }
  return found
}

function* merged(overlay: Overlay, rows: Rows, options: ScanOptions): Generator<DatabaseEntry> {
  const stored = new RowCursor(rows, options)
  const fresh = new OverlayCursor(overlay, options)
  const sign = options.reverse === true ? -1 : 1
  for (;;) {
    const { name } = fresh
    const { row } = stored
    if (name === undefined && row === undefined) return
    const order = sign * compared(name, row?.name, sign)
    if (order > 0 && row !== undefined) {
      yield stored.opened(row)
      stored.next()
      continue
    }
    // The overlay has the last word on a key that both hold.
    if (order === 0) stored.next()
    const value = name === undefined ? undefined : overlay.get(name)?.value
    if (name !== undefined && value !== undefined) yield { key: keyOf(name), value }
    fresh.next()
  }
}

/** Names that are absent stand behind all others in the direction of the scan. */
function compared(a: string | undefined, b: string | undefined, sign: number): number {
  if (a === undefined) return sign
  if (b === undefined) return -sign
  if (a === b) return 0
  return a < b ? -1 : 1
}

class OverlayCursor {
  readonly #names: readonly string[]
  readonly #step: number
  readonly #start: number
  readonly #end: number
  #at: number

  constructor(overlay: Overlay, { from, to, reverse = false }: ScanOptions) {
    this.#names = overlay.names()
    this.#start = from === undefined ? 0 : lowerBound(this.#names, byteText(from))
    this.#end = to === undefined ? this.#names.length : lowerBound(this.#names, byteText(to))
    this.#step = reverse ? -1 : 1
    this.#at = reverse ? this.#end - 1 : this.#start
  }

  get name(): string | undefined {
    return this.#at >= this.#start && this.#at < this.#end ? this.#names[this.#at] : undefined
  }

  next(): void {
    this.#at += this.#step
  }
}
