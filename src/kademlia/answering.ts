/**
 * Answers to others. Whoever has not proved its address gets at most three times the bytes of its
 * question: where the answer is longer, the address is asked something first, and the question
 * waits for that answer. So nobody can make this node flood another.
 */
import { unreachable } from '../base/assert.ts'
import type { Endpoint } from '../effects/net.ts'
import {
  contactBytes,
  encodeContacts,
  encodeFound,
  encodePingAnswer,
  encodeStunAnswer,
  encodeTaken,
  readStunAnswer,
  type NodeContact,
} from '../wire/kademlia/answers.ts'
import { encodeDatagram } from '../wire/kademlia/datagram.ts'
import type { KeyId } from '../wire/kademlia/key-id.ts'
import { HEADER_BYTES } from '../wire/kademlia/limits.ts'
import { type Question, type Write } from '../wire/kademlia/questions.ts'
import { addressText } from './calls.ts'
import { isSigned, readRecord } from './checked-record.ts'
import { ask, type Core } from './core.ts'
import type { CountName } from './counts.ts'
import type { Kept } from './held.ts'
import { networkOf } from './networks.ts'
import { encodePage } from './pages.ts'
import { unprovedRoom } from './room.ts'
import {
  AMPLIFICATION_MAX,
  CHALLENGES_A_NETWORK,
  CHALLENGES_MAX,
  WAITING_ANSWER_MS,
  WAITING_ANSWERS_MAX,
} from './settings.ts'

interface Asked {
  readonly from: Endpoint
  readonly messageId: Uint8Array
  readonly question: Question
  /** Of the whole datagram. */
  readonly bytes: number
}

interface Waiting extends Asked {
  readonly untilMs: number
}

const COUNTED: Readonly<Record<Kept, CountName>> = {
  kept: 'recordsKept',
  known: 'recordsKnown',
  outdated: 'recordsOutdated',
  expired: 'recordsExpired',
  crowded: 'recordsCrowded',
}

/** The head of a list of contacts. */
const LIST_HEAD_BYTES = 3

export class Answering {
  readonly #core: Core
  readonly #waiting = new Map<string, Waiting[]>()
  #waitingCount = 0
  /** Networks of the addresses that are being asked who they are. */
  readonly #challenged = new Map<string, number>()
  #challenges = 0
  #dueMs = Infinity

  constructor(core: Core) {
    this.#core = core
  }

  get dueMs(): number {
    return this.#dueMs
  }

  /** @returns whether its asker is being asked to prove its address first */
  onQuestion(asked: Asked): 'answered' | 'waits' {
    const { from, messageId } = asked
    if (this.#needsProof(asked) && !this.#core.isProved(from)) {
      this.#await(asked)
      return 'waits'
    }
    const body = this.#answer(asked)
    if (body !== undefined) {
      this.#core.send(from, encodeDatagram({ kind: 'response', messageId, body }))
    }
    return 'answered'
  }

  /** Those of an address that has proved to be heard. */
  onProved(address: string): void {
    const waiting = this.#waiting.get(address)
    if (waiting === undefined) return
    this.#forget(address, waiting)
    for (const asked of waiting) {
      this.onQuestion(asked)
      const { from, question } = asked
      if (question.kind !== 'stun') this.#core.onSeen({ ...from, id: question.id })
    }
  }

  /** Those whose asker did not prove itself get what may be given. */
  passed(nowMs: number): void {
    if (nowMs < this.#dueMs) return
    this.#dueMs = Infinity
    for (const [address, waiting] of this.#waiting) {
      const untilMs = waiting[0]?.untilMs ?? 0
      if (untilMs > nowMs) {
        this.#dueMs = Math.min(this.#dueMs, untilMs)
        continue
      }
      this.#forget(address, waiting)
      for (const asked of waiting) this.#answerShort(asked)
    }
  }

  #forget(address: string, waiting: readonly Waiting[]): void {
    this.#waiting.delete(address)
    this.#waitingCount -= waiting.length
  }

