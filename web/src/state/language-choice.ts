/** In which language the page speaks, and how that changes. */
import type { LoadLanguage } from '../texts/load.ts'
import type { Language, LanguagePack } from '../texts/texts.ts'
import { Cell } from './cell.ts'

export class LanguageChoice {
  readonly pack: Cell<LanguagePack>
  /** Asked for and not to be had: its file is not where it was, or nobody answers. */
  readonly missing = new Cell<Language | undefined>(undefined)
  readonly #load: LoadLanguage
  #wanted: Language

  constructor(pack: LanguagePack, load: LoadLanguage) {
    this.pack = new Cell(pack)
    this.#load = load
    this.#wanted = pack.language
  }

  /** The page speaks as before until the other language is there. */
  async choose(language: Language): Promise<void> {
    this.#wanted = language
    this.missing.set(undefined)
    if (language === this.pack.get().language) return
    try {
      const pack = await this.#load(language)
      // Who chose again meanwhile wants the later one.
      if (this.#wanted === language) this.pack.set(pack)
    } catch {
      if (this.#wanted === language) this.missing.set(language)
    }
  }
}
