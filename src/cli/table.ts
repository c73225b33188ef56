/** Columns of text, and quantities as people read them. */
import { stripVTControlCharacters } from 'node:util'

export interface Column<R> {
  readonly title: string
  readonly text: (row: R) => string
  /** Numbers stand at the right. */
  readonly right?: true
}

/** Lines without trailing blanks, the titles first. Colours do not count as width. */
export function tableLines<R>(
  columns: readonly Column<R>[],
  rows: readonly R[],
): readonly string[] {
  const cells = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ text }) => text(row))),
  ]
  const widths = columns.map((_, at) => Math.max(...cells.map((line) => widthOf(line[at] ?? ''))))
  return cells.map((line) =>
    line
      .map((cell, at) => {
        const blanks = ' '.repeat((widths[at] ?? 0) - widthOf(cell))
        return columns[at]?.right ? blanks + cell : cell + blanks
      })
      .join('  ')
      .trimEnd(),
  )
}

function widthOf(text: string): number {
  return stripVTControlCharacters(text).length
}

/** `1 hop`, `2 hops`. */
export function countText(count: number, thing: string): string {
  return count === 1 ? `1 ${thing}` : `${count} ${thing}s`
}

/** `340 ms`, `2.5 s`, `3 min`, `5 h`, `2 days`. */
export function durationText(durationMs: number): string {
  const seconds = durationMs / 1_000
  if (seconds < 1) return `${Math.round(durationMs)} ms`
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 120) return `${Math.round(seconds)} s`
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`
  return `${Math.round(seconds / 86_400)} days`
}

/** `1 s`, `8 s`, `45 s`, `3 min`: what is but guessed is told in whole seconds, one at least. */
export function estimateText(durationMs: number): string {
  const seconds = Math.max(1, Math.ceil(durationMs / 1_000))
  return seconds < 10 ? `${seconds} s` : durationText(seconds * 1_000)
}

/** `2026-11-21 19:05` of an ISO 8601 instant: UTC, to the minute. */
export function dateText(instant: string): string {
  return instant.slice(0, 'YYYY-MM-DDTHH:MM'.length).replace('T', ' ')
}
