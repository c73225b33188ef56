/**
 * Has other members see a page at about the same time as this one downloads it. Their requests to
 * the site begin a second apart, as those of a crawl do; who cannot tell is replaced by another.
 */
import { isAnilloError } from '../../../base/errors.ts'
import { hexOf } from '../../../base/hex.ts'
import type { Clock } from '../../../effects/clock.ts'
import type { Log } from '../../../effects/log.ts'
import { pause } from '../../../effects/pause.ts'
import type { Random } from '../../../effects/random.ts'
import type { RpcClient } from '../../../rpc/types.ts'
import type { Witnesses as Counts } from '../../../wire/api-testimony.ts'
import type { Page } from '../../../wire/api.ts'
import type { Statement } from '../../../wire/statement.ts'
import { TESTIMONY_FORMAT, testimonyText, type SignedStatement } from '../../../wire/testimony.ts'
import { askWitness } from '../../../wire/witness.ts'
import { othersInTurn, targetOf, type Crew, type CrewMember } from '../crew/crew.ts'
import { settles } from '../fetch/timing.ts'
import { WITNESS_BEGIN_MS, WITNESS_DELAY_MS, WITNESS_PATIENCE_MS } from './limits.ts'
import { sayHere, type SaidHere, type Signer, type WitnessRequest } from './statements.ts'
import { checkStatement } from './verdict.ts'

export interface WitnessesTools {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly rpc: RpcClient
  readonly crew: Crew
  readonly signer: Signer
}

export interface Subject {
  readonly id: string
  readonly url: string
}

/** What was seen, as it is kept, and what is told of it with the page. */
export interface Gathered {
  readonly text: string
  readonly counts: Counts
}

/** One request for witnesses, this member among them. */
export class Witnesses {
  readonly #tools: WitnessesTools
  readonly #subject: Subject
  readonly #request: WitnessRequest
  readonly #end = new AbortController()
  readonly #signal: AbortSignal
  readonly #candidates: CrewMember[]
  readonly #said: (SaidHere & { readonly read: Statement })[] = []
  readonly #lanes: Promise<unknown>
  readonly #beganMs: number
  #nextMs: number
  /** The site asked to be left alone. */
  #isRefused = false

  /** Begins at once. @param witnesses so many in all */
  constructor(
    subject: Subject,
    asked: { readonly witnesses: number; readonly signal: AbortSignal },
    tools: WitnessesTools,
  ) {
    const { clock, crew, random, signer } = tools
    this.#tools = tools
    this.#subject = subject
    this.#request = { nonce: hexOf(random.bytes(NONCE_BYTES)), witnesses: asked.witnesses }
    this.#signal = AbortSignal.any([asked.signal, this.#end.signal])
    this.#candidates = [...othersInTurn(crew(), { seed: subject.id, self: signer.memberId })]
    this.#beganMs = clock.nowMs()
    // The first request is this member's own.
    this.#nextMs = this.#beganMs + WITNESS_DELAY_MS
    const lanes = Array.from({ length: asked.witnesses - 1 }, () => this.#fill())
    this.#lanes = Promise.all(lanes)
    // Nobody may be waiting any more when it fails.
    this.#lanes.catch(() => undefined)
  }

  /** What all saw, once those who still may tell have told. */
  async gather(page: Page): Promise<Gathered> {
    if (isRefusal(page.status)) this.#isRefused = true
    const passedMs = this.#tools.clock.nowMs() - this.#beganMs
    const timeoutMs = Math.max(0, WITNESS_PATIENCE_MS - passedMs)
    await settles(this.#lanes, { clock: this.#tools.clock, timeoutMs, signal: this.#signal })
    this.stop()
    const receivedMs = Date.parse(page.fetchedAt)
    const own = sayHere({ ...page, receivedMs }, this.#request, this.#tools.signer)
    const others = this.#said.toSorted((a, b) => (a.read.asked < b.read.asked ? -1 : 1))
    const all: readonly SaidHere[] = [own, ...others]
    const authorities = [...new Set(all.map(({ authority }) => authority))]
    const statements = all.map(({ statement }) => statement)
    const agree = others.filter(
      ({ read }) => read.contentSha256 === page.hash && read.status === page.status,
    )
    const { witnesses: asked } = this.#request
    const counts = { asked, told: all.length, agree: 1 + agree.length, at: page.fetchedAt }
    return { text: testimonyText({ format: TESTIMONY_FORMAT, statements, authorities }), counts }
  }

  /** Nobody is waited for any more. */
  stop(): void {
    this.#end.abort()
  }

  /** One witness, whoever it is in the end. */
  async #fill(): Promise<void> {
    const { clock } = this.#tools
    while (!this.#signal.aborted) {
      await this.#turn()
      const isLate = clock.nowMs() - this.#beganMs > WITNESS_BEGIN_MS
      const member = isLate || this.#isRefused ? undefined : this.#candidates.shift()
      if (member === undefined || this.#signal.aborted) return
      if (await this.#ask(member)) return
    }
  }

  /** Requests begin one after the other. */
  async #turn(): Promise<void> {
    const { clock } = this.#tools
    const atMs = Math.max(clock.nowMs(), this.#nextMs)
    this.#nextMs = atMs + WITNESS_DELAY_MS
    await pause(clock, atMs - clock.nowMs(), this.#signal)
  }

  /** `false`: it cannot tell. */
  async #ask(member: CrewMember): Promise<boolean> {
    const { clock, log, rpc } = this.#tools
    const question = { url: this.#subject.url, ...this.#request }
    const timeoutMs = Math.max(1, this.#beganMs + WITNESS_PATIENCE_MS - clock.nowMs())
    try {
      const options = { timeoutMs, signal: this.#signal }
      const said = await rpc.call(targetOf(member), askWitness, question, options)
      if (isRefusal(said.status)) this.#isRefused = true
      const read = this.#read(member, said)
      if (read === undefined) {
        log.warn('a witness says what does not hold', { member: member.id })
        return false
      }
      // Whoever tells when all is over is not among them.
      if (!this.#signal.aborted) this.#said.push({ ...said, read })
      return true
    } catch (thrown) {
      if (!isAnilloError(thrown)) throw thrown
      log.debug('a witness cannot tell', { member: member.id, error: thrown })
      return false
    }
  }

  /** Nobody vouches for what would not be believed later. */
  #read(
    member: CrewMember,
    { authority, statement }: { readonly authority: string; readonly statement: SignedStatement },
  ): Statement | undefined {
    const { signer } = this.#tools
    const { alsoTrustedPems = [], authorityPem } = signer.credentials()
    if (![authorityPem, ...alsoTrustedPems].includes(authority)) return undefined
    const { problem, statement: read } = checkStatement(statement, [authority], signer.crypto)
    const { nonce, witnesses } = this.#request
    const isAnswer =
      read?.member === member.id &&
      read.url === this.#subject.url &&
      read.nonce === nonce &&
      read.witnesses === witnesses
    return problem === undefined && isAnswer ? read : undefined
  }
}

const NONCE_BYTES = 32

/** RFC 6585, 4; RFC 9110, 15.6.4. */
function isRefusal(status: number): boolean {
  return status === 429 || status === 503
}
