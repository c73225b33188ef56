/** Which paths a lock is about. Pure. */
import type { PathLock } from './types.ts'

type Locked = Pick<PathLock, 'path' | 'isDeep'>

const HOMES = 'home'

/**
 * Locks of one scope lie in one partition: of a home, or of a folder of the root. `undefined`: of
 * what is above those, which lies in none.
 */
export function scopeOf(path: string): string | undefined {
  const [first, second] = path.split('/').filter((name) => name !== '')
  if (first === undefined) return undefined
  if (first !== HOMES) return `/${first}`
  return second === undefined ? undefined : `/${first}/${second}`
}

/** As locks have it: names in NFC, no slash at its end. */
export function lockPath(path: string): string {
  return path.normalize('NFC').replace(/\/+$/, '')
}

/** `path` itself, or something below it. */
export function isAtOrBelow(path: string, other: string): boolean {
  return other === path || other.startsWith(`${path}/`)
}

/** What is at the path is locked by it. */
export function covers({ isDeep, path }: Locked, other: string): boolean {
  return isDeep ? isAtOrBelow(path, other) : path === other
}

/** The two cannot both be held. */
export function areAtOdds(
  one: Locked & Pick<PathLock, 'isShared'>,
  other: Locked & Pick<PathLock, 'isShared'>,
): boolean {
  if (one.isShared && other.isShared) return false
  return covers(one, other.path) || covers(other, one.path)
}
