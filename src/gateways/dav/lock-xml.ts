/** Locks as XML: what a client asks for, and what it is told (RFC 4918, 14 and 15). Pure. */
import { AnilloError } from '../../base/errors.ts'
import { SECOND_MS } from '../../base/limits.ts'
import { LOCK_OWNER_BYTES_MAX } from '../../services/files/locks/limits.ts'
import type { PathLock } from '../../services/files/locks/types.ts'
import { utf8Bytes } from '../../wire/record-limits.ts'
import { hrefOf } from './hrefs.ts'
import { childNamed, DAV, escaped, isNamed, XML_HEAD, type Element } from './xml.ts'

const ENTRY = (scope: string): string =>
  `<D:lockentry><D:lockscope><D:${scope}/></D:lockscope>` +
  '<D:locktype><D:write/></D:locktype></D:lockentry>'

export const SUPPORTED_LOCKS = ENTRY('exclusive') + ENTRY('shared')

/** What a `LOCK` asks for. @throws AnilloError BAD_REQUEST */
export function lockInfo(root: Element): Pick<PathLock, 'isShared' | 'owner'> {
  const scope = childNamed(root, 'lockscope')
  const type = childNamed(root, 'locktype')
  const isExclusive = scope !== undefined && childNamed(scope, 'exclusive') !== undefined
  const isShared = scope !== undefined && childNamed(scope, 'shared') !== undefined
  const isWrite = type !== undefined && childNamed(type, 'write') !== undefined
  if (!isNamed(root, 'lockinfo') || isExclusive === isShared || !isWrite) {
    throw bad('a LOCK asks for an exclusive or a shared write lock')
  }
  const owner = childNamed(root, 'owner')?.source ?? ''
  if (utf8Bytes(owner) > LOCK_OWNER_BYTES_MAX) {
    throw bad(`the owner of a lock has at most ${LOCK_OWNER_BYTES_MAX} bytes`)
  }
  return { isShared, owner }
}

export function lockDiscoveryXml(locks: readonly PathLock[], nowMs: number): string {
  return locks.map((lock) => activeLock(lock, nowMs)).join('')
}

/** The body of what answers `LOCK`. */
export function lockedXml(lock: PathLock, nowMs: number): string {
  const discovery = lockDiscoveryXml([lock], nowMs)
  return `${XML_HEAD}<D:prop xmlns:D="${DAV}"><D:lockdiscovery>${discovery}</D:lockdiscovery></D:prop>\n`
}

function activeLock(lock: PathLock, nowMs: number): string {
  const { isDeep, isShared, owner, path, token, untilMs } = lock
  const seconds = Math.max(1, Math.round((untilMs - nowMs) / SECOND_MS))
  return [
    '<D:activelock>',
    `<D:lockscope><D:${isShared ? 'shared' : 'exclusive'}/></D:lockscope>`,
    '<D:locktype><D:write/></D:locktype>',
    `<D:depth>${isDeep ? 'infinity' : '0'}</D:depth>`,
    owner,
    `<D:timeout>Second-${seconds}</D:timeout>`,
    `<D:locktoken><D:href>${escaped(token)}</D:href></D:locktoken>`,
    `<D:lockroot><D:href>${escaped(hrefOf(path, false))}</D:href></D:lockroot>`,
    '</D:activelock>',
  ].join('')
}

function bad(problem: string): AnilloError {
  return new AnilloError('BAD_REQUEST', { problem })
}
