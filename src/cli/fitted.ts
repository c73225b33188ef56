/**
 * Lines for the width of a terminal: what is longer goes on behind an indent, never at the first
 * column, so that no text of others passes for a line of ours.
 */
import { stripVTControlCharacters } from 'node:util'

import { widthOf, wrapped } from './console/text-width.ts'
import type { Sink } from './io.ts'

/** A terminal narrower than that breaks lines by itself. */
const COLUMNS_MIN = 24
/** Of what goes on behind a line that has none. */
const INDENT = '  '

/** As they are where nobody reads at a terminal: a program is told each line whole. */
export function fitted(sink: Sink, lines: readonly string[]): readonly string[] {
  const { columns, isTerminal } = sink
  if (!isTerminal || columns < COLUMNS_MIN) return lines
  return lines.flatMap((line) => fittedLine(line, columns))
}

/** Colours, blanks, and what is between. */
const PARTS = /\u001b\[[\d;]*m| +|[^ \u001b]+/g

function fittedLine(line: string, columns: number): readonly string[] {
  const plain = stripVTControlCharacters(line)
  if (widthOf(plain) <= columns) return [line]
  // However far it is indented, half of the line is for what it says.
  const blanks = /^ */.exec(plain)?.[0].slice(0, columns / 2) ?? ''
  const indent = blanks === '' ? INDENT : blanks
  const lines = ['']
  let width = 0
  let isStart = true
  const add = (part: string): void => {
    lines[lines.length - 1] += part
    width += widthOf(part)
  }
  for (const [part] of line.matchAll(PARTS)) {
    if (part.startsWith('\u001b')) lines[lines.length - 1] += part
    else if (part.startsWith(' ')) add(isStart ? blanks : part)
    else {
      for (const piece of wrapped(part, columns - indent.length)) {
        if (!isStart && width + widthOf(piece) > columns) {
          lines.push(indent)
          width = indent.length
        }
        add(piece)
        isStart = false
      }
    }
  }
  return lines.map((one) => one.trimEnd())
}
