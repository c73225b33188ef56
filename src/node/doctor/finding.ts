/** What a doctor says: each in words for a person, with what to do about it. */

/** `notice`: it works, but somebody should know. */
export type Level = 'ok' | 'notice' | 'wrong'

export interface Finding {
  readonly level: Level
  /** A member's name, `ring`, `machine` or `data`. */
  readonly about: string
  /** What was looked at; stable, for programs: `disk.space`, `log`, ... */
  readonly check: string
  readonly text: string
  /** Of what is not well. */
  readonly advice?: string
}

/** Findings of one subject. */
export class Findings {
  readonly about: string
  readonly #all: Finding[]

  constructor(about: string, all: Finding[]) {
    this.about = about
    this.#all = all
  }

  of(about: string): Findings {
    return new Findings(about, this.#all)
  }

  ok(check: string, text: string): void {
    this.#all.push({ level: 'ok', about: this.about, check, text })
  }

  notice(check: string, text: string, advice: string): void {
    this.#all.push({ level: 'notice', about: this.about, check, text, advice })
  }

  wrong(check: string, text: string, advice: string): void {
    this.#all.push({ level: 'wrong', about: this.about, check, text, advice })
  }
}
