/** How many columns of a terminal a text takes, and how it is broken into lines. */

/** Wide and fullwidth letters (Unicode UAX 11), and pictures. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f1e6}-\u{1f1ff}\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u
const MARK = /^[\p{M}\u200c\u200d]+$/u
const PLAIN = /^[\u0020-\u007e\u00a0-\u00ff]*$/

let segmenter: Intl.Segmenter | undefined

/** What a reader takes for one character. */
function graphemesOf(text: string): readonly string[] {
  if (PLAIN.test(text)) return text.split('')
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' })
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
}

function widthOfGrapheme(grapheme: string): number {
  if (WIDE.test(grapheme)) return 2
  return MARK.test(grapheme) ? 0 : 1
}

export function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length
  return graphemesOf(text).reduce((sum, one) => sum + widthOfGrapheme(one), 0)
}

/** Lines of at most so many columns, broken between words where that can be done. */
export function wrapped(text: string, columns: number): readonly string[] {
  return text.split('\n').flatMap((paragraph) => wrappedParagraph(paragraph, columns))
}

function wrappedParagraph(text: string, columns: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').flatMap((one) => pieces(one, columns))) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line === '' || widthOf(longer) <= columns) {
      line = longer
    } else {
      lines.push(line)
      line = word
    }
  }
  return [...lines, line]
}

/** Of a word that is longer than a line. */
function pieces(word: string, columns: number): readonly string[] {
  if (widthOf(word) <= columns) return [word]
  const all: string[] = []
  let piece = ''
  for (const one of graphemesOf(word)) {
    if (widthOf(piece) + widthOfGrapheme(one) > columns) {
      all.push(piece)
      piece = ''
    }
    piece += one
  }
  return [...all, piece]
}

/** Its begin, and `…` where that is not all. */
export function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text
  let kept = ''
  let width = 0
  for (const one of graphemesOf(text)) {
    width += widthOfGrapheme(one)
    if (width > columns - 1) break
    kept += one
  }
  return `${kept.trimEnd()}…`
}
