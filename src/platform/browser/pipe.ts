/**
 * The DevTools protocol over two pipes (`--remote-debugging-pipe`): messages of JSON, each ended by
 * a NUL. No port is opened; when this process dies, however it dies, the browser reads the end of
 * its pipe and ends as well.
 */
import type { Readable, Writable } from 'node:stream'

import { Type } from 'typebox'

import { AnilloError } from '../../base/errors.ts'
import { MIB, SECOND_MS } from '../../base/limits.ts'
import { reader } from '../../wire/method.ts'

/** A picture or a document in JSON, with room to spare. */
const MESSAGE_BYTES_MAX = 96 * MIB
/** Of one command, where nothing else is said. */
const COMMAND_MS = 15 * SECOND_MS
const NUL = 0

const Message = Type.Object({
  id: Type.Optional(Type.Integer()),
  sessionId: Type.Optional(Type.String()),
  method: Type.Optional(Type.String()),
  params: Type.Optional(Type.Unknown()),
  result: Type.Optional(Type.Unknown()),
  error: Type.Optional(Type.Object({ message: Type.String() })),
})
const readMessage = reader(Message)

/** What happened in a session: `method` and `params` of the protocol. */
export type Hear = (method: string, params: unknown) => void

interface Asked {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout
}

export class DevtoolsPipe {
  readonly #out: Writable
  readonly #asked = new Map<number, Asked>()
  readonly #hearers = new Map<string, Hear>()
  #pieces: Buffer[] = []
  #pending = 0
  #lastId = 0
  #ended: AnilloError | undefined

  constructor(out: Writable, back: Readable) {
    this.#out = out
    out.on('error', (error) => this.end(error.message))
    back.on('error', (error) => this.end(error.message))
    back.on('close', () => this.end('the browser ended'))
    back.on('data', (piece: Buffer) => this.#take(piece))
  }

  /** @param session `''`: the browser itself */
  hear(session: string, hearer: Hear): void {
    this.#hearers.set(session, hearer)
  }

  forget(session: string): void {
    this.#hearers.delete(session)
  }

  /** @throws AnilloError RENDER_FAILED: it was refused, took too long, or the browser is gone */
  async call(
    method: string,
    params: Readonly<Record<string, unknown>> = {},
    { session = '', timeoutMs = COMMAND_MS }: CallPlace = {},
  ): Promise<unknown> {
    if (this.#ended !== undefined) throw this.#ended
    const id = ++this.#lastId
    const { promise, reject, resolve } = Promise.withResolvers<unknown>()
    const late = (): void => this.#settle(id)?.reject(failed(`${method} took too long`))
    this.#asked.set(id, { resolve, reject, timer: setTimeout(late, timeoutMs) })
    const to = session === '' ? {} : { sessionId: session }
    this.#out.write(`${JSON.stringify({ id, method, params, ...to })}\0`)
    return promise
  }

  /** Whoever waits is told; nothing is heard any more. */
  end(problem: string): void {
    if (this.#ended !== undefined) return
    this.#ended = failed(problem)
    for (const id of this.#asked.keys()) this.#settle(id)?.reject(this.#ended)
    this.#hearers.clear()
    this.#pieces = []
  }

  get hasEnded(): boolean {
    return this.#ended !== undefined
  }

  #settle(id: number): Asked | undefined {
    const asked = this.#asked.get(id)
    this.#asked.delete(id)
    clearTimeout(asked?.timer)
    return asked
  }

  #take(piece: Buffer): void {
    let from = 0
    for (let at = piece.indexOf(NUL); at >= 0; at = piece.indexOf(NUL, from)) {
      this.#pieces.push(piece.subarray(from, at))
      const text = Buffer.concat(this.#pieces).toString()
      this.#pieces = []
      this.#pending = 0
      from = at + 1
      this.#read(text)
    }
    this.#pieces.push(piece.subarray(from))
    this.#pending += piece.length - from
    if (this.#pending > MESSAGE_BYTES_MAX) this.end('it said more than fits')
  }

  #read(text: string): void {
    const message = readMessage(parsed(text))
    if (this.#ended !== undefined || message === undefined) return
    const { error, id, method, params, result, sessionId = '' } = message
    if (id !== undefined) {
      const asked = this.#settle(id)
      if (error === undefined) asked?.resolve(result)
      else asked?.reject(failed(error.message))
    } else if (method !== undefined) this.#hearers.get(sessionId)?.(method, params)
  }
}

export interface CallPlace {
  readonly session?: string
  readonly timeoutMs?: number
}

export function failed(problem: string, cause?: unknown): AnilloError {
  return new AnilloError('RENDER_FAILED', { problem }, cause === undefined ? {} : { cause })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