  /** Values are taken only of who is heard where it says; long answers are given to no other. */
  #needsProof({ bytes, from, question }: Asked): boolean {
    switch (question.kind) {
      case 'stun':
      case 'ping':
      case 'a_get':
      case 'a_put':
      case 'a_del':
        return false
      case 'store':
        return true
      case 'find_node':
      case 'find_value':
        return HEADER_BYTES + this.#found(question, from).length > unprovedRoom(bytes)
      default:
        return unreachable(question)
    }
  }

  #await(asked: Asked): void {
    const core = this.#core
    const address = addressText(asked.from)
    const waiting = this.#waiting.get(address)
    const mayWait = waiting !== undefined || this.#mayChallenge(asked.from)
    if (this.#waitingCount >= WAITING_ANSWERS_MAX || !mayWait) {
      this.#answerShort(asked)
      return
    }
    const untilMs = core.now.nowMs + WAITING_ANSWER_MS
    this.#waitingCount++
    this.#dueMs = Math.min(this.#dueMs, untilMs)
    if (waiting !== undefined) {
      waiting.push({ ...asked, untilMs })
      return
    }
    this.#waiting.set(address, [{ ...asked, untilMs }])
    const over = this.#challenge(asked.from)
    ask(core, {
      to: asked.from,
      id: undefined,
      question: { kind: 'stun' },
      read: readStunAnswer,
      answered: over,
      lost: over,
    })
  }

  #mayChallenge({ host }: Endpoint): boolean {
    if (this.#challenges >= CHALLENGES_MAX) return false
    const network = networkOf(host)
    return network === undefined || (this.#challenged.get(network) ?? 0) < CHALLENGES_A_NETWORK
  }

  /** @returns what is to be called once it is over */
  #challenge({ host }: Endpoint): () => void {
    const network = networkOf(host)
    const count = (more: number): void => {
      this.#challenges += more
      if (network === undefined) return
      const left = (this.#challenged.get(network) ?? 0) + more
      if (left === 0) this.#challenged.delete(network)
      else this.#challenged.set(network, left)
    }
    count(1)
    return () => count(-1)
  }

  #answerShort({ bytes, from, messageId, question }: Asked): void {
    this.#core.count('cutShort')
    if (question.kind !== 'find_node' && question.kind !== 'find_value') return
    let room = unprovedRoom(bytes) - HEADER_BYTES - LIST_HEAD_BYTES
    const fit: NodeContact[] = []
    for (const contact of this.#closest(question.key, from)) {
      room -= contactBytes(contact)
      if (room < 0) break
      fit.push(contact)
    }
    const body = encodeContacts(fit)
    this.#core.send(from, encodeDatagram({ kind: 'response', messageId, body }))
  }

  #answer({ bytes, from, question }: Asked): Uint8Array | undefined {
    const core = this.#core
    switch (question.kind) {
      case 'stun':
        return this.#seen(from, bytes)
      case 'ping':
        return encodePingAnswer(core.self)
      case 'store':
        core.held.putValue(question.key, question.value, core.now.nowMs)
        core.count('valuesKept')
        return encodeTaken(true)
      case 'find_node':
      case 'find_value':
        return this.#found(question, from)
      case 'a_get':
        return encodePage(core, { question, from, bytes })
      case 'a_put':
      case 'a_del':
        return this.#onWrite(question, from)
      default:
        return unreachable(question)
    }
  }

  /** Who asks in few bytes is a stock node, which does not know what else there is. */
  #seen(from: Endpoint, bytes: number): Uint8Array {
    const { publicKey } = this.#core.options
    const whole = encodeStunAnswer({ seen: from, capability: { publicKey, caps: 0 } })
    const fits = HEADER_BYTES + whole.length <= AMPLIFICATION_MAX * bytes
    if (fits || this.#core.isProved(from)) return whole
    return encodeStunAnswer({ seen: from, capability: undefined })
  }

  #found(
    { key, kind }: { readonly kind: 'find_node' | 'find_value'; readonly key: KeyId },
    from: Endpoint,
  ): Uint8Array {
    const { held, now } = this.#core
    const value = kind === 'find_value' ? held.plain(key, now.nowMs) : undefined
    return value === undefined ? encodeContacts(this.#closest(key, from)) : encodeFound(value)
  }

  #closest(key: KeyId, from: Endpoint): readonly NodeContact[] {
    return this.#core.table.closest(key, undefined, from).map(({ contact }) => contact)
  }

  #onWrite({ key, kind, record, token }: Write, from: Endpoint): Uint8Array | undefined {
    const core = this.#core
    const { nowMs } = core.now
    if (!core.sources.mayWrite(from, nowMs)) {
      core.count('flooded')
      return undefined
    }
    if (!core.tokens.isGood(token, { host: from.host, nowMs })) {
      core.count('tokensRefused')
      return encodeTaken(false)
    }
    const read = readRecord(record, key)
    const isOfKind = read !== undefined && (read.url === undefined) === (kind === 'a_del')
    if (!isOfKind || !isSigned(core.options, read)) {
      core.count('recordsForged')
      return encodeTaken(false)
    }
    const network = networkOf(from.host)
    const kept = core.held.putRecord(key, read, { ...core.now, network })
    core.count(COUNTED[kept])
    return encodeTaken(kept === 'kept' || kept === 'known')
  }
}
