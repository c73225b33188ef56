/** Words that are looked for in texts: case and accents make no other. Pure. */
import { searchable } from '../../../base/searchable.ts'

/** Each of them, also within others. @param words as `searchedWords` tells them */
export function hasWords(text: string, words: readonly string[]): boolean {
  const found = searchable(text)
  return words.every((word) => found.includes(word))
}
