/** One line on a terminal that says what goes on and is gone when it is over; silent elsewhere. */
import { harmless, type Io } from './io.ts'
import { paintFor } from './paint.ts'

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const FRAME_MS = 100
const CLEAR_LINE = '\r\u001B[K'

export class Progress implements Disposable {
  readonly #io: Io
  readonly #timer: NodeJS.Timeout | undefined
  #text: () => string
  #frame = 0

  /** @param text asked anew for each frame, so that it may count seconds */
  constructor(io: Io, text: () => string) {
    this.#io = io
    this.#text = text
    if (!io.err.isTerminal) return
    this.#timer = setInterval(() => this.#draw(), FRAME_MS).unref()
    this.#draw()
  }

  /** Writes a lasting line above the moving one. */
  say(text: string): void {
    const { err } = this.#io
    const told = harmless(text)
    err.write(err.isTerminal ? `${CLEAR_LINE}${told}\n` : `${told}\n`)
    if (this.#timer !== undefined) this.#draw()
  }

  [Symbol.dispose](): void {
    if (this.#timer === undefined) return
    clearInterval(this.#timer)
    this.#io.err.write(CLEAR_LINE)
  }

  #draw(): void {
    const { err } = this.#io
    const paint = paintFor(this.#io, err)
    const frame = FRAMES[this.#frame++ % FRAMES.length] ?? ''
    // A line that wraps could not be cleared.
    const text = this.#text().slice(0, Math.max(0, err.columns - 3))
    err.write(`${CLEAR_LINE}${paint('cyan', frame)} ${text}`)
  }
}
