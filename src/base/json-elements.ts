/**
 * Elements of one array of a JSON object, as the text comes in pieces: each is a JSON text of its
 * own for whoever takes it, and no more than one is held. Pure.
 */
import { AnilloError } from './errors.ts'

const SPACE = /\s/

export class JsonElements {
  readonly #key: string
  readonly #charsMax: number
  /** Of what is open: braces and brackets. */
  #depth = 0
  #isInText = false
  #isEscaped = false
  /** The last text at depth 1, which is a key where a colon follows. */
  #text = ''
  /** Depth of the array while within it. */
  #within: number | undefined
  #isNext = false
  #element = ''
  #at = 0

  /** @param charsMax of an element, which is held whole */
  constructor({ charsMax, key }: { readonly key: string; readonly charsMax: number }) {
    this.#key = key
    this.#charsMax = charsMax
  }

  /** @returns those that ended. @throws AnilloError ARCHIVE_BROKEN */
  push(piece: string): string[] {
    const ended: string[] = []
    for (const char of piece) {
      this.#at++
      const element = this.#take(char)
      if (element !== undefined) ended.push(element)
    }
    return ended
  }

  /** @throws AnilloError ARCHIVE_BROKEN: the text is cut short */
  end(): void {
    if (this.#depth !== 0 || this.#isInText) throw this.#broken('the JSON is cut short')
  }

  #take(char: string): string | undefined {
    if (this.#isInText) return this.#takeText(char)
    if (char === '"') {
      this.#isInText = true
      this.#text = ''
      return this.#keep(char)
    }
    if (this.#within === undefined) {
      this.#look(char)
      return undefined
    }
    const isAtEdge = this.#depth === this.#within
    if (isAtEdge && (char === ',' || char === ']')) {
      if (char === ']') this.#close()
      return this.#endElement()
    }
    if (char === '{' || char === '[') this.#depth++
    if (char === '}' || char === ']') this.#close()
    return isAtEdge && SPACE.test(char) ? undefined : this.#keep(char)
  }

  #takeText(char: string): undefined {
    if (this.#isEscaped) this.#isEscaped = false
    else if (char === '\\') this.#isEscaped = true
    else if (char === '"') this.#isInText = false
    if (this.#within !== undefined) return this.#keep(char)
    if (this.#isInText && this.#text.length <= this.#key.length) this.#text += char
    return undefined
  }

  /** Outside of the array. */
  #look(char: string): void {
    if (char === '{' || char === '[') {
      this.#depth++
      if (char === '[' && this.#isNext) this.#within = this.#depth
    }
    if (char === '}' || char === ']') this.#close()
    if (SPACE.test(char)) return
    this.#isNext = char === ':' && this.#depth === 1 && this.#text === this.#key
  }

  #close(): void {
    this.#depth--
    if (this.#depth < 0) throw this.#broken('a bracket closes what is not open')
    if (this.#within !== undefined && this.#depth < this.#within) this.#within = undefined
  }

  #endElement(): string | undefined {
    const element = this.#element
    this.#element = ''
    return element === '' ? undefined : element
  }

  #keep(char: string): undefined {
    if (this.#within === undefined) return undefined
    this.#element += char
    if (this.#element.length > this.#charsMax) throw this.#broken('an element is too large')
    return undefined
  }

  #broken(problem: string): AnilloError {
    return new AnilloError('ARCHIVE_BROKEN', { offset: this.#at, problem })
  }
}
