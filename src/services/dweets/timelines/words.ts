/** Words that are looked for in texts: case and accents make no other. Pure. */

export function wordsIn(text: string): readonly string[] {
  return searchable(text).split(/\s+/u).filter(Boolean)
}

/** Each of them, also within others. */
export function hasWords(text: string, words: readonly string[]): boolean {
  const found = searchable(text)
  return words.every((word) => found.includes(word))
}

function searchable(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
}
