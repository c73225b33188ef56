/** Paths of the tree as people type them. */
import { posix } from 'node:path'

import { AnilloError } from '../../../base/errors.ts'
import { quoted } from '../../quoted.ts'

export interface RingPath {
  /** From the root, without a slash at its end. */
  readonly path: string
  /** It was typed with one: a folder is meant. */
  readonly isFolder: boolean
}

/** With or without a slash at its begin: there is no other place to begin from than the root. */
export function ringPath(typed: string): RingPath {
  const path = posix.normalize(`/${typed}`)
  const isFolder = path.endsWith('/')
  return { path: isFolder && path !== '/' ? path.slice(0, -1) : path, isFolder }
}

export function within(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`
}

export function nameOf(path: string): string {
  return posix.basename(path)
}

export function noVersion(path: string, number: number): AnilloError {
  return new AnilloError('NOT_FOUND', { what: `version ${number} of ${quoted(path)}` })
}

/** @throws AnilloError USAGE */
export function requireRecursive(path: string, recursive: true | undefined): void {
  if (recursive === true) return
  const problem = `${quoted(path)} is a folder: --recursive means it with all that is in it.`
  throw new AnilloError('USAGE', { problem })
}

/** The last of the words is where to; a single one is where from, where that has a default. */
export function withTarget(
  words: readonly string[],
  byDefault: string | undefined,
): { readonly sources: readonly string[]; readonly target: string } {
  const target = words.length === 1 ? byDefault : words.at(-1)
  if (target === undefined) {
    throw new AnilloError('USAGE', { problem: 'Name what is meant, and last the place for it.' })
  }
  return { sources: words.length === 1 ? words : words.slice(0, -1), target }
}
