/**
 * The words of a part of the page that come with it, and not with the first view: one language at a
 * time, as in `load.ts`.
 */
import type { Language } from './texts.ts'

export class LaterTexts<T> {
  readonly #loaded = new Map<Language, T>()
  readonly #load: (language: Language) => Promise<T>

  constructor(load: (language: Language) => Promise<T>) {
    this.#load = load
  }

  /** `undefined`: they are not there yet. */
  get(language: Language): T | undefined {
    return this.#loaded.get(language)
  }

  /** A file that cannot be had, as after an upgrade of the member, rejects. */
  async load(language: Language): Promise<T> {
    const texts = await this.#load(language)
    this.#loaded.set(language, texts)
    return texts
  }
}
