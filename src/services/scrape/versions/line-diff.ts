/**
 * What differs between two texts: line by line, and word by word where a line took the place of
 * another (Myers 1986, by jsdiff). Pure; the time is bounded by the number of edits.
 */
import { diffArrays, diffWordsWithSpace } from 'diff'

import type { DiffHunk, DiffLine } from '../../../wire/api-pages.ts'
import {
  DIFF_CHARS_MAX,
  DIFF_CONTEXT_LINES,
  DIFF_EDITS_MAX,
  DIFF_WORD_EDITS_MAX,
  DIFF_WORDS_CHARS_MAX,
} from './diff-bounds.ts'

export type LineDiff =
  | {
      readonly kind: 'hunks'
      readonly hunks: readonly DiffHunk[]
      readonly added: number
      readonly removed: number
    }
  /** They have too little in common. */
  | { readonly kind: 'tooLarge'; readonly what: string; readonly limit: string }

export function diffLines(from: readonly string[], to: readonly string[]): LineDiff {
  const runs = diffArrays([...from], [...to], { maxEditLength: DIFF_EDITS_MAX })
  // Its types know of no bound that was reached.
  const changes = runs as readonly Run[] | undefined
  if (changes === undefined) {
    return { kind: 'tooLarge', what: 'What changed', limit: `${DIFF_EDITS_MAX} lines` }
  }
  const lines = numbered(changes)
  const hunks = hunksOf(lines)
  const told = hunks.flatMap((hunk) => hunk.lines)
  const chars = told.reduce(
    (sum, { parts }) => sum + parts.reduce((n, { text }) => n + text.length, 0),
    0,
  )
  if (chars > DIFF_CHARS_MAX) {
    return { kind: 'tooLarge', what: 'What changed', limit: `${DIFF_CHARS_MAX} characters` }
  }
  const count = (kind: DiffLine['kind']): number => told.filter((line) => line.kind === kind).length
  return { kind: 'hunks', hunks, added: count('added'), removed: count('removed') }
}

interface Run {
  readonly value: readonly string[]
  readonly added?: boolean
  readonly removed?: boolean
}

interface Numbered {
  readonly line: DiffLine
  /** The next line of either text, from 1. */
  readonly from: number
  readonly to: number
}

function numbered(runs: readonly Run[]): readonly Numbered[] {
  const all: Numbered[] = []
  let [from, to] = [1, 1]
  const put = (line: DiffLine): void => {
    all.push({ line, from, to })
    if (line.kind !== 'added') from++
    if (line.kind !== 'removed') to++
  }
  for (let at = 0; at < runs.length; at++) {
    const [run, next] = [runs[at], runs[at + 1]]
    if (run === undefined) break
    if (run.removed === true && next?.added === true) {
      for (const line of replaced(run.value, next.value)) put(line)
      at++
    } else for (const text of run.value) put({ kind: kindOf(run), parts: [{ text }] })
  }
  return all
}

function kindOf({ added, removed }: Run): DiffLine['kind'] {
  if (added === true) return 'added'
  return removed === true ? 'removed' : 'same'
}

/** Lines that took the place of others: one for one as far as there are both. */
function replaced(old: readonly string[], young: readonly string[]): readonly DiffLine[] {
  const removed: DiffLine[] = []
  const added: DiffLine[] = []
  for (let i = 0; i < Math.max(old.length, young.length); i++) {
    const [before, after] = [old[i], young[i]]
    const words = before === undefined || after === undefined ? undefined : wordsOf(before, after)
    if (before !== undefined)
      removed.push({ kind: 'removed', parts: words?.before ?? [{ text: before }] })
    if (after !== undefined) added.push({ kind: 'added', parts: words?.after ?? [{ text: after }] })
  }
  return [...removed, ...added]
}

interface Words {
  readonly before: DiffLine['parts']
  readonly after: DiffLine['parts']
}

/** `undefined`: it is another line, and no word of it is marked. */
function wordsOf(before: string, after: string): Words | undefined {
  if (Math.max(before.length, after.length) > DIFF_WORDS_CHARS_MAX) return undefined
  const options = { maxEditLength: DIFF_WORD_EDITS_MAX }
  const runs = diffWordsWithSpace(before, after, options) as readonly WordRun[] | undefined
  if (runs === undefined) return undefined
  const same = runs.filter(({ added, removed }) => added !== true && removed !== true)
  const common = same.reduce((sum, { value }) => sum + value.trim().length, 0)
  if (common < COMMON_SHARE_MIN * Math.max(before.length, after.length)) return undefined
  const partsOf = (but: 'added' | 'removed'): DiffLine['parts'] =>
    runs
      .filter((run) => run[but] !== true)
      .map(({ added, removed, value }) =>
        added === true || removed === true ? { text: value, isChanged: true } : { text: value },
      )
  return { before: partsOf('added'), after: partsOf('removed') }
}

interface WordRun {
  readonly value: string
  readonly added?: boolean
  readonly removed?: boolean
}

/** Of a line; with less in common, marks are a riddle. */
const COMMON_SHARE_MIN = 0.2

/** Changes with the lines around them; those that touch are one. */
function hunksOf(lines: readonly Numbered[]): readonly DiffHunk[] {
  const hunks: { start: number; end: number }[] = []
  for (const [at, { line }] of lines.entries()) {
    if (line.kind === 'same') continue
    const start = Math.max(0, at - DIFF_CONTEXT_LINES)
    const end = Math.min(lines.length, at + 1 + DIFF_CONTEXT_LINES)
    const last = hunks.at(-1)
    if (last !== undefined && start <= last.end) last.end = end
    else hunks.push({ start, end })
  }
  return hunks.map(({ end, start }) => {
    const { from = 1, to = 1 } = lines[start] ?? {}
    return { from, to, lines: lines.slice(start, end).map(({ line }) => line) }
  })
}
