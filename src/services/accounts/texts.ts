/** What people choose for themselves, checked: nick, name, password. */
import { AnilloError } from '../../base/errors.ts'
import {
  foldGroup,
  foldNick,
  NAME_CHARS_MAX,
  NICK_CHARS_MAX,
  PASSWORD_CHARS_MAX,
  PASSWORD_CHARS_MIN,
} from '../../wire/account-texts.ts'
import { CLIENT_CHARS_MAX } from './limits.ts'

/** Controls, line ends, what turns the direction of text, and what is seen by nobody. */
const UNFIT = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u

/** Letters and the like: beside spaces, accents and what is drawn as nothing. */
const SEEN = /[^\p{Z}\p{M}\p{Default_Ignorable_Code_Point}]/u

/** @throws AnilloError NICK_UNFIT */
export function requireNick(text: string): string {
  const nick = foldNick(text)
  if (nick !== undefined) return nick
  throw new AnilloError('NICK_UNFIT', { max: NICK_CHARS_MAX })
}

/** @throws AnilloError GROUP_UNFIT */
export function requireGroup(text: string): string {
  const name = foldGroup(text)
  if (name !== undefined) return name
  throw new AnilloError('GROUP_UNFIT', { max: NICK_CHARS_MAX })
}

/** @throws AnilloError NAME_UNFIT */
export function requireName(text: string): string {
  const name = text.normalize('NFC').trim()
  const { length } = Array.from(name)
  if (length <= NAME_CHARS_MAX && SEEN.test(name) && !UNFIT.test(name)) return name
  throw new AnilloError('NAME_UNFIT', { max: NAME_CHARS_MAX })
}

/**
 * As it is hashed: in the composed form, since keyboards differ (RFC 8265, 4.2).
 * @throws AnilloError PASSWORD_UNFIT
 */
export function requirePassword(text: string, nick: string): string {
  const password = foldPassword(text)
  const { length } = Array.from(password)
  const isLong = length >= PASSWORD_CHARS_MIN && length <= PASSWORD_CHARS_MAX
  if (isLong && password.isWellFormed() && foldNick(password) !== nick) return password
  throw new AnilloError('PASSWORD_UNFIT', { min: PASSWORD_CHARS_MIN, max: PASSWORD_CHARS_MAX })
}

export function foldPassword(text: string): string {
  return text.normalize('NFC')
}

/** What a session is listed as: in the log of one person it must not look like another’s line. */
export function clientText(text: string): string {
  const plain = text.toWellFormed().replaceAll(new RegExp(UNFIT, 'gu'), ' ')
  return Array.from(plain).slice(0, CLIENT_CHARS_MAX).join('').trim()
}
