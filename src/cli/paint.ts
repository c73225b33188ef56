/** Colour for people: only on a terminal, never with NO_COLOR (https://no-color.org). */
import type { Io, Sink } from './io.ts'

const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const

export type Colour = keyof typeof CODES
export type Paint = (colour: Colour, text: string) => string

const NAME_CHARS = 10

/** `time       340 ms`: what is told, with its name before it. */
export function factText(paint: Paint, name: string, text: string): string {
  return `${paint('dim', name.padEnd(NAME_CHARS))} ${text}`
}

export function paintFor(io: Io, sink: Sink): Paint {
  const noColour = io.env['NO_COLOR']
  const wanted = sink.isTerminal && (noColour === undefined || noColour === '')
  if (!wanted || io.env['TERM'] === 'dumb') return (_colour, text) => text
  return (colour, text) => {
    const [on, off] = CODES[colour]
    return `\u001B[${on}m${text}\u001B[${off}m`
  }
}
