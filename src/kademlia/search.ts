/**
 * Runs a look-up: asks whom it names, in the words that each understands, and hands on what they
 * have. Nodes that know own questions are asked `a_get`, which brings records, a token to write
 * with and who is closer in one answer; others as stock nodes are. Of whom it is not known yet it
 * is asked beside the question.
 */
import { sha1 } from '../base/digests.ts'
import {
  readFindAnswer,
  readRecords,
  readStunAnswer,
  type FindAnswer,
  type RecordsAnswer,
} from '../wire/kademlia/answers.ts'
import { KeyId } from '../wire/kademlia/key-id.ts'
import { HEADER_BYTES } from '../wire/kademlia/limits.ts'
import { encodeQuestion, type Question } from '../wire/kademlia/questions.ts'
import type { StoredValue } from '../wire/kademlia/stored-value.ts'
import { ask, type Core } from './core.ts'
import { Lookup, type Candidate } from './lookup.ts'
import {
  LOOKUP_MS_MAX,
  PAGES_MAX,
  type PATHS,
  ROOMY_BYTES,
  TRIES_MAX,
  WALKS_MAX,
} from './settings.ts'

/** What one node said it has. */
export interface Holding {
  /** To write there; `undefined` where it does not know own questions. */
  token: Uint8Array | undefined
  value: StoredValue | undefined
  /** Of the records it has; by publisher and number, as far as they were read. */
  readonly records: Set<string>
  total: number
}

interface Page {
  readonly cursor: Uint8Array
  readonly token: Uint8Array
  /** 0 for the first. */
  readonly number: number
}

const FIRST_PAGE = { cursor: new Uint8Array(), token: new Uint8Array() }

export interface SearchOptions {
  readonly target: KeyId
  readonly kind: 'nodes' | 'records'
  readonly ways: 1 | typeof PATHS
  /**
   * Each page of records, and whose. Absent: none are wanted, a page of each node is enough.
   * @returns whether any of it is new
   */
  readonly records?: (records: readonly Uint8Array[], holding: Holding) => boolean
  /** @returns whether it is new */
  readonly value?: (value: StoredValue) => boolean
  /** After something new others are waited for so long. */
  readonly graceMs?: number
  /** After the last of the others. */
  readonly ended: (search: Search) => void
}

export class Search {
  readonly options: SearchOptions
  readonly #core: Core
  readonly #lookup: Lookup
  readonly #holdings = new Map<Candidate, Holding>()
  /** Plain values of nodes that may be capable. */
  readonly #unsure = new Map<Candidate, StoredValue>()
  readonly #startedMs: number
  #walks = 0
  #dueMs: number
  #isOver = false

