/**
 * How well the name of an entry answers words that somebody looks for. Case and accents make no
 * other; a word may stand within another. Pure.
 */
import { AnilloError } from '../../../base/errors.ts'
import { searchable, searchedWords } from '../../../base/searchable.ts'
import { FOUND_WORDS_MAX } from './limits.ts'

export interface NameQuery {
  readonly words: readonly string[]
  /** All of them as they were typed, one blank between two. */
  readonly whole: string
}

/** @throws AnilloError BAD_REQUEST */
export function readNameQuery(text: string): NameQuery {
  const words = searchedWords(text)
  if (words.length === 0) throw new AnilloError('BAD_REQUEST', { problem: 'q has no words' })
  if (words.length > FOUND_WORDS_MAX) {
    const problem = `the query has more than ${FOUND_WORDS_MAX} words`
    throw new AnilloError('BAD_REQUEST', { problem })
  }
  return { words, whole: searchable(text).trim().replaceAll(/\s+/gu, ' ') }
}

/** The greater, the better. */
const RANK = { inWay: 0, inName: 1, atWords: 2, atBeginning: 3, isName: 4 } as const
export type NameRank = (typeof RANK)[keyof typeof RANK]

/**
 * Each word must be in the name, or, where one is in the name, in those of the folders above.
 * @param above names of the folders above, `searchable`, as a path
 * @returns `undefined`: it is no answer
 */
export function rankOf({ whole, words }: NameQuery, name: string, above: string) {
  const found = searchable(name)
  const inName = words.filter((word) => found.includes(word))
  if (inName.length === 0) return undefined
  if (inName.length < words.length) {
    const isFound = words.every((word) => found.includes(word) || above.includes(word))
    return isFound ? RANK.inWay : undefined
  }
  const stem = found.replace(/\.[^.]*$/, '')
  if (found === whole || stem === whole) return RANK.isName
  if (found.startsWith(whole)) return RANK.atBeginning
  return words.every((word) => beginsIn(found, word)) ? RANK.atWords : RANK.inName
}

function beginsIn(name: string, word: string): boolean {
  for (let at = name.indexOf(word); at >= 0; at = name.indexOf(word, at + 1)) {
    const before = name.slice(0, at).at(-1)
    if (before === undefined || !/[\p{L}\p{N}]/u.test(before)) return true
  }
  return false
}

export interface Ranked {
  readonly rank: number
  readonly modifiedMs: number
  readonly id: string
}

/** The better, then the newer one first; and then in one order at all members. */
export function byRank(a: Ranked, b: Ranked): number {
  return b.rank - a.rank || b.modifiedMs - a.modifiedMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

/** Where a list goes on: behind this one. */
export function foundCursor({ id, modifiedMs, rank }: Ranked): string {
  return `${rank}.${modifiedMs}.${id}`
}

/** @throws AnilloError BAD_REQUEST */
export function readFoundCursor(text: string): Ranked {
  const [, rank, modifiedMs, id] = /^(\d)\.(\d{1,16})\.([0-9a-f]{32})$/.exec(text) ?? []
  if (rank === undefined || modifiedMs === undefined || id === undefined) {
    throw new AnilloError('BAD_REQUEST', { problem: 'the cursor is none' })
  }
  return { rank: Number(rank), modifiedMs: Number(modifiedMs), id }
}
