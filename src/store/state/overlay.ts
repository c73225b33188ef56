/**
 * What a group applied and the database does not hold yet: the last word on each key. A map, since
 * reading one key is what happens most; its names are put in order when somebody scans or writes.
 */
import { PREFIX_BYTES } from './keys.ts'

/** The same object for as long as nobody writes the key again. */
export interface OverlayRow {
  /** `undefined`: deleted. */
  readonly value: Uint8Array | undefined
}

export type NamedRow = readonly [string, OverlayRow]

/** What a row costs beside its bytes, about: an entry of the map, two objects, a name's head. */
const ROW_BYTES = 120

export class Overlay {
  readonly #rows = new Map<string, OverlayRow>()
  /** All names; in order up to the last sort. */
  #names: string[] = []
  #isSorted = true
  #bytes = 0

  /** Of memory, about. */
  get bytes(): number {
    return this.#bytes
  }

  get(name: string): OverlayRow | undefined {
    return this.#rows.get(name)
  }

  /** The value is kept as it is: nobody may change it afterwards. */
  set(name: string, value: Uint8Array | undefined): void {
    const before = this.#rows.get(name)
    if (before === undefined) {
      this.#names.push(name)
      this.#isSorted = false
      this.#bytes += ROW_BYTES + name.length
    }
    this.#bytes += (value?.length ?? 0) - (before?.value?.length ?? 0)
    this.#rows.set(name, { value })
  }

  /** In order. Valid until the next change. */
  names(): readonly string[] {
    if (!this.#isSorted) {
      // Sorting by runs: a tail behind a long sorted list costs little more than merging it.
      this.#names.sort()
      this.#isSorted = true
    }
    return this.#names
  }

  rows(): readonly NamedRow[] {
    const rows: NamedRow[] = []
    for (const name of this.names()) {
      const row = this.#rows.get(name)
      if (row !== undefined) rows.push([name, row])
    }
    return rows
  }

  /** These are in the database: they go, where nobody wrote their keys again. */
  settle(rows: readonly NamedRow[]): void {
    for (const [name, row] of rows) {
      if (this.#rows.get(name) !== row) continue
      this.#rows.delete(name)
      this.#bytes -= ROW_BYTES + name.length + (row.value?.length ?? 0)
    }
    this.#names = this.#names.filter((name) => this.#rows.has(name))
  }

  clear(): void {
    this.#rows.clear()
    this.#names = []
    this.#isSorted = true
    this.#bytes = 0
  }
}

/** A key as a text of one unit a byte: texts then have the order of the bytes. */
export function nameOf(bytes: Uint8Array, start = 0): string {
  let name = ''
  for (let at = start; at < bytes.length; at++) name += String.fromCharCode(bytes[at] ?? 0)
  return name
}

export function keyOf(name: string): Uint8Array {
  const key = new Uint8Array(name.length)
  for (let at = 0; at < name.length; at++) key[at] = name.charCodeAt(at)
  return key
}

/** The key in the database of the row of that name. */
export function rowKeyOf(prefix: Uint8Array, name: string): Uint8Array {
  const key = new Uint8Array(PREFIX_BYTES + name.length)
  key.set(prefix)
  for (let at = 0; at < name.length; at++) key[PREFIX_BYTES + at] = name.charCodeAt(at)
  return key
}

/** Index of the first name that is not less. */
export function lowerBound(names: readonly string[], name: string): number {
  let low = 0
  let high = names.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((names[middle] ?? '') < name) low = middle + 1
    else high = middle
  }
  return low
}
