/**
 * What a command sees of the world around it: two streams and the environment, so that tests can
 * give their own.
 */
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline/promises'
import { Writable } from 'node:stream'

import { concat } from '../base/bytes.ts'
import { AnilloError } from '../base/errors.ts'
import { jsonOf } from '../base/json-line.ts'
import { KIB } from '../base/limits.ts'

export interface Sink {
  write(text: string): void
  /** Resolves when there is room for more. */
  writeBytes(bytes: Uint8Array): Promise<void>
  /** Colour and redrawn lines only here. */
  readonly isTerminal: boolean
  /** Width in characters; a guess where it is no terminal. */
  readonly columns: number
}

export interface Io {
  /** Results: what a script reads. */
  readonly out: Sink
  /** Messages and progress: what a person reads. */
  readonly err: Sink
  /**
   * All of standard input. `what` is to be typed, where a person sits there. @throws AnilloError
   * TOO_LARGE when it is more, read no further
   */
  readonly readInput: (what: string, bytesMax: number) => Promise<Uint8Array>
  /** What a person typed; `undefined` where nobody sits at a terminal. */
  readonly ask: (question: string) => Promise<string | undefined>
  /**
   * What a person typed without its being shown; from a pipe, its next line. `undefined` at its
   * end.
   */
  readonly askSecret: (question: string) => Promise<string | undefined>
  /** Somebody sits there who may mistype. */
  readonly isTyped: boolean
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Where no terminal tells. */
const COLUMNS_GUESS = 100

export function processIo(): Io {
  return {
    out: sinkOf(process.stdout),
    err: sinkOf(process.stderr),
    readInput,
    ask,
    askSecret: secretsFrom(process.stdin),
    isTyped: process.stdin.isTTY,
    env: process.env,
  }
}

/** At a terminal nothing would show that somebody is to type. */
async function readInput(what: string, bytesMax: number): Promise<Uint8Array> {
  if (process.stdin.isTTY) process.stderr.write(typeHint(what))
  return readAll(process.stdin, bytesMax)
}

/** Told to who sits there, and wonders why nothing goes on. */
export function typeHint(what: string): string {
  return `anillo: waiting for ${what}: type it here; Ctrl-D at the begin of a line ends it.\n`
}

async function ask(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined
  const asking = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await answerTo(asking, question)
  } finally {
    asking.close()
  }
}

/** `undefined` where Ctrl-D or Ctrl-C ends it. */
async function answerTo(asking: Interface, question: string): Promise<string | undefined> {
  const ended = once(asking, 'close').then(() => undefined)
  // Whether it is refused, or never settles, depends on the key.
  const answered = asking.question(question).catch(() => undefined)
  return Promise.race([answered, ended])
}

/** Passwords come line by line; whatever is longer than a few of them is none. */
const SECRETS_BYTES_MAX = 64 * KIB

/** A pipe is read once, for all questions. */
function secretsFrom(input: NodeJS.ReadStream): Io['askSecret'] {
  let lines: Promise<string[]> | undefined
  return async (question) => {
    if (input.isTTY) return askUnseen(input, question)
    lines ??= readAll(input, SECRETS_BYTES_MAX).then(linesIn)
    return (await lines).shift()
  }
}

function linesIn(bytes: Uint8Array): string[] {
  const lines = new TextDecoder().decode(bytes).split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** The reader of lines keeps the terminal from showing what is typed, and writes it nowhere. */
async function askUnseen(input: NodeJS.ReadStream, question: string): Promise<string | undefined> {
  const unseen = new Writable({ write: (_text, _encoding, done) => done() })
  const asking = createInterface({ input, output: unseen, terminal: true, historySize: 0 })
  asking.once('SIGINT', () => {
    process.stderr.write('\n')
    asking.close()
    process.kill(process.pid, 'SIGINT')
  })
  process.stderr.write(question)
  try {
    return await answerTo(asking, '')
  } finally {
    asking.close()
    process.stderr.write('\n')
  }
}

async function readAll(stream: AsyncIterable<Uint8Array>, bytesMax: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of stream) {
    length += piece.length
    if (length > bytesMax) {
      throw new AnilloError('TOO_LARGE', { what: 'Standard input', limit: `${bytesMax} bytes` })
    }
    pieces.push(piece)
  }
  return concat(pieces)
}

function sinkOf(stream: NodeJS.WriteStream): Sink {
  // `anillo status | head` closes the pipe early: not a failure of ours.
  stream.on('error', (problem: NodeJS.ErrnoException) => {
    if (problem.code !== 'EPIPE') throw problem
  })
  return {
    write: (text) => void stream.write(text),
    writeBytes: async (bytes) => {
      if (!stream.write(bytes)) await once(stream, 'drain')
    },
    isTerminal: stream.isTTY === true,
    get columns() {
      // A terminal that nobody gave a size says 0.
      return stream.columns || COLUMNS_GUESS
    },
  }
}

/** What others wrote (titles, addresses, reasons) may colour a line, and do nothing else. */
export function line(sink: Sink, text = ''): void {
  sink.write(`${harmless(text)}\n`)
}

/** As `line` has it. */
export function harmless(text: string): string {
  return text.replaceAll(STEERING, (found) => (KEPT.test(found) ? found : ''))
}

/** What somebody else wrote, where each line is to be one thing: it makes no lines of its own. */
export function inOneLine(text: string): string {
  return text.replaceAll(/[\n\t]+/g, ' ')
}

/** Control sequences that colour, and single characters that steer a terminal or its direction. */
const STEERING = /\u001b\[[\d;]*m|[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu
const KEPT = /^(?:\u001b\[[\d;]*m|[\n\t])$/u

/** One JSON document (or one line of a stream of them) on standard output. */
export function jsonLine(io: Io, value: unknown): void {
  io.out.write(`${jsonOf(value)}\n`)
}
