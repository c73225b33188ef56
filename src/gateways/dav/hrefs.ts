/** Addresses of the tree below `/dav/`. Pure. */
import { AnilloError } from '../../base/errors.ts'
import { addressOf, pathIn, type AskedPath } from '../../wire/file-address.ts'

export const DAV_ROOT = '/dav'
/** The empty one before the first slash, and `dav`. */
const DOOR_SEGMENTS = 2

/** @throws AnilloError NAME_INVALID, BAD_REQUEST */
export function davPath(url: string): AskedPath {
  return pathIn(url, DOOR_SEGMENTS)
}

/** As the elements `href` of answers have it: from the root of the door, a folder with a slash. */
export function hrefOf(path: string, isFolder: boolean): string {
  const address = path === '/' ? '' : addressOf(path)
  return `${DAV_ROOT}${address}${isFolder ? '/' : ''}`
}

interface Door {
  /** The `Host` of the request. */
  readonly host: string | undefined
  readonly isSecure: boolean
}

const ABSOLUTE = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/i

/**
 * Where in the tree a URL of a header lies; `undefined`: elsewhere.
 * @throws AnilloError NAME_INVALID, BAD_REQUEST
 */
export function treePathIn(text: string, { host, isSecure }: Door): string | undefined {
  const found = ABSOLUTE.exec(text)
  if (found === null && !text.startsWith('/')) {
    throw new AnilloError('BAD_REQUEST', { problem: `“${shown(text)}” is no address` })
  }
  const [, scheme = '', authority = '', rest = '/'] = found ?? []
  const address = found === null ? text : rest
  if (found !== null) {
    // Behind a proxy that ends TLS the client speaks of https where the door does not.
    const isHttp = /^https?$/i.test(scheme)
    if (!isHttp || !sameHost(authority, host, isSecure)) return undefined
  }
  if (address !== DAV_ROOT && !address.startsWith(`${DAV_ROOT}/`)) return undefined
  if (/[?#]/.test(address)) {
    throw new AnilloError('BAD_REQUEST', { problem: 'an address in a header has no “?” or “#”' })
  }
  return davPath(address).path
}

function sameHost(authority: string, host: string | undefined, isSecure: boolean): boolean {
  const port = isSecure ? ':443' : ':80'
  const bare = (text: string): string => {
    const lower = text.toLowerCase()
    return lower.endsWith(port) ? lower.slice(0, -port.length) : lower
  }
  return host !== undefined && bare(authority) === bare(host)
}

const SHOWN_CHARS = 100

function shown(text: string): string {
  return text.slice(0, SHOWN_CHARS)
}

/** The folder that it is an entry of; `undefined` of the root. */
export function parentOf(path: string): string | undefined {
  if (path === '/') return undefined
  return path.slice(0, path.lastIndexOf('/')) || '/'
}
