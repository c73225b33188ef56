/** What this member answers, by the method's name. */
import { assert } from '../base/assert.ts'
import { AnilloError } from '../base/errors.ts'
import type { MemberId } from '../base/ids.ts'
import type { Method, Notice } from '../wire/method.ts'
import type { CallContext, RpcServer } from './types.ts'

interface UnaryHandler {
  readonly kind: 'unary'
  readonly name: string
  /** @throws AnilloError BAD_REQUEST when the question is not of the method's shape */
  readonly run: (question: unknown, context: CallContext) => unknown
}

interface StreamHandler {
  readonly kind: 'stream'
  readonly name: string
  readonly run: (question: unknown, context: CallContext) => AsyncIterable<unknown>
}

interface NoticeHandler {
  readonly kind: 'notice'
  readonly name: string
  /** `false` when the message is not of the notice's shape. */
  readonly take: (message: unknown, from: MemberId) => boolean
}

export type AnsweringHandler = UnaryHandler | StreamHandler
export type Handler = AnsweringHandler | NoticeHandler

export class Handlers implements RpcServer {
  readonly #byName = new Map<string, Handler>()

  find(name: string): Handler | undefined {
    return this.#byName.get(name)
  }

  handle<Q, A>(
    method: Method<Q, A>,
    answer: (question: Q, context: CallContext) => Promise<A> | A,
  ): void {
    assert(method.kind === 'unary', `${method.name} is a stream`)
    const run = (question: unknown, context: CallContext) =>
      answer(checkedQuestion(method, question), context)
    this.#add({ kind: 'unary', name: method.name, run })
  }

  handleStream<Q, A>(
    method: Method<Q, A>,
    answer: (question: Q, context: CallContext) => AsyncIterable<A>,
  ): void {
    assert(method.kind === 'stream', `${method.name} is no stream`)
    const run = (question: unknown, context: CallContext) =>
      answer(checkedQuestion(method, question), context)
    this.#add({ kind: 'stream', name: method.name, run })
  }

  hear<T>(notice: Notice<T>, receive: (message: T, from: MemberId) => void): void {
    const take = (message: unknown, from: MemberId): boolean => {
      const read = notice.read(message)
      if (read !== undefined) receive(read, from)
      return read !== undefined
    }
    this.#add({ kind: 'notice', name: notice.name, take })
  }

  #add(handler: Handler): void {
    assert(!this.#byName.has(handler.name), `two handlers for ${handler.name}`)
    this.#byName.set(handler.name, handler)
  }
}

function checkedQuestion<Q, A>(method: Method<Q, A>, question: unknown): Q {
  const checked = method.readQuestion(question)
  if (checked !== undefined) return checked
  throw new AnilloError('BAD_REQUEST', { problem: `that is no question of ${method.name}` })
}
