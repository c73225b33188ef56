/**
 * Ids of people, for programs that know people by decimal numbers (the Mastodon API): the nick
 * itself, read as a number of which each letter is a digit. So they need no index, two nicks never
 * share one, and whoever knows one knows the other. At most 48 digits: no 64-bit number. Pure.
 */
import { NICK_CHARS_MAX } from './account-texts.ts'

/** The first one counts 1, so that no nick begins with a zero (bijective numeration). */
const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789_'
const BASE = BigInt(LETTERS.length)
const ID = /^[1-9]\d{0,47}$/

/** @param nick folded */
export function accountIdOf(nick: string): string {
  let number = 0n
  for (const letter of nick) number = number * BASE + BigInt(LETTERS.indexOf(letter) + 1)
  return String(number)
}

/** `undefined`: nobody has such an id. */
export function nickOfAccountId(id: string): string | undefined {
  if (!ID.test(id)) return undefined
  let nick = ''
  for (let rest = BigInt(id); rest > 0n; rest = (rest - 1n) / BASE) {
    nick = (LETTERS[Number((rest - 1n) % BASE)] ?? '') + nick
  }
  return nick.length <= NICK_CHARS_MAX ? nick : undefined
}
