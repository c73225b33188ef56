/**
 * Texts as they are kept: in the composed form (NFC), with one kind of line end. What would do
 * something else than be read is refused, so that no reader needs to fear what stands in the store.
 */
import { AnilloError } from '../../../base/errors.ts'
import {
  BIO_CHARS_MAX,
  DESCRIPTION_CHARS_MAX,
  DWEET_CHARS_MAX,
  LIST_NAME_CHARS_MAX,
  REPORT_NOTE_CHARS_MAX,
  WARNING_CHARS_MAX,
} from '../../../wire/dweet-limits.ts'
import { charsOf } from '../../../wire/dweet-text.ts'

/**
 * Controls but the line end (escapes of terminals begin with one), halves of characters, and what
 * overrides, embeds or isolates a direction: with it a text reads as another than it is. The marks
 * that texts of right-to-left scripts need (U+200E, U+200F, U+061C) turn nothing.
 */
const UNFIT = /(?!\n)[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069\ufeff]/u

/** Letters, signs, pictures: beside spaces, accents and what is drawn as nothing. */
const SEEN = /[^\p{Z}\p{M}\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/u

/**
 * @param hasMore it shows something else: then it may be empty
 * @throws AnilloError DWEET_EMPTY, DWEET_TOO_LONG, DWEET_UNFIT
 */
export function requireDweetText(given: string, hasMore = false): string {
  const text = composed(given)
  if (hasMore && text.trim() === '') return ''
  if (!SEEN.test(text)) throw new AnilloError('DWEET_EMPTY')
  const length = charsOf(text)
  if (length > DWEET_CHARS_MAX) {
    throw new AnilloError('DWEET_TOO_LONG', { limit: DWEET_CHARS_MAX, length })
  }
  const [unfit] = UNFIT.exec(text) ?? []
  if (unfit !== undefined) throw new AnilloError('DWEET_UNFIT', { character: nameOf(unfit) })
  return text
}

/** A blank one is none. @throws AnilloError WARNING_UNFIT */
export function requireWarning(given: string): string | undefined {
  const text = composed(given).trim()
  if (!SEEN.test(text) && !UNFIT.test(text)) return undefined
  const isFit = charsOf(text) <= WARNING_CHARS_MAX && !UNFIT.test(text) && !text.includes('\n')
  if (isFit) return text
  throw new AnilloError('WARNING_UNFIT', { max: WARNING_CHARS_MAX })
}

/** @throws AnilloError BIO_UNFIT */
export function requireBio(given: string): string {
  const text = composed(given).trim()
  if (charsOf(text) <= BIO_CHARS_MAX && !UNFIT.test(text)) return text
  throw new AnilloError('BIO_UNFIT', { max: BIO_CHARS_MAX })
}

/** Of a report or a decision; may be empty. @throws AnilloError NOTE_UNFIT */
export function requireNote(given: string): string {
  const text = composed(given).trim()
  if (charsOf(text) <= REPORT_NOTE_CHARS_MAX && !UNFIT.test(text)) return text
  throw new AnilloError('NOTE_UNFIT', { max: REPORT_NOTE_CHARS_MAX })
}

/** @throws AnilloError LIST_NAME_UNFIT */
export function requireListName(given: string): string {
  const text = composed(given).trim()
  const isFit = SEEN.test(text) && !UNFIT.test(text) && !text.includes('\n')
  if (isFit && charsOf(text) <= LIST_NAME_CHARS_MAX) return text
  throw new AnilloError('LIST_NAME_UNFIT', { max: LIST_NAME_CHARS_MAX })
}

/** Of an attachment; a blank one is none. @throws AnilloError DESCRIPTION_UNFIT */
export function requireDescription(given: string): string | undefined {
  const text = composed(given).trim()
  if (!SEEN.test(text) && !UNFIT.test(text)) return undefined
  if (charsOf(text) <= DESCRIPTION_CHARS_MAX && !UNFIT.test(text)) return text
  throw new AnilloError('DESCRIPTION_UNFIT', { max: DESCRIPTION_CHARS_MAX })
}

function composed(text: string): string {
  return text
    .normalize('NFC')
    .replaceAll(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replaceAll('\t', ' ')
}

const CODE_DIGITS = 4

/** As the Unicode charts write it. */
function nameOf(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return `U+${code.toString(16).toUpperCase().padStart(CODE_DIGITS, '0')}`
}
