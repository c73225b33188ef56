/**
 * What others wrote, as it can be printed: nothing in it steers a terminal, hides, or turns the
 * direction of what stands around it. Where something was taken, a sign stands in its place.
 */

const BREAKS = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/gu
/** Controls, and what turns the direction of letters (Unicode UAX 9) or has no width at all. */
const HARMFUL = /[\p{Cc}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/gu
const CONTROL_PICTURES = 0x2400
const DELETE = '\u007f'

/** Keeps the breaks between lines, as `\n`. */
export function harmless(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(BREAKS, '\n')
    .replaceAll('\t', ' ')
    .replaceAll(HARMFUL, (found) => (found === '\n' ? found : signOf(found)))
}

/** On one line: names, and what is told in passing. */
export function harmlessLine(text: string): string {
  return harmless(text).replaceAll(/\s+/gu, ' ').trim()
}

/** `␛` for an escape. */
function signOf(character: string): string {
  if (character === DELETE) return '\u2421'
  const code = character.codePointAt(0) ?? 0
  return code < 0x20 ? String.fromCodePoint(CONTROL_PICTURES + code) : '\ufffd'
}
