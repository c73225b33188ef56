/** Places in a file. */

/** Something at a line: an import's specifier, a comment's text, what is used. */
export interface Mark {
  readonly what: string
  readonly line: number
}

/** A piece of the text, by offsets. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** The line, from 1, of an offset. */
export type LineOf = (offset: number) => number
