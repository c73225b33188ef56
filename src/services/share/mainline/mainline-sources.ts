/** Where the ring that made a magnet link says in Mainline that the content is, for a download. */
import { MAINLINE_ASKED_AGAIN_MS } from '../limits.ts'
import type { FoundSource } from '../lookups.ts'
import type { ShareParts } from '../parts.ts'
import type { MainlineAsk } from './mainline.ts'

export class MainlineSources {
  readonly #parts: Pick<ShareParts, 'effects' | 'mainline'>
  readonly #signal: AbortSignal
  #asked: { readonly atMs: number; readonly done: Promise<void> } | undefined
  #found: readonly FoundSource[] = []

  constructor(parts: Pick<ShareParts, 'effects' | 'mainline'>, signal: AbortSignal) {
    this.#parts = parts
    this.#signal = signal
  }

  /** What is known by now. @param waits for the answer, where there is nobody else to ask */
  async of(ask: MainlineAsk | undefined, waits: boolean): Promise<readonly FoundSource[]> {
    const { effects, mainline } = this.#parts
    if (ask === undefined || mainline === undefined) return []
    const nowMs = effects.clock.nowMs()
    if (this.#asked === undefined || nowMs - this.#asked.atMs >= MAINLINE_ASKED_AGAIN_MS) {
      this.#asked = { atMs: nowMs, done: this.#ask(ask) }
    }
    if (waits) await this.#asked.done
    return this.#found
  }

  /** Never rejects. What was found before stays: a look-up may find nobody. */
  async #ask(ask: MainlineAsk): Promise<void> {
    const { effects, mainline } = this.#parts
    try {
      const urls = (await mainline?.find(ask, this.#signal)) ?? []
      if (urls.length === 0) return
      const { publisher } = ask
      this.#found = urls.map((url) => ({ url, publisher, expiresMs: undefined }))
    } catch (thrown) {
      effects.log.error('Mainline was not asked', { error: thrown })
    }
  }
}
