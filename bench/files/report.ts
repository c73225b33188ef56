/** What was measured, as one table: ours beside others', the ratio, and the goal of each row. */
import { table } from '../table.ts'

export const OURS = 'anillo'

/** What a row ought to come to. */
export type Goal =
  | { readonly kind: 'ratio'; readonly of: string; readonly atLeast: number }
  | { readonly kind: 'atLeast'; readonly value: number }
  | { readonly kind: 'atMost'; readonly value: number }

export interface Question {
  readonly what: string
  readonly unit: string
  readonly goal?: Goal | undefined
  readonly digits?: number
}

interface Row {
  readonly question: Question
  readonly samples: Map<string, number[]>
}

const NOTHING = '-'

export class Report {
  readonly #rows = new Map<string, Row>()
  readonly #failures: string[] = []

  sample(question: Question, server: string, value: number): void {
    const { samples } = this.#row(question)
    samples.set(server, [...(samples.get(server) ?? []), value])
  }

  /** The row is shown, and below the table why it is empty. */
  failed(question: Question, server: string, thrown: unknown): void {
    this.#row(question)
    this.note(`${question.what}, ${server}: ${problemOf(thrown)}`)
  }

  note(text: string): void {
    if (!this.#failures.includes(text)) this.#failures.push(text)
  }

  /** @param peers whose columns are shown even where they are empty */
  lines(peers: readonly string[]): readonly string[] {
    const heads = ['', 'unit', OURS, ...peers, 'ratio', 'goal', 'reached']
    const rows = Array.from(this.#rows.values(), (row) => cellsOf(row, peers))
    const below =
      this.#failures.length === 0 ? [] : ['', ...this.#failures.map((one) => `- ${one}`)]
    return [...table(heads, rows), ...below]
  }

  #row(question: Question): Row {
    const known = this.#rows.get(question.what)
    if (known !== undefined) return known
    const row: Row = { question, samples: new Map() }
    this.#rows.set(question.what, row)
    return row
  }
}

function cellsOf({ question, samples }: Row, peers: readonly string[]): readonly string[] {
  const { digits = 0, goal, unit, what } = question
  const value = (name: string): number | undefined => median(samples.get(name) ?? [])
  const ours = value(OURS)
  const told = [OURS, ...peers].map((name) => shown(value(name), digits))
  const of = goal?.kind === 'ratio' ? goal.of : peers.find((name) => samples.has(name))
  const ratio = of === undefined ? undefined : ratioOf(ours, value(of))
  return [
    what,
    unit,
    ...told,
    ratio === undefined ? NOTHING : `${ratio.toFixed(2)}x`,
    goalText(goal, digits),
    reached(goal, { ours, ratio }),
  ]
}

function shown(value: number | undefined, digits: number): string {
  if (value === undefined) return NOTHING
  return value.toLocaleString('en', {
    maximumFractionDigits: digits,
    minimumFractionDigits: digits,
  })
}

function goalText(goal: Goal | undefined, digits: number): string {
  switch (goal?.kind) {
    case undefined:
      return ''
    case 'ratio':
      return `>= ${goal.atLeast}x ${goal.of}`
    case 'atLeast':
      return `>= ${shown(goal.value, digits)}`
    case 'atMost':
      return `<= ${shown(goal.value, digits)}`
  }
}

function reached(
  goal: Goal | undefined,
  { ours, ratio }: { readonly ours: number | undefined; readonly ratio: number | undefined },
): string {
  if (goal === undefined) return ''
  const value = goal.kind === 'ratio' ? ratio : ours
  if (value === undefined) return '?'
  const isReached =
    goal.kind === 'ratio'
      ? value >= goal.atLeast
      : goal.kind === 'atLeast'
        ? value >= goal.value
        : value <= goal.value
  return isReached ? 'yes' : '**no**'
}

export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low, high] = [sorted[sorted.length % 2 === 1 ? middle : middle - 1], sorted[middle]]
  return low === undefined || high === undefined ? undefined : (low + high) / 2
}

function ratioOf(ours: number | undefined, theirs: number | undefined): number | undefined {
  return ours === undefined || theirs === undefined || theirs === 0 ? undefined : ours / theirs
}

const PROBLEM_CHARS = 240

function problemOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown)
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, PROBLEM_CHARS)
}
