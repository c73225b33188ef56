/** What worker threads do for versions. Loads parsers: for a table of tasks alone. */
import type { TaskTable } from '../../../effects/workers.ts'
import { decodedText, textOf } from '../extract/text-of.ts'
import { DIFF_TASK, type DiffQuestion, type DiffSide } from './diff-task.ts'
import { diffLines, type LineDiff } from './line-diff.ts'

export const versionTasks: TaskTable = {
  [DIFF_TASK]: (input) => diff(input as DiffQuestion),
}

function diff({ from, of, to }: DiffQuestion): LineDiff {
  const linesOf = of === 'text' ? readable : source
  return diffLines(linesOf(from), linesOf(to))
}

function readable({ bytes, page }: DiffSide): readonly string[] {
  return textOf(page, bytes).lines
}

function source({ bytes, page }: DiffSide): readonly string[] {
  const lines = decodedText(page, bytes).split(/\r?\n/)
  // What ends with a line's end has no line after it.
  if (lines.at(-1) === '') lines.pop()
  return lines
}
