/**
 * The unix socket: one command a line, one line of JSON as its answer, in order. As `--iic2523` the
 * way of that program: what arrives at once is the command, with or without a line’s end; the
 * answer is a pickle (a list of texts, or `Not found.`) that one read of 1,024 bytes holds; then
 * the connection ends.
 */
import { tryText, utf8 } from '../../base/bytes.ts'
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import { jsonOf } from '../../base/json-line.ts'
import { KIB, MINUTE_MS } from '../../base/limits.ts'
import type { ClientStream } from '../../effects/client-net.ts'
import type { Clock, Timer } from '../../effects/clock.ts'
import type { Log } from '../../effects/log.ts'
import type { GetAnswer, SocketCommand, SocketCommands } from './commands.ts'
import { pickledList, pickledText } from './pickle.ts'
import { wordsOf } from './words.ts'

/** A value of 8 KiB, each byte escaped, with its key. */
const LINE_BYTES_MAX = 20 * KIB
const CONNECTIONS_MAX = 64
/** Commands of one connection that wait for those before them. */
const COMMANDS_WAITING_MAX = 256
const IDLE_MS_MAX = 10 * MINUTE_MS
/** What its clients read. */
const PICKLE_BYTES_MAX = 1_024
const NOT_FOUND_TEXT = 'Not found.'
const NEW_LINE = 0x0a

export interface SocketDoorOptions {
  readonly clock: Clock
  readonly log: Log
  readonly commands: SocketCommands
  readonly answers: 'json' | 'iic2523'
}

export class SocketDoor {
  readonly #options: SocketDoorOptions
  readonly #open = new Set<Conversation>()

  constructor(options: SocketDoorOptions) {
    this.#options = options
  }

  connected(stream: ClientStream): void {
    if (this.#open.size >= CONNECTIONS_MAX) return stream.destroy()
    const conversation = new Conversation(this.#options, stream, () => {
      this.#open.delete(conversation)
    })
    this.#open.add(conversation)
    conversation.begin()
  }

  get connections(): number {
    return this.#open.size
  }

  /** What is under way is broken off. */
  close(): void {
    for (const conversation of this.#open) conversation.end()
  }
}

class Conversation {
  readonly #options: SocketDoorOptions
  readonly #stream: ClientStream
  readonly #ended: () => void
  readonly #ending = new AbortController()
  readonly #lines: string[] = []
  #pending = new Uint8Array()
  #isBusy = false
  #hasSaidAll = false
  #idle: Timer | undefined

  constructor(options: SocketDoorOptions, stream: ClientStream, ended: () => void) {
    this.#options = options
    this.#stream = stream
    this.#ended = ended
  }

