/** Texts as they are compared by whoever looks for words in them. Pure. */

// oxlint-disable-next-line no-control-regex
const ASCII = /^[\u0000-\u007f]*$/

/** Case, accents and compatible forms (NFKD) make no other text. */
export function searchable(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase()
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
}

/** Each once, in the order in which they came. */
export function searchedWords(text: string): readonly string[] {
  return [...new Set(searchable(text).split(/\s+/u).filter(Boolean))]
}
