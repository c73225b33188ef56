/** Records that come from many nodes: of each publisher the latest, each signature checked once. */
import { SECOND_MS } from '../base/limits.ts'
import type { KeyId } from '../wire/kademlia/key-id.ts'
import { isSigned, readRecord, type ReadRecord } from './checked-record.ts'
import type { Core } from './core.ts'
import { order, publisherText } from './held.ts'
import { READ_RECORDS_MAX, RECORD_AHEAD_MS } from './settings.ts'

export class RecordUnion {
  readonly #core: Core
  readonly #key: KeyId
  readonly #latest = new Map<string, ReadRecord>()

  constructor(core: Core, key: KeyId) {
    this.#core = core
    this.#key = key
  }

  get all(): readonly ReadRecord[] {
    return [...this.#latest.values()]
  }

  /** @returns those that are new here; `seen` hears of each that was read at all */
  take(records: readonly Uint8Array[], seen: (mark: string) => void): readonly ReadRecord[] {
    return records.flatMap((bytes) => {
      const read = readRecord(bytes, this.#key)
      if (read === undefined || !this.#isTimely(read)) return []
      seen(markOf(read))
      return this.#isNews(read) ? [read] : []
    })
  }

  /** As nodes keep it: neither over, nor good for longer than anybody honest says. */
  #isTimely({ expiresAtS }: ReadRecord): boolean {
    const leftMs = expiresAtS * SECOND_MS - this.#core.now.wallMs
    return leftMs > 0 && leftMs <= RECORD_AHEAD_MS
  }

  #isNews(read: ReadRecord): boolean {
    const publisher = publisherText(read)
    const before = this.#latest.get(publisher)
    if (before !== undefined && order(read, before) <= 0) return false
    if (before === undefined && this.#latest.size >= READ_RECORDS_MAX) return false
    if (!isSigned(this.#core.options, read)) {
      this.#core.count('recordsForged')
      return false
    }
    this.#latest.set(publisher, read)
    return true
  }
}

/** Which record of which publisher. */
export function markOf(read: ReadRecord): string {
  return `${publisherText(read)}${read.sequence}`
}
