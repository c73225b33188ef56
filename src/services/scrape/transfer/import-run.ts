/** The pages of one import that are being kept. */
import { asAnilloError, type AnilloError } from '../../../base/errors.ts'
import type { ImportCounts } from './import-counts.ts'
import { IMPORT_KEEPS_AT_ONCE } from './limits.ts'
import type { CapturedPage, PageKeeper } from './page-keeper.ts'

/** Keeps several at once, those of one page one after the other. */
export class ImportRun {
  readonly counts: ImportCounts
  readonly #keeper: PageKeeper
  readonly #signal: AbortSignal
  readonly #running = new Map<string, Promise<void>>()
  #failure: AnilloError | undefined

  constructor(counts: ImportCounts, keeper: PageKeeper, signal: AbortSignal) {
    this.counts = counts
    this.#keeper = keeper
    this.#signal = signal
  }

  /** Waits for room. @throws what the keeping of another page threw */
  async add(captured: CapturedPage | undefined): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure
    if (captured === undefined) return
    const { id } = captured.page
    await this.until(id)
    while (this.#running.size >= IMPORT_KEEPS_AT_ONCE) await Promise.race(this.#running.values())
    const keeping = this.#keep(captured).finally(() => this.#running.delete(id))
    this.#running.set(id, keeping)
  }

  /** Settles once what was added of the page is kept. */
  async until(id: string): Promise<void> {
    await this.#running.get(id)
  }

  /** @throws what the keeping of a page threw */
  async settled(): Promise<void> {
    await Promise.all(this.#running.values())
    if (this.#failure !== undefined) throw this.#failure
  }

  async #keep(captured: CapturedPage): Promise<void> {
    try {
      this.counts.note(await this.#keeper.keep(captured, this.#signal))
    } catch (thrown) {
      this.#failure ??= asAnilloError(thrown)
    }
  }
}
