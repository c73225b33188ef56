/**
 * What people choose for their account: bounds, and when two nicks are one. Pure, for pages too.
 */

/** Code points of the folded nick. */
export const NICK_CHARS_MAX = 30
export const NAME_CHARS_MAX = 60
export const PASSWORD_CHARS_MIN = 8
export const PASSWORD_CHARS_MAX = 200

/** Of a key whose maker says nothing: who forgets it has no open door for ever. */
export const KEY_DAYS_DEFAULT = 30

const NICK = /^[a-z0-9_]{1,30}$/
/** Beside letters and digits what stands between words; none begins so. */
const GROUP = /^[a-z0-9][a-z0-9_-]{0,29}$/

/**
 * The form under which a nick is one: compatibility forms and case make no other nick (NFKC, lower
 * case), and letters that only look alike are refused. `undefined`: it is no nick.
 */
export function foldNick(text: string): string | undefined {
  return folded(text, NICK)
}

/** The same of the name of a group. */
export function foldGroup(text: string): string | undefined {
  return folded(text, GROUP)
}

function folded(text: string, form: RegExp): string | undefined {
  if (text.length > 4 * NICK_CHARS_MAX) return undefined
  const one = text.normalize('NFKC').toLowerCase()
  return form.test(one) ? one : undefined
}

/** Names in one answer about groups and people. */
export const NAMED_LIST_MAX = 50
