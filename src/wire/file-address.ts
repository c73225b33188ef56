/**
 * The path in the tree that an address names. It is read from the request line itself: a router
 * that decodes it as a whole cannot tell `%2F` in a name from a slash between two.
 */
import { tryText } from '../base/bytes.ts'
import { AnilloError } from '../base/errors.ts'

export interface AskedPath {
  /** From the root, as people write it, without a slash at its end: `/shared/notes.txt`. */
  readonly path: string
  /** It ends with a slash: a folder is meant. */
  readonly isFolder: boolean
}

/** A request line may name the whole address (RFC 9112, 3.2.2). */
const ORIGIN = /^https?:\/\/[^/]*/i

/** `/v1/files/` and what is of the same form, before the path. */
const DOOR_SEGMENTS = 3

/**
 * @param doorSegments so many parts of the address come before the path, the empty first one too
 * @throws AnilloError NAME_INVALID, BAD_REQUEST
 */
export function pathIn(url: string, doorSegments = DOOR_SEGMENTS): AskedPath {
  const [address = ''] = url.replace(ORIGIN, '').split('?', 1)
  const segments = address.split('/').slice(doorSegments)
  const isFolder = segments.at(-1) === ''
  const names = (isFolder ? segments.slice(0, -1) : segments).map(nameOf)
  return { path: `/${names.join('/')}`, isFolder }
}

function nameOf(segment: string): string {
  const name = decoded(segment)
  if (name === undefined) {
    throw new AnilloError('BAD_REQUEST', { problem: 'its path is not percent-encoded UTF-8' })
  }
  const problem = problemOf(name)
  if (problem !== undefined) throw new AnilloError('NAME_INVALID', { name, problem })
  return name
}

function problemOf(name: string): string | undefined {
  if (name === '') return 'it is empty'
  if (name === '.' || name === '..') return 'it means a folder that is already known'
  if (name.includes('/')) return 'it holds a slash'
  return undefined
}

/** What is no percent sign with two hex digits is refused, as is what is no UTF-8. */
function decoded(segment: string): string | undefined {
  // What stands beyond ASCII came as bytes that nobody named an encoding of.
  // A fragment is the client's own, and never asked for (RFC 9110, 7.1).
  if (!/^[!"$-~]*$/.test(segment)) return undefined
  if (!segment.includes('%')) return segment
  const bytes = new Uint8Array(segment.length)
  let length = 0
  for (let at = 0; at < segment.length; at++) {
    if (segment[at] !== '%') {
      bytes[length++] = segment.charCodeAt(at)
      continue
    }
    const digits = segment.slice(at + 1, at + 3)
    if (!/^[0-9a-f]{2}$/i.test(digits)) return undefined
    bytes[length++] = Number.parseInt(digits, 16)
    at += 2
  }
  return tryText(bytes.subarray(0, length))
}

/** The other way round: what stands behind `/v1/files` for a path. */
export function addressOf(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}
