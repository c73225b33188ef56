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

  /**
   * Those of one answer. Behind one that is forged nothing of it is read: nodes check what they
   * keep, so that answer was made to have signatures checked, which costs more than making them up.
   * @returns those that are new here; `seen` hears of each that was read at all
   */
  take(records: readonly Uint8Array[], seen: (mark: string) => void): readonly ReadRecord[] {
    const news: ReadRecord[] = []
    for (const bytes of records) {
      const read = readRecord(bytes, this.#key)
      if (read === undefined || !this.#isTimely(read)) continue
      const found = this.#find(read)
      if (found === 'forged') return news
      seen(markOf(read))
      if (found === 'new') news.push(read)
    }
    return news
  }

  /** As nodes keep it: neither over, nor good for longer than anybody honest says. */
  #isTimely({ expiresAtS }: ReadRecord): boolean {
    const leftMs = expiresAtS * SECOND_MS - this.#core.now.wallMs
    return leftMs > 0 && leftMs <= RECORD_AHEAD_MS
  }

  #find(read: ReadRecord): 'new' | 'known' | 'forged' {
    const publisher = publisherText(read)
    const before = this.#latest.get(publisher)
    if (before !== undefined && order(read, before) <= 0) return 'known'
    if (before === undefined && this.#latest.size >= READ_RECORDS_MAX) return 'known'
    if (!isSigned(this.#core.options, read)) {
      this.#core.count('recordsForged')
      return 'forged'
    }
    this.#latest.set(publisher, read)
    return 'new'
  }
}

/** Which record of which publisher. */
export function markOf(read: ReadRecord): string {
  return `${publisherText(read)}${read.sequence}`
}