  begin(): void {
    this.#wait()
    this.#stream.receive({
      bytes: (bytes) => this.#received(bytes),
      closed: (reason) => {
        this.#hasSaidAll = true
        // Whoever only says what it wants may have an answer all the same.
        if (reason.kind !== 'ended') return this.#close()
        void this.#goOn()
      },
    })
  }

  end(): void {
    this.#stream.destroy()
    this.#close()
  }

  #close(): void {
    this.#idle?.cancel()
    this.#ending.abort()
    this.#ended()
  }

  #wait(): void {
    this.#idle?.cancel()
    this.#idle = this.#options.clock.after(IDLE_MS_MAX, () => this.end())
  }

  #received(bytes: Uint8Array): void {
    // As iic2523 the first that comes is the command: nothing behind it is one.
    if (this.#ending.signal.aborted || this.#hasSaidAll) return
    this.#wait()
    const all = new Uint8Array(this.#pending.length + bytes.length)
    all.set(this.#pending)
    all.set(bytes, this.#pending.length)
    this.#pending = this.#options.answers === 'iic2523' ? this.#whole(all) : this.#cut(all)
    if (this.#pending.length > LINE_BYTES_MAX) return this.#refuseAndEnd()
    void this.#goOn()
  }

  /** What came at once is one command. */
  #whole(all: Uint8Array): Uint8Array<ArrayBuffer> {
    const end = all.indexOf(NEW_LINE)
    if (all.length > LINE_BYTES_MAX) return new Uint8Array(all)
    this.#lines.push(tryText(end < 0 ? all : all.subarray(0, end)) ?? '')
    this.#hasSaidAll = true
    return new Uint8Array()
  }

  #cut(all: Uint8Array): Uint8Array<ArrayBuffer> {
    let start = 0
    for (;;) {
      const end = all.indexOf(NEW_LINE, start)
      if (end < 0 || end - start > LINE_BYTES_MAX) break
      this.#lines.push(tryText(all.subarray(start, end)) ?? NOT_TEXT)
      start = end + 1
    }
    return all.slice(start)
  }

  #refuseAndEnd(): void {
    const limit = `${LINE_BYTES_MAX / KIB} KiB`
    const refusal = refused(new AnilloError('TOO_LARGE', { what: 'A line', limit }))
    const isPickled = this.#options.answers === 'iic2523'
    this.#pending = new Uint8Array()
    this.#lines.length = 0
    const said = isPickled ? pickledText(NOT_FOUND_TEXT) : utf8(refusal)
    void this.#stream.send(said).then(() => this.end())
  }

  async #goOn(): Promise<void> {
    if (this.#lines.length > COMMANDS_WAITING_MAX) return this.end()
    if (this.#isBusy) return
    this.#isBusy = true
    for (let next = this.#lines.shift(); next !== undefined; next = this.#lines.shift()) {
      await this.#answer(next)
      if (this.#ending.signal.aborted) return
      this.#wait()
    }
    this.#isBusy = false
    if (!this.#hasSaidAll) return
    await this.#stream.finish()
    this.end()
  }

  async #answer(line: string): Promise<void> {
    const { answers, commands, log } = this.#options
    if (answers === 'json' && line.trim() === '') return
    try {
      const answer = await run(commands, line, this.#ending.signal)
      await this.#say(answers === 'json' ? `${jsonOf({ ok: true, ...answer })}\n` : answer)
    } catch (thrown) {
      if (!isAnilloError(thrown)) log.error('a command of the socket failed', { thrown })
      const error = isAnilloError(thrown) ? thrown : new AnilloError('INTERNAL', {})
      await this.#say(answers === 'json' ? refused(error) : undefined)
    }
  }

  async #say(answer: string | object | undefined): Promise<void> {
    if (typeof answer === 'string') return this.#stream.send(utf8(answer))
    const pickle = pickled(answer)
    if (pickle !== undefined) await this.#stream.send(pickle)
  }
}

/** What no command is: text that is not UTF-8. */
const NOT_TEXT = '\0'

async function run(commands: SocketCommands, line: string, signal: AbortSignal): Promise<object> {
  const words = wordsOf(line)
  if (words === undefined) {
    throw new AnilloError('BAD_REQUEST', { problem: 'a quote is not closed, or ends in a \\' })
  }
  const [name = '', ...rest] = words
  const command = commandOf(commands, name)
  const [least, most] = command.words
  if (rest.length < least || rest.length > most) {
    const problem = `${command.usage}; words with blanks stand in quotes`
    throw new AnilloError('BAD_REQUEST', { problem })
  }
  const answer = await command.run(rest, signal)
  return typeof answer === 'object' && answer !== null ? answer : { answer }
}

function commandOf(commands: SocketCommands, name: string): SocketCommand {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command !== undefined) return command
  const all = Object.values(commands).map(({ usage }) => usage)
  throw new AnilloError('BAD_REQUEST', { problem: `the commands are ${all.join(', ')}` })
}

function refused(error: AnilloError): string {
  const { code, details, message } = error
  return `${jsonOf({ ok: false, error: { code, text: message, details } })}\n`
}

/** Of `get` its values; of others nothing, as that program’s clients expect. */
function pickled(answer: object | undefined): Uint8Array | undefined {
  if (answer === undefined) return pickledText(NOT_FOUND_TEXT)
  if (!isGetAnswer(answer)) return undefined
  const { values } = answer
  return values.length === 0 ? pickledText(NOT_FOUND_TEXT) : pickledList(values, PICKLE_BYTES_MAX)
}

function isGetAnswer(answer: object): answer is GetAnswer {
  return 'values' in answer && Array.isArray(answer.values)
}
