/**
 * Words of a text, folded so that `INFORMACION` finds `información`: compatible forms (NFKC), case
 * and the accents of European scripts are made one. Scripts that part no words are read in pairs of
 * characters, as Lucene's CJK analyser does: that needs no dictionary, so members of different
 * versions fold alike.
 */
import { WORD_CHARS_MAX } from './limits.ts'

export interface FoundWord {
  readonly word: string
  /** Where in the text, in UTF-16 units. */
  readonly start: number
  readonly end: number
}

/** In the order of the text. */
export function* wordsIn(text: string): Generator<FoundWord> {
  for (const { 0: raw, index } of text.matchAll(RUN)) {
    if (PAIRED.test(raw)) yield* pairedWords(raw, index)
    else {
      const word = folded(raw)
      if (isWord(word)) yield { word, start: index, end: index + raw.length }
    }
  }
}

/** As it stands in the index. */
export function folded(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase()
  return text
    .normalize('NFKD')
    .replaceAll(ACCENTS, '')
    .toLowerCase()
    .replaceAll(ACCENTS, '')
    .replaceAll('ß', 'ss')
    .replaceAll('ς', 'σ')
    .normalize('NFC')
}

/** Read in pairs of characters: one of them alone is the beginning of a word. */
export function isPaired(word: string): boolean {
  return PAIRED.test(word)
}

const RUN = /[\p{L}\p{N}\p{M}]+/gu
const PAIRED =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u
/** Combining diacritical marks of Latin, Greek and Cyrillic; other scripts' marks are vowels. */
const ACCENTS = /[\u0300-\u036f]/g
// oxlint-disable-next-line no-control-regex
const ASCII = /^[\u0000-\u007f]*$/

function isWord(word: string): boolean {
  return word.length > 0 && word.length <= WORD_CHARS_MAX
}

/** Stretches of such a script in pairs, what stands between them as words. */
function* pairedWords(run: string, offset: number): Generator<FoundWord> {
  let other = ''
  let otherAt = offset
  let before: { readonly character: string; readonly at: number } | undefined
  let isAlone = false
  let at = offset
  for (const character of run) {
    const isPair = PAIRED.test(character)
    if (isPair && other !== '') {
      yield* wordsOfOther(other, otherAt)
      other = ''
    }
    if (!isPair) {
      if (isAlone && before !== undefined) yield single(before.character, before.at)
      if (other === '') otherAt = at
      other += character
      before = undefined
      isAlone = false
    } else if (before === undefined) isAlone = true
    else {
      const word = folded(before.character + character)
      if (isWord(word)) yield { word, start: before.at, end: at + character.length }
      isAlone = false
    }
    if (isPair) before = { character, at }
    at += character.length
  }
  if (isAlone && before !== undefined) yield single(before.character, before.at)
  if (other !== '') yield* wordsOfOther(other, otherAt)
}

function single(character: string, at: number): FoundWord {
  return { word: folded(character), start: at, end: at + character.length }
}

function* wordsOfOther(text: string, at: number): Generator<FoundWord> {
  const word = folded(text)
  if (isWord(word)) yield { word, start: at, end: at + text.length }
}

/** By code points, as the store orders its keys (UTF-8 in bytes). */
export function byCodePoints(a: string, b: string): number {
  const chars = Math.min(a.length, b.length)
  for (let at = 0; at < chars; at++) {
    const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)]
    if (x !== y) return inOrder(x) - inOrder(y)
  }
  return a.length - b.length
}

/** Surrogates stand for what comes after all other units. */
function inOrder(unit: number): number {
  if (unit < 0xd800) return unit
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000
}
