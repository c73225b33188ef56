/** Names of shares: any text that can be the name of a file anywhere. Pure. */
import { utf8 } from '../../../base/bytes.ts'
import { AnilloError } from '../../../base/errors.ts'
import { NAME_BYTES_MAX } from '../outside.ts'

/** As it is kept: in NFC. @throws AnilloError SHARE_NAME_UNFIT */
export function requireShareName(given: string): string {
  const name = given.normalize('NFC')
  const problem = problemOf(name)
  if (problem !== undefined) throw new AnilloError('SHARE_NAME_UNFIT', { name: given, problem })
  return name
}

/** Under the root of a content the ring tells where that is: no file is called so. */
export function isRoot(text: string): boolean {
  return /^[0-9a-f]{64}$/i.test(text)
}

/** The first that is fit, as others call what they have. */
export function shareNameOr(given: readonly string[], otherwise: string): string {
  const names = given.map((name) => name.normalize('NFC'))
  return names.find((name) => problemOf(name) === undefined && !isRoot(name)) ?? otherwise
}

function problemOf(name: string): string | undefined {
  if (name.trim() === '') return 'it is empty'
  if (!name.isWellFormed()) return 'it is no text'
  if (/[/\\]/.test(name)) return 'it has a slash'
  if (/^\.{1,2}$/.test(name)) return 'it leads elsewhere'
  if (/[\p{Cc}\u2028\u2029]/u.test(name)) return 'it has a control character'
  if (/[\u202a-\u202e\u2066-\u2069]/.test(name)) return 'it turns the direction of text'
  if (utf8(name).length > NAME_BYTES_MAX) return `it is longer than ${NAME_BYTES_MAX} bytes`
  return undefined
}
