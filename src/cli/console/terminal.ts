/**
 * A terminal, or a pipe, by `node:readline`. What comes while somebody types is printed above the
 * line, which stays as it is. Nothing moves the cursor where it is no terminal.
 */
import {
  clearScreenDown,
  createInterface,
  cursorTo,
  moveCursor,
  type Interface,
} from 'node:readline'
import { Writable } from 'node:stream'

import type { Terminal } from './driver.ts'
import type { Prompt } from './prompt.ts'
import type { Screen } from './state.ts'

/** Lines that an arrow brings back. */
const HISTORY_LINES_MAX = 500
/** Columns and rows where nobody tells. */
const COLUMNS_GUESS = 80
const ROWS_GUESS = 24
/** Lines of a pipe that wait at most, about. */
const AHEAD_MAX = 100

export interface Streams {
  readonly input: NodeJS.ReadStream
  readonly output: NodeJS.WriteStream
}

/** What a person does. */
export interface Listener {
  typed(line: string): void
  interrupted(line: string): void
  ended(line: string): void
  resized(screen: Screen): void
  completions(line: string): [string[], string]
  /** Lines that were not taken yet. */
  readonly waiting: number
}

export function screenOf({ input, output }: Streams): Screen {
  return {
    columns: output.columns || COLUMNS_GUESS,
    rows: output.rows || ROWS_GUESS,
    isTerminal: input.isTTY && output.isTTY,
  }
}

/** Lines come in, lines go out, and no more. */
export class PipeTerminal implements Terminal {
  readonly #output: NodeJS.WriteStream
  readonly #lines: Interface
  readonly #listener: Listener

  constructor({ input, output }: Streams, listener: Listener) {
    this.#output = output
    this.#listener = listener
    this.#lines = createInterface({ input, terminal: false, crlfDelay: Infinity })
    this.#lines.on('line', (line) => {
      listener.typed(line)
      if (listener.waiting > AHEAD_MAX) this.#lines.pause()
    })
    this.#lines.on('close', () => listener.ended(''))
  }

  print(lines: readonly string[]): void {
    for (const line of lines) this.#output.write(`${line}\n`)
  }

  prompt(): void {
    if (this.#listener.waiting === 0) this.#lines.resume()
  }

  close(): void {
    this.#lines.removeAllListeners('close')
    this.#lines.close()
  }
}

export class TypedTerminal implements Terminal {
  readonly #output: NodeJS.WriteStream
  readonly #lines: Interface
  readonly #unseen: MutedOutput
  /** Absent: no line is awaited. */
  #prompt: ((line: string) => Prompt) | undefined
  #shown = ''

  constructor({ input, output }: Streams, listener: Listener) {
    this.#output = output
    this.#unseen = new MutedOutput(output)
    this.#lines = createInterface({
      input,
      output: this.#unseen,
      terminal: true,
      historySize: HISTORY_LINES_MAX,
      removeHistoryDuplicates: true,
      completer: (line: string) => listener.completions(line),
    })
    this.#lines.on('line', (line) => {
      this.#endLine()
      listener.typed(line)
    })
    this.#lines.on('history', (history: string[]) => {
      if (this.#unseen.isMuted) history.shift()
    })
    this.#lines.on('SIGINT', () => {
      const { line } = this.#lines
      const typed = this.#unseen.isMuted ? '' : line
      this.#giveUpLine()
      listener.interrupted(typed)
    })
    this.#lines.on('close', () => listener.ended(this.#unseen.isMuted ? '' : this.#lines.line))
    input.on('keypress', () => {
      this.#settle()
      this.#count()
    })
    output.on('resize', () => listener.resized(screenOf({ input, output })))
  }

  print(lines: readonly string[]): void {
    if (this.#unseen.isMuted) {
      for (const line of ['', ...lines]) this.#output.write(`${line}\n`)
      this.#output.write(this.#shown)
      return
    }
    const { rows } = this.#lines.getCursorPos()
    this.#clear(rows)
    for (const line of lines) this.#output.write(`${line}\n`)
    // Readline goes up as many rows as its cursor was below the begin of the line.
    this.#output.write('\n'.repeat(rows))
    this.#lines.prompt(true)
  }

  prompt(of: (line: string) => Prompt): void {
    const isShown = this.#prompt !== undefined
    this.#prompt = of
    const { isSecret, text } = of(this.#lines.line)
    if (isShown && isSecret && this.#unseen.isMuted && text === this.#shown) return
    this.#shown = text
    this.#unseen.isMuted = false
    if (isSecret) {
      this.#clear(this.#lines.getCursorPos().rows)
      this.#output.write(text)
    }
    this.#lines.setPrompt(text)
    this.#unseen.isMuted = isSecret
    this.#lines.prompt(true)
  }

  /** The line that is typed, on the screen alone. */
  #clear(rows: number): void {
    moveCursor(this.#output, 0, -rows)
    cursorTo(this.#output, 0)
    clearScreenDown(this.#output)
  }

  close(): void {
    this.#lines.removeAllListeners('close')
    this.#lines.close()
  }

  /**
   * Of what is pasted readline counts no rows: without this it would draw the line over what stands
   * above, or twice.
   */
  #settle(): void {
    if (this.#unseen.isMuted) return
    const { cols, rows } = this.#lines.getCursorPos()
    const isAtEnd = this.#lines.cursor === this.#lines.line.length
    if (isAtEnd && cols === 0 && rows > 0) {
      // The row is full: the cursor goes on to the next one with the next letter alone.
      this.#output.write(' ')
      cursorTo(this.#output, 0)
    }
    this.#unseen.isMuted = true
    this.#lines.prompt(true)
    this.#unseen.isMuted = false
  }

  /** Of a text that is to be published, as it grows. */
  #count(): void {
    const of = this.#prompt
    if (of === undefined || this.#unseen.isMuted) return
    const { text } = of(this.#lines.line)
    if (text !== this.#shown) this.prompt(of)
  }

  /** It stays on the screen; what was on it is the listener’s. */
  #giveUpLine(): void {
    this.#lines.write(null, { ctrl: true, name: 'e' })
    if (!this.#unseen.isMuted) this.#output.write('\n')
    const isSecret = this.#unseen.isMuted
    this.#unseen.isMuted = true
    this.#lines.write(null, { ctrl: true, name: 'u' })
    this.#unseen.isMuted = isSecret
    this.#endLine()
  }

  #endLine(): void {
    if (this.#unseen.isMuted) this.#output.write('\n')
    this.#unseen.isMuted = false
    this.#prompt = undefined
    // What is typed ahead stands behind no prompt.
    this.#lines.setPrompt('')
  }
}

/** What readline writes, but not while a secret is typed. */
class MutedOutput extends Writable {
  isMuted = false
  readonly isTTY = true
  readonly #output: NodeJS.WriteStream

  constructor(output: NodeJS.WriteStream) {
    super({ decodeStrings: false })
    this.#output = output
    output.on('resize', () => this.emit('resize'))
  }

  get columns(): number {
    return this.#output.columns || COLUMNS_GUESS
  }

  get rows(): number {
    return this.#output.rows || ROWS_GUESS
  }

  override _write(text: string, _encoding: string, done: () => void): void {
    if (!this.isMuted) this.#output.write(text)
    done()
  }
}
