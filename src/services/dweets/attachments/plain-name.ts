/** Names of attachments: shown, and given to whoever saves one. Pure. */
import { ATTACHED_NAME_CHARS_MAX } from '../../../wire/dweet-limits.ts'

/** What leads elsewhere, steers a terminal, or turns the direction of text. */
const UNFIT = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu

/** The last part of a path, whichever way it was written; `file` where nothing is left. */
export function plainName(given: string): string {
  const last = given.normalize('NFC').split(/[/\\]/).at(-1) ?? ''
  const name = last.replaceAll(UNFIT, '').trim()
  const chars = Array.from(name)
  const short = chars.length > ATTACHED_NAME_CHARS_MAX ? shortened(chars) : name
  return /^\.*$/.test(short) ? 'file' : short
}

/** Keeps what tells its kind. */
function shortened(chars: readonly string[]): string {
  const extension = /\.[A-Za-z0-9]{1,10}$/.exec(chars.join(''))?.[0] ?? ''
  return chars.slice(0, ATTACHED_NAME_CHARS_MAX - extension.length).join('') + extension
}
