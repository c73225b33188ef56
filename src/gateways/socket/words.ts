/**
 * A line as words, as shells cut them: blanks between; '…' as it is, "…" with \" and \\, \ before
 * any other character for that one.
 */

/** `undefined` for a quote that is not closed, or a \ at the end. */
export function wordsOf(line: string): readonly string[] | undefined {
  const words: string[] = []
  let word: string | undefined
  let quote: string | undefined
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at)
    if (quote === "'") {
      if (character === quote) quote = undefined
      else word = `${word ?? ''}${character}`
    } else if (character === '\\') {
      const next = line.charAt(++at)
      if (next === '') return undefined
      const isEscape = quote === undefined || next === '"' || next === '\\'
      word = `${word ?? ''}${isEscape ? '' : character}${next}`
    } else if (character === quote) quote = undefined
    else if (quote === undefined && (character === '"' || character === "'")) {
      quote = character
      word ??= ''
    } else if (quote === undefined && isBlank(character)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = `${word ?? ''}${character}`
  }
  if (quote !== undefined) return undefined
  return word === undefined ? words : [...words, word]
}

function isBlank(character: string): boolean {
  return character === ' ' || character === '\t' || character === '\r'
}

/** A word so that it comes out of `wordsOf` as it went in. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
