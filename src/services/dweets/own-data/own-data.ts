/** What people take along and bring, over the ring’s store. */
import type { ImportAnswer, ImportStep, Retention } from '../../../wire/api-own-data.ts'
import { partitionOfNick, retentionKey } from '../places.ts'
import { readRetention, type RetentionRow } from '../rows.ts'
import type { Dweeter } from '../types.ts'
import { exportOf, type ExportParts } from './exporting.ts'
import { Importing } from './importing.ts'
import { clearPublications, retain } from './retention-procedures.ts'
import type { ExportHow, OwnData } from './types.ts'

export class RingOwnData implements OwnData {
  readonly #parts: ExportParts
  readonly #importing: Importing

  constructor(parts: ExportParts) {
    this.#parts = parts
    this.#importing = new Importing(parts)
  }

  export(who: Dweeter, how: ExportHow = {}): AsyncGenerator<Uint8Array> {
    return exportOf(this.#parts, who, how)
  }

  import(who: Dweeter, step: ImportStep): Promise<ImportAnswer> {
    return this.#importing.import(who, step)
  }

  async retention({ nick }: Dweeter): Promise<Retention | undefined> {
    const record = await this.#parts.store.get(retentionKey(nick))
    return record && readRetention(record)
  }

  async retain({ nick }: Dweeter, retention: Retention | undefined): Promise<void> {
    const rule = retention && ruleOf(retention)
    const input = rule === undefined ? { nick } : { nick, rule }
    await this.#parts.store.call(partitionOfNick(nick), retain, input)
  }

  async clear({ nick }: Dweeter): Promise<void> {
    await this.#parts.store.call(partitionOfNick(nick), clearPublications, { nick })
  }
}

function ruleOf({ keepBookmarked = false, keepLiked = false, ...rest }: Retention): RetentionRow {
  return { ...rest, keepLiked, keepBookmarked }
}
