/**
 * Paths as people write them, from the root, and names in them. Names are compared as NFC and kept
 * as they were given. Pure.
 */
import { AnilloError } from '../../../base/errors.ts'
import { utf8Bytes } from '../../../wire/record-limits.ts'
import { NAME_BYTES_MAX, PATH_BYTES_MAX } from './limits.ts'

/** Line ends would write commands and lists of their own; NUL ends names for many programs. */
const FORBIDDEN = /[\r\n\0]/

/**
 * Names from the root on; none: the root itself. `.` and empty names are passed over, `..` goes up
 * and stays at the root. @throws AnilloError NAME_INVALID
 */
export function namesOf(path: string): readonly string[] {
  if (!path.isWellFormed()) throw invalid(path.toWellFormed(), 'it is not valid Unicode')
  if (utf8Bytes(path) > PATH_BYTES_MAX) {
    throw invalid(`${path.slice(0, SHOWN_CHARS)}…`, `a path has at most ${PATH_BYTES_MAX} bytes`)
  }
  const names: string[] = []
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue
    if (name === '..') names.pop()
    else names.push(checked(name))
  }
  return names
}

export function pathOf(names: readonly string[]): string {
  return `/${names.join('/')}`
}

/** @throws AnilloError NAME_INVALID */
function checked(name: string): string {
  if (FORBIDDEN.test(name)) {
    throw invalid(name.replaceAll(/[\r\n\0]/g, '�'), 'it has a line end or a NUL')
  }
  // Both ways of writing it must fit: one is compared, the other one kept.
  if (utf8Bytes(name) > NAME_BYTES_MAX || utf8Bytes(name.normalize('NFC')) > NAME_BYTES_MAX) {
    throw invalid(`${name.slice(0, SHOWN_CHARS)}…`, `a name has at most ${NAME_BYTES_MAX} bytes`)
  }
  return name
}

const SHOWN_CHARS = 64

function invalid(name: string, problem: string): AnilloError {
  return new AnilloError('NAME_INVALID', { name, problem })
}

/** `notes.txt` and ` (2)`: `notes (2).txt`; cut so that it is a name. */
export function withSuffix(name: string, suffix: string): string {
  const dot = name.lastIndexOf('.')
  const cut = dot > 0 && name.length - dot <= EXTENSION_CHARS_MAX ? dot : name.length
  const stem = Array.from(name.slice(0, cut))
  const rest = suffix + name.slice(cut)
  while (utf8Bytes(stem.join('')) + utf8Bytes(rest) > NAME_BYTES_MAX) stem.pop()
  return stem.join('') + rest
}

const EXTENSION_CHARS_MAX = 16
