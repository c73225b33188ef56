/**
 * Rows of one group as the database holds them, opened, so that what is used often is neither
 * fetched nor opened again: an apply reads the record that it replaces, and its asker's session.
 * Two generations: a row that is used comes into the younger one; when that is full, the older one
 * goes.
 */
import { KIB } from '../../base/limits.ts'
import type { OverlayRow } from './overlay.ts'

/** Of each generation; over 64 groups 16 MiB a member at most. */
export const GENERATION_BYTES = 128 * KIB
/** A larger row is fetched each time: it would drive out too many. */
export const RECENT_ROW_BYTES_MAX = 4 * KIB

/** What a row costs beside its bytes, about: an entry of the map, an object, a name's head. */
const ROW_BYTES = 96

export class RecentRows {
  #young = new Map<string, OverlayRow>()
  #old = new Map<string, OverlayRow>()
  #youngBytes = 0

  get(name: string): OverlayRow | undefined {
    const row = this.#young.get(name)
    if (row !== undefined) return row
    const old = this.#old.get(name)
    if (old !== undefined) this.#add(name, old)
    return old
  }

  /** The database holds this, and nothing newer is waiting for it. */
  keep(name: string, row: OverlayRow): void {
    if ((row.value?.length ?? 0) > RECENT_ROW_BYTES_MAX) this.#forget(name)
    else this.#add(name, row)
  }

  clear(): void {
    this.#young.clear()
    this.#old.clear()
    this.#youngBytes = 0
  }

  #add(name: string, row: OverlayRow): void {
    const before = this.#young.get(name)
    this.#youngBytes += bytesOf(name, row) - (before === undefined ? 0 : bytesOf(name, before))
    this.#young.set(name, row)
    if (this.#youngBytes < GENERATION_BYTES) return
    this.#old = this.#young
    this.#young = new Map()
    this.#youngBytes = 0
  }

  #forget(name: string): void {
    const before = this.#young.get(name)
    if (before !== undefined) this.#youngBytes -= bytesOf(name, before)
    this.#young.delete(name)
    this.#old.delete(name)
  }
}

function bytesOf(name: string, { value }: OverlayRow): number {
  return ROW_BYTES + name.length + (value?.length ?? 0)
}
