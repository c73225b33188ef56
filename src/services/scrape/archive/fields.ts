/**
 * Header blocks as WARC and HTTP have them: a first line, fields of a name and a value, an empty
 * line (ISO 28500:2017, 4; RFC 9112, 5).
 */
import { concat, utf8 } from '../../../base/bytes.ts'

export type Fields = readonly (readonly [name: string, value: string])[]

/** The first of the name, in whatever case it came. */
export function fieldOf(fields: Fields, name: string): string | undefined {
  const wanted = name.toLowerCase()
  return fields.find(([each]) => each.toLowerCase() === wanted)?.[1]
}

/** Each with its line end, without the empty line behind them. WARC fields are UTF-8. */
export function fieldLines(fields: Fields): string {
  return fields.map(([name, value]) => `${name}: ${oneLine(value)}\r\n`).join('')
}

/**
 * A head of HTTP as it was sent: Node gives values as one character a byte, so they go back the
 * same way. What has other characters did not come from there, and is UTF-8.
 */
export function httpHead(firstLine: string, headers: Fields): Uint8Array {
  const text = `${oneLine(firstLine)}\r\n${fieldLines(headers)}\r\n`
  if (!/^[\0-\xff]*$/.test(text)) return utf8(text)
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

/** A value cannot begin a line of its own. */
function oneLine(text: string): string {
  return text.replaceAll(/[\0\r\n]+/g, ' ').trim()
}

export interface Head {
  readonly firstLine: string
  readonly fields: Fields
}

/**
 * Reads a head without its last empty line. Folded lines are joined (RFC 9112, 5.2), lines without
 * a colon passed over: both occur in archives.
 */
export function parseHead(text: string): Head {
  const [firstLine = '', ...lines] = text.split(/\r?\n/)
  const fields: [string, string][] = []
  for (const line of lines) {
    const last = fields.at(-1)
    if (/^[ \t]/.test(line) && last !== undefined) last[1] = `${last[1]} ${line.trim()}`.trim()
    else {
      const colon = line.indexOf(':')
      if (colon > 0) fields.push([line.slice(0, colon).trim(), line.slice(colon + 1).trim()])
    }
  }
  return { firstLine: firstLine.trimEnd(), fields }
}

/** Takes in bytes until a head is whole. */
export class HeadReader {
  readonly #bytesMax: number
  #held: Uint8Array = new Uint8Array(0)

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get held(): Uint8Array {
    return this.#held
  }

  /** `more`: not all of it is there. `tooLong`: it does not end within `bytesMax`. */
  push(
    piece: Uint8Array,
  ): { readonly head: Uint8Array; readonly rest: Uint8Array } | 'more' | 'tooLong' {
    // An end that was begun in the piece before has at most three bytes there.
    const from = Math.max(0, this.#held.length - 3)
    this.#held = this.#held.length === 0 ? piece : concat([this.#held, piece])
    const end = endOfHead(this.#held, from)
    if (end === undefined) return this.#held.length > this.#bytesMax ? 'tooLong' : 'more'
    if (end > this.#bytesMax) return 'tooLong'
    return { head: this.#held.subarray(0, end), rest: this.#held.subarray(end) }
  }
}

const LF = 10
const CR = 13

/** Behind the first empty line; lines end in CR LF or in LF alone. */
function endOfHead(bytes: Uint8Array, from: number): number | undefined {
  for (let at = bytes.indexOf(LF, from); at !== -1; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return at + 2
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3
  }
  return undefined
}
