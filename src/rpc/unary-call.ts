import { AnilloError } from '../base/errors.ts'
import type { Frame } from '../wire/frame.ts'
import type { Method } from '../wire/method.ts'
import { OutgoingCall, type CallSurroundings } from './outgoing-call.ts'
import { readValue } from './sending.ts'
import type { CallOptions, Target } from './types.ts'

/** One question, one answer. */
export class UnaryCall<Q, A> extends OutgoingCall<Q, A> {
  readonly answer: Promise<A>
  #resolve!: (answer: A) => void
  #reject!: (error: AnilloError) => void
  readonly #into: Uint8Array | undefined

  constructor(
    ask: { readonly target: Target; readonly method: Method<Q, A>; readonly question: Q },
    options: CallOptions | undefined,
    around: CallSurroundings,
  ) {
    super(ask, options, around)
    this.#into = options?.into
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  override arrived(frame: Frame): void {
    const { address } = this
    this.finish()
    const { counting } = this.around
    const body = readValue(frame, this.#into)
    const answer = body.kind === 'value' ? this.method.readAnswer(body.value) : undefined
    if (answer !== undefined) {
      counting.answered++
      this.#resolve(answer)
      return
    }
    counting.failed++
    counting.garbledFrames++
    const problem = `its answer is none of ${this.method.name}`
    this.#reject(new AnilloError('RPC_GARBLED', { address, problem }))
  }

  override ended(): void {
    this.settleFailed(
      new AnilloError('RPC_GARBLED', { address: this.address, problem: 'no answer' }),
    )
  }

  protected override fail(error: AnilloError): void {
    this.#reject(error)
  }
}
