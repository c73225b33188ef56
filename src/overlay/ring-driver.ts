/**
 * Lets the pure ring machine run: carries its questions over RPC, brings it the answers, the
 * questions of others and the passing of time, and tells its doings. The one holder of the
 * machine's state.
 */
import { assert } from '../base/assert.ts'
import type { RingId } from '../base/ids.ts'
import { SECOND_MS } from '../base/limits.ts'
import type { Clock } from '../effects/clock.ts'
import type { Random } from '../effects/random.ts'
import type { RingAnswer, RingQuestion } from '../ring/message.ts'
import { stepRing } from '../ring/ring.ts'
import {
  emptyRing,
  type ChordEffect,
  type ChordEvent,
  type Doing,
  type RingState,
} from '../ring/state.ts'
import type { RpcClient, RpcServer } from '../rpc/types.ts'
import type { Contact } from '../wire/contact.ts'
import { askRing } from '../wire/ring.ts'

/**
 * How often the ring looks after itself. Five members need some 20 small messages a second for it.
 */
export const STABILISE_PERIOD_MS = SECOND_MS

/** Each period is longer or shorter by up to this part, so that members do not fall into step. */
const PERIOD_JITTER = 0.2

/**
 * A member that does not answer the ring in this time is dead to it; it is asked again by the next
 * rule.
 */
const ASK_TIMEOUT_MS = SECOND_MS

/** A member heard from within so long lives: a period with its jitter, and some time on the way. */
const HEARD_WITHIN_MS = 1.5 * STABILISE_PERIOD_MS

export interface RingDriverOptions {
  readonly clock: Clock
  readonly random: Random
  readonly rpc: RpcClient & RpcServer
  readonly ringId: RingId
  readonly self: Contact
  /** This member's own event loop was late lately: a silence may be its own. */
  readonly doubtsItself: () => boolean
  /** A member answered, or asked. */
  readonly heardFrom: (contact: Contact) => void
  /** How long ago a member was heard from, in ms; endless for one that never was. */
  readonly silenceMs: (contact: Contact) => number
  /** What happened, after the state has it. */
  readonly did: (doing: Doing) => void
}

export class RingDriver {
  readonly #options: RingDriverOptions
  readonly #stop = new AbortController()
  #state: RingState
  /** Answers of the step under way, by the token of the question. */
  readonly #replies = new Map<number, RingAnswer>()
  #lastToken = 0

  constructor(options: RingDriverOptions) {
    this.#options = options
    this.#state = emptyRing({ ringId: options.ringId, self: options.self })
    options.rpc.handle(askRing, (asked) => this.#answer(asked))
  }

  get state(): RingState {
    return this.#state
  }

  /** Starts the periodic rules. */
  start(): void {
    this.#everyPeriod()
  }

  stop(): void {
    this.#stop.abort()
  }

  dispatch(event: ChordEvent): void {
    const [state, effects] = stepRing(this.#state, event)
    this.#state = state
    for (const effect of effects) this.#perform(effect)
  }

  /** Asks a member as the machine does; `undefined` when it does not answer. */
  async ask(
    contact: Contact,
    question: RingQuestion,
    signal?: AbortSignal,
  ): Promise<RingAnswer | undefined> {
    const { rpc, ringId, self } = this.#options
    try {
      const answer = await rpc.call(
        { addresses: [contact.address], id: contact.id },
        askRing,
        { ringId, asker: self, question },
        { timeoutMs: ASK_TIMEOUT_MS, signal: signal ?? this.#stop.signal },
      )
      this.#options.heardFrom(contact)
      return answer
    } catch {
      return undefined
    }
  }

  #answer(asked: {
    readonly ringId: RingId
    readonly asker: Contact
    readonly question: RingQuestion
  }): RingAnswer {
    const token = ++this.#lastToken
    this.#options.heardFrom(asked.asker)
    const { ringId, asker: from, question } = asked
    this.dispatch({ kind: 'asked', ringId, from, question, token })
    const answer = this.#replies.get(token)
    this.#replies.delete(token)
    assert(answer !== undefined, 'the ring machine answers each question in its step')
    return answer
  }

  #perform(effect: ChordEffect): void {
    if (effect.kind === 'reply') this.#replies.set(effect.token, effect.answer)
    else if (effect.kind === 'changed') this.#options.did(effect.doing)
    else void this.#carry(effect)
  }

  async #carry(effect: Extract<ChordEffect, { kind: 'ask' }>): Promise<void> {
    let answer = await this.ask(effect.contact, effect.question)
    if (answer === undefined && this.#options.doubtsItself()) {
      answer = await this.ask(effect.contact, effect.question)
    }
    if (this.#stop.signal.aborted) return
    const { ringId } = this.#options
    if (answer === undefined) this.dispatch({ kind: 'failed', token: effect.token })
    else this.dispatch({ kind: 'answered', ringId, token: effect.token, answer })
  }

  #everyPeriod(): void {
    const { clock, random } = this.#options
    const jitter = 1 + (random.fraction() * 2 - 1) * PERIOD_JITTER
    clock.after(STABILISE_PERIOD_MS * jitter, () => {
      if (this.#stop.signal.aborted) return
      if (this.#state.phase === 'joined') this.#period()
      this.#everyPeriod()
    })
  }

  #period(): void {
    this.dispatch({ kind: 'stabilise' })
    // A predecessor that asked lately, as it does each period, need not be asked whether it lives.
    const { predecessor } = this.#state
    const isHeard =
      predecessor !== undefined && this.#options.silenceMs(predecessor) < HEARD_WITHIN_MS
    if (!isHeard) this.dispatch({ kind: 'checkPredecessor' })
    this.dispatch({ kind: 'fixFinger' })
    this.dispatch({ kind: 'probe', draw: this.#options.random.fraction() })
  }
}