  constructor(core: Core, options: SearchOptions) {
    this.#core = core
    this.options = options
    const { target, ways } = options
    this.#startedMs = core.now.nowMs
    this.#dueMs = this.#startedMs + LOOKUP_MS_MAX
    core.table.lookedUp(target, this.#startedMs)
    const trusted = core.table.closest(target)
    // A node that was too busy to hear in time doubts all: they are asked nevertheless.
    const known = trusted.length > 0 ? trusted : core.table.doubted(target)
    this.#lookup = new Lookup(target, { self: core.self, known, ways })
  }

  get dueMs(): number {
    return this.#isOver ? Infinity : this.#dueMs
  }

  start(): void {
    this.#goOn()
  }

  passed(nowMs: number): void {
    if (nowMs >= this.#dueMs) this.#end()
  }

  /** Without a word. */
  cancel(): void {
    this.#isOver = true
  }

  /** The closest that answered, with what each has. */
  closest(): readonly { readonly candidate: Candidate; readonly holding: Holding }[] {
    return this.#lookup.closest().map((candidate) => ({
      candidate,
      holding: this.#holdingOf(candidate),
    }))
  }

  #goOn(): void {
    if (this.#isOver) return
    for (const candidate of this.#lookup.next()) this.#ask(candidate)
    if (this.#walks === 0 && this.#lookup.isDone) this.#end()
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    const { kind, target } = this.options
    const closest = this.#lookup.closest().map(({ contact }) => contact.id)
    const tookMs = this.#core.now.nowMs - this.#startedMs
    const { asked, counts } = this.#lookup
    this.#core.report({ key: target, kind, tookMs, asked, ...counts, closest })
    this.options.ended(this)
  }

  #ask(candidate: Candidate): void {
    const entry = this.#core.table.get(candidate.contact.id)
    candidate.isCapable ??= entry?.isCapable
    // Who was said to know own questions and was silent may be a stock node.
    const isDoubted = candidate.tries > 1 && entry === undefined
    if (candidate.isCapable === true && !isDoubted) return this.#askRecords(candidate)
    if (candidate.isCapable === undefined) this.#askWhat(candidate)
    this.#askPlain(candidate)
  }

  #askRecords(candidate: Candidate): void {
    ask(this.#core, {
      ...this.#about(candidate),
      question: this.#roomy(FIRST_PAGE),
      read: (body) => readRecords(body, this.#core.options.values),
      answered: (answer) => {
        candidate.isCapable = true
        this.#onRecords(candidate, answer)
      },
    })
  }

  #askPlain(candidate: Candidate): void {
    const { self } = this.#core
    const { kind, target } = this.options
    ask(this.#core, {
      ...this.#about(candidate),
      question: { kind: kind === 'nodes' ? 'find_node' : 'find_value', id: self, key: target },
      read: (body) => readFindAnswer(body, this.#core.options.values),
      answered: (answer) => this.#onPlain(candidate, answer),
    })
  }

  /** Beside the question: it is waited for only as long as answers usually take. */
  #askWhat(candidate: Candidate): void {
    const release = this.#hold()
    const isStock = (): void => {
      candidate.isCapable ??= false
      const value = this.#unsure.get(candidate)
      if (value !== undefined) this.#tellValue(candidate, value)
      release()
    }
    ask(this.#core, {
      to: candidate.contact,
      id: undefined,
      question: { kind: 'stun' },
      read: readStunAnswer,
      answered: ({ capability }) => {
        if (capability === undefined) return isStock()
        if (!this.#isWho(candidate, capability.publicKey)) return release()
        candidate.isCapable = true
        this.#askMore(candidate, { ...FIRST_PAGE, number: 0 })
        release()
      },
      slow: isStock,
      lost: release,
    })
  }

  /** The search does not end before it is let go. */
  #hold(): () => void {
    this.#walks++
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      this.#walks--
      this.#goOn()
    }
  }

  #about(candidate: Candidate) {
    return {
      to: candidate.contact,
      id: candidate.contact.id,
      slow: () => {
        this.#lookup.slow(candidate)
        this.#goOn()
      },
      lost: () => {
        this.#lookup.failed(candidate)
        this.#goOn()
      },
    }
  }

  /** With as many bytes as its answer may need. */
  #roomy({ cursor, token }: Omit<Page, 'number'>): Question {
    const { self } = this.#core
    const bare: Question = {
      kind: 'a_get',
      id: self,
      key: this.options.target,
      cursor,
      token,
      padding: new Uint8Array(),
    }
    const room = ROOMY_BYTES - HEADER_BYTES - encodeQuestion(bare).length
    return { ...bare, padding: new Uint8Array(Math.max(0, room)) }
  }

  /** Ids next to a key are easily made up; keys that have such ids are not. */
  #isWho(candidate: Candidate, publicKey: Uint8Array): boolean {
    if (KeyId.of(sha1(publicKey)).equals(candidate.contact.id)) return true
    this.#core.count('forged')
    this.#lookup.forged(candidate)
    this.#goOn()
    return false
  }

  #onPlain(candidate: Candidate, answer: FindAnswer): void {
    if (candidate.isForged) return
    this.#core.onSeen(candidate.contact)
    const told = answer.kind === 'contacts' ? answer.contacts : []
    // A capable node says so of what it has of records: that is no plain value of its own.
    if (answer.kind === 'value') {
      if (candidate.isCapable === undefined) this.#unsure.set(candidate, answer.value)
      else if (!candidate.isCapable) this.#tellValue(candidate, answer.value)
    }
    this.#lookup.answered(
      candidate,
      told.map((contact) => ({ contact, isCapable: undefined })),
    )
    this.#goOn()
  }

  #onRecords(candidate: Candidate, answer: RecordsAnswer): void {
    if (!this.#isWho(candidate, answer.publicKey)) return
    this.#core.onSeen(candidate.contact)
    this.#lookup.answered(candidate, answer.contacts)
    this.#took(candidate, answer)
    this.#walkOn(candidate, answer, 1)
    this.#goOn()
  }

  #took(candidate: Candidate, { records, token, total, value }: RecordsAnswer): void {
    const holding = this.#holdingOf(candidate)
    holding.token = token
    holding.total = total
    if (value !== undefined) this.#tellValue(candidate, value)
    this.#tell(() => this.options.records?.(records, holding))
  }

  /** The pages behind, of a few nodes: others have the same for the most part. */
  #walkOn(candidate: Candidate, { next, token }: RecordsAnswer, number: number): void {
    if (this.options.records === undefined || next === undefined) return
    if (number >= PAGES_MAX || (number === 1 && this.#walks >= WALKS_MAX)) return
    this.#askMore(candidate, { cursor: next, token, number })
  }

  /** A page that is slow is asked for again: one that is lost would end the reading. */
  #askMore(candidate: Candidate, page: Page, triesLeft = TRIES_MAX): void {
    if (this.#isOver) return
    const release = this.#hold()
    let isAnswered = false
    ask(this.#core, {
      to: candidate.contact,
      id: candidate.contact.id,
      question: this.#roomy(page),
      read: (body) => readRecords(body, this.#core.options.values),
      answered: (answer) => {
        if (!isAnswered) this.#took(candidate, answer)
        // A node that names the same place again would be read for ever.
        const isOnward = String(answer.next) !== String(page.cursor)
        if (!isAnswered && isOnward) this.#walkOn(candidate, answer, page.number + 1)
        isAnswered = true
        release()
      },
      slow: () => {
        if (!isAnswered && triesLeft > 1) this.#askMore(candidate, page, triesLeft - 1)
        isAnswered = triesLeft > 1
        release()
      },
      lost: release,
    })
  }

  /** What was found, while anybody wants to know. */
  #tell(run: () => boolean | undefined): void {
    const { graceMs } = this.options
    if (this.#isOver || run() !== true || graceMs === undefined) return
    const { nowMs } = this.#core.now
    this.#dueMs = Math.min(this.#startedMs + LOOKUP_MS_MAX, nowMs + graceMs)
  }

  #tellValue(candidate: Candidate, value: StoredValue): void {
    this.#holdingOf(candidate).value = value
    this.#tell(() => this.options.value?.(value))
  }

  #holdingOf(candidate: Candidate): Holding {
    const before = this.#holdings.get(candidate)
    if (before !== undefined) return before
    const made = { token: undefined, value: undefined, records: new Set<string>(), total: 0 }
    this.#holdings.set(candidate, made)
    return made
  }
}
