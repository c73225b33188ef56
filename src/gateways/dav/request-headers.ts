/** Headers that WebDAV brings (RFC 4918, 10). Pure. */
import { AnilloError } from '../../base/errors.ts'
import { SECOND_MS } from '../../base/limits.ts'
import { LOCK_MS_DEFAULT, LOCK_MS_MAX } from '../../services/files/locks/limits.ts'

export type Headers = Readonly<Record<string, string | string[] | undefined>>

export type Depth = '0' | '1' | 'infinity'

/** Absent: infinity (RFC 4918, 10.2). @throws AnilloError BAD_REQUEST */
export function depthIn({ depth }: Headers): Depth {
  const text = typeof depth === 'string' ? depth.trim().toLowerCase() : 'infinity'
  if (text === '0' || text === '1' || text === 'infinity') return text
  throw bad('Depth must be 0, 1 or infinity')
}

/** Absent: what is there may be replaced. @throws AnilloError BAD_REQUEST */
export function overwriteIn({ overwrite }: Headers): boolean {
  const text = typeof overwrite === 'string' ? overwrite.trim().toUpperCase() : 'T'
  if (text === 'T' || text === 'F') return text === 'T'
  throw bad('Overwrite must be T or F')
}

/** The first that is understood; more than there may be is as much as there may be. */
export function timeoutMsIn({ timeout }: Headers): number {
  for (const each of String(timeout ?? '').split(',')) {
    const text = each.trim()
    if (/^infinite$/i.test(text)) return LOCK_MS_MAX
    const seconds = /^second-(\d{1,10})$/i.exec(text)?.[1]
    if (seconds === undefined) continue
    return Math.min(LOCK_MS_MAX, Math.max(1, Number(seconds)) * SECOND_MS)
  }
  return LOCK_MS_DEFAULT
}

/** The one token of `Lock-Token`. @throws AnilloError BAD_REQUEST */
export function lockTokenIn(headers: Headers): string {
  const text = headers['lock-token']
  const token = /^\s*<([^<>\s]+)>\s*$/.exec(String(text ?? ''))?.[1]
  if (token === undefined) throw bad('Lock-Token must be “<TOKEN>”')
  return token
}

/** When the client’s own file was changed, as ownCloud’s clients and rclone tell it: in seconds. */
export function modifiedMsIn(headers: Headers): number | undefined {
  const text = String(headers['x-oc-mtime'] ?? '')
  return /^\d{1,11}(\.\d{1,9})?$/.test(text) ? Math.floor(Number(text) * SECOND_MS) : undefined
}

/** As Finder tells it, which sends in chunks. */
export function expectedBytesIn(headers: Headers): number | undefined {
  const text = headers['content-length'] ?? headers['x-expected-entity-length']
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

function bad(problem: string): AnilloError {
  return new AnilloError('BAD_REQUEST', { problem })
}
