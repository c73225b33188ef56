/** One step of the console while it is made: the state as it becomes, and the effects so far. */
import type { Publication } from '../../wire/api-dweets.ts'
import { newsOf, withRecords, type KeptRecord } from './kept.ts'
import { textsIn } from './languages.ts'
import { publicationLines, type Canvas } from './paint.ts'
import type { Request } from './requests.ts'
import { withShown } from './shown.ts'
import type { ConsoleState, Effect, Stamp, Step, Wake } from './state.ts'
import { wrapped } from './text-width.ts'
import type { Texts } from './texts.ts'

export class Turn {
  #state: ConsoleState
  readonly #effects: Effect[] = []
  readonly stamp: Stamp

  constructor(state: ConsoleState, stamp: Stamp) {
    this.#state = state
    this.stamp = stamp
  }

  get state(): ConsoleState {
    return this.#state
  }

  get texts(): Texts {
    return textsIn(this.#state.language)
  }

  get canvas(): Canvas {
    const { columns } = this.#state.screen
    return { texts: this.texts, columns, nowMs: this.stamp.nowMs }
  }

  get step(): Step {
    return [this.#state, this.#effects]
  }

  set(changed: Partial<ConsoleState>): void {
    this.#state = { ...this.#state, ...changed }
  }

  do(effect: Effect): void {
    this.#effects.push(effect)
  }

  print(lines: readonly string[]): void {
    if (lines.length > 0) this.do({ kind: 'print', lines })
  }

  say(text: string): void {
    this.print(wrapped(text, this.#state.screen.columns))
  }

  /** What was asked for is not done. */
  refuse(text: string): void {
    this.set({ refusals: this.#state.refusals + 1 })
    this.say(text)
  }

  /** The next line waits for the answer. */
  ask(request: Request): void {
    const no = this.#state.requests + 1
    this.set({ requests: no, awaited: no })
    this.do({ kind: 'request', no, request })
  }

  askAside(request: Request): void {
    this.do({ kind: 'request', no: undefined, request })
  }

  keep(
    records: readonly KeptRecord[],
    { isSafe = false }: { readonly isSafe?: boolean } = {},
  ): void {
    if (records.length === 0) return
    this.set({ kept: withRecords(this.#state.kept, records) })
    this.do({ kind: 'keep', records, isSafe })
  }

  /** What the ring told just now. */
  learn(told: Omit<Parameters<typeof newsOf>[1], 'atMs'>): void {
    this.keep(newsOf(this.#state.kept, { ...told, atMs: this.stamp.nowMs }))
  }

  wake(why: Wake, afterMs: number): void {
    this.do({ kind: 'wake', why, afterMs })
  }

  /** Each with its number. */
  show(
    publications: readonly Publication[],
    { isOpen = false }: { readonly isOpen?: boolean } = {},
  ): void {
    const shown = withShown(this.#state.shown, publications)
    this.set({ shown })
    this.print(
      publications.flatMap((publication) => {
        const number = shown.numbers.get(publication.id)
        return publicationLines(this.canvas, publication, { number, isOpen })
      }),
    )
  }
}

/** Publications that a screen holds, some lines each. */
export function pageSize({ screen: { isTerminal, rows } }: ConsoleState): number {
  if (!isTerminal) return PAGE_ITEMS_MAX
  return Math.max(PAGE_ITEMS_MIN, Math.min(PAGE_ITEMS_MAX, Math.floor(rows / ROWS_OF_ONE) - 1))
}

const PAGE_ITEMS_MIN = 3
const PAGE_ITEMS_MAX = 20
const ROWS_OF_ONE = 3
