/**
 * Bytes of a control connection as lines. Telnet's commands are taken out (RFC 959 section 4.1.3
 * sends IAC IP, IAC DM before ABOR, RFC 854), a line that is too long or no text is told as such.
 * Bounded: of a line without end no more than LINE_BYTES_MAX is kept.
 */
import { tryText, utf8 } from '../../base/bytes.ts'
import { LINE_BYTES_MAX } from './limits.ts'

export type ControlLine =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'bad'; readonly problem: 'too long' | 'not UTF-8' | 'a control character' }

const LF = 10
const CR = 13
const IAC = 255
/** The lowest of Telnet's commands; what is lower behind an IAC is text. */
const TELNET_FIRST = 240
const WILL = 251
const DONT = 254

export class ControlLines {
  #bytes = new Uint8Array(INITIAL_BYTES)
  #length = 0
  #isTooLong = false
  #telnet: 'text' | 'command' | 'option' = 'text'
  /** An `ABOR` was taken at its CR: a LF that follows belongs to it. */
  #skipsLf = false

  take(piece: Uint8Array): ControlLine[] {
    const lines: ControlLine[] = []
    for (const byte of piece) {
      const text = this.#untelnet(byte)
      if (text === undefined) continue
      const skips = this.#skipsLf && text === LF
      this.#skipsLf = false
      if (skips) continue
      if (text === LF) lines.push(this.#ended())
      else this.#add(text)
    }
    // Sent as urgent data the LF gets lost on its way to this process.
    if (this.#isLoneAbort()) {
      lines.push(this.#ended())
      this.#skipsLf = true
    }
    return lines
  }

  /** What came so far is forgotten: it was sent before the encryption. */
  clear(): void {
    this.#length = 0
    this.#isTooLong = false
    this.#telnet = 'text'
    this.#skipsLf = false
  }

  /** The byte of text, where it is one. */
  #untelnet(byte: number): number | undefined {
    const before = this.#telnet
    this.#telnet = 'text'
    if (before === 'option') return undefined
    if (before === 'text') {
      if (byte !== IAC) return byte
      this.#telnet = 'command'
      return undefined
    }
    if (byte === IAC || byte < TELNET_FIRST) return byte
    if (byte >= WILL && byte <= DONT) this.#telnet = 'option'
    return undefined
  }

  #add(byte: number): void {
    if (this.#length === LINE_BYTES_MAX) {
      this.#isTooLong = true
      return
    }
    if (this.#length === this.#bytes.length) {
      const grown = new Uint8Array(Math.min(this.#length * 2, LINE_BYTES_MAX))
      grown.set(this.#bytes)
      this.#bytes = grown
    }
    this.#bytes[this.#length++] = byte
  }

  #isLoneAbort(): boolean {
    if (this.#length !== ABORT.length + 1 || this.#bytes[ABORT.length] !== CR) return false
    return ABORT.every((letter, index) => ((this.#bytes[index] ?? 0) & UPPER) === letter)
  }

  #ended(): ControlLine {
    const end = this.#bytes[this.#length - 1] === CR ? this.#length - 1 : this.#length
    const text = tryText(this.#bytes.subarray(0, end))
    const isTooLong = this.#isTooLong
    if (this.#bytes.length > KEPT_BYTES_MAX) this.#bytes = new Uint8Array(INITIAL_BYTES)
    this.clear()
    if (isTooLong) return { kind: 'bad', problem: 'too long' }
    if (text === undefined) return { kind: 'bad', problem: 'not UTF-8' }
    if (/[\0\r]/.test(text)) return { kind: 'bad', problem: 'a control character' }
    return { kind: 'line', text }
  }
}

const INITIAL_BYTES = 128
/** A session that once sent a long line does not hold its room for good. */
const KEPT_BYTES_MAX = 1_024
const ABORT = utf8('ABOR')
/** Clears the bit by which small letters differ. */
const UPPER = 0xdf
