/**
 * Server-sent events read from a stream of text (WHATWG HTML, 9.2.6). The browser's own
 * `EventSource` hides the comment lines by which a live but idle stream is told from a dead one;
 * this does not.
 */

/** One event of an honest member is far below; a longer line is dropped with its event. */
const LINE_CHARACTERS_MAX = 1_000_000

export class EventStreamReader {
  #rest = ''
  #data: string[] = []

  /**
   * Takes the next piece of the stream, cut anywhere. @returns the data of each event that it ends
   */
  push(piece: string): readonly string[] {
    const lines = (this.#rest + piece).split(/\r\n|\n|\r(?!$)/)
    this.#rest = lines.pop() ?? ''
    if (this.#rest.length > LINE_CHARACTERS_MAX) this.#rest = ''
    return lines.flatMap((line) => this.#line(line))
  }

  #line(line: string): readonly string[] {
    if (line === '') return this.#end()
    const [, field, value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? []
    if (field === 'data') this.#data.push(value)
    return []
  }

  #end(): readonly string[] {
    if (this.#data.length === 0) return []
    const data = this.#data.join('\n')
    this.#data = []
    return [data]
  }
}
