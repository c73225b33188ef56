/**
 * Wraps comments: the formatter leaves their lines as long as they are. Only a line that is too
 * long changes; what hangs over goes to the front of the next line of the same paragraph.
 */
import { LINE_CHARACTERS_MAX } from './rules-source.ts'

const COMMENT_LINE = /^(\s*(?:\/\/|\*) )(.*)$/
const ONE_LINE_DOC = /^(\s*)\/\*\* (.*) \*\/$/

/** Lines that begin something of their own: a list item, a tag, a table row, a drawing. */
const BEGINS_ITSELF = /^(\s|[-@|>#*]|\d+\.|```)/

/** The text with every comment line that can be broken at most 100 characters long. */
export function wrapComments(text: string): string {
  const pending = text.split('\n').toReversed()
  const done: string[] = []
  for (let line = pending.pop(); line !== undefined; line = pending.pop()) {
    const doc = ONE_LINE_DOC.exec(line)
    if (line.length > LINE_CHARACTERS_MAX && doc !== null) {
      const [, indent = '', words = ''] = doc
      pending.push(`${indent} */`, `${indent} * ${words}`)
      done.push(`${indent}/**`)
      continue
    }
    const cut = cutAt(line)
    if (cut === undefined) {
      done.push(line)
      continue
    }
    done.push(line.slice(0, cut))
    hangOver(pending, { prefix: COMMENT_LINE.exec(line)?.[1] ?? '', words: line.slice(cut + 1) })
  }
  return done.join('\n')
}

/** Where to break a comment line, `undefined` where it need not or cannot be. */
function cutAt(line: string): number | undefined {
  const [, prefix] = COMMENT_LINE.exec(line) ?? []
  if (line.length <= LINE_CHARACTERS_MAX || prefix === undefined) return undefined
  const cut = line.lastIndexOf(' ', LINE_CHARACTERS_MAX)
  return cut >= prefix.length ? cut : undefined
}

/** Puts words in front of the next line, or on one of their own where that begins itself. */
function hangOver(
  pending: string[],
  { prefix, words }: { readonly prefix: string; readonly words: string },
): void {
  const [, nextPrefix, nextWords = ''] = COMMENT_LINE.exec(pending.at(-1) ?? '') ?? []
  if (nextPrefix !== prefix || nextWords === '' || BEGINS_ITSELF.test(nextWords)) {
    pending.push(prefix + words)
    return
  }
  pending.pop()
  pending.push(`${prefix}${words} ${nextWords}`)
}
