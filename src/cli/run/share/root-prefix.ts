/**
 * Roots as people type them, and the first digits of one, or of an id, in the place of all. Pure.
 */
import { AnilloError } from '../../../base/errors.ts'

/** Fewer digits may stand for several, and are names as well. */
const PREFIX = /^[0-9a-f]{8,63}$/

/** In the place of a name. */
export function isRoot(text: string): boolean {
  return /^[0-9a-f]{64}$/i.test(text)
}

export function isRootPrefix(text: string): boolean {
  return PREFIX.test(text)
}

/** `undefined`: none. @throws AnilloError USAGE where there are several */
export function onlyOne(typed: string, found: readonly string[]): string | undefined {
  const [first, ...others] = new Set(found)
  if (others.length === 0) return first
  throw new AnilloError('USAGE', { problem: `several begin with ${typed}: give more digits` })
}
