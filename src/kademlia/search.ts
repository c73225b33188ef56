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
  READ_MS_MAX,
  ROOMY_BYTES,
  TRIES_MAX,
  WALKS_AT_ONCE,
  WALKS_MAX,
} from './settings.ts'
import type { LookupHop } from './types.ts'

/** What one node said it has. */
export interface Holding {
  /** To write there; `undefined` where it does not know own questions. */
  token: Uint8Array | undefined
  value: StoredValue | undefined
  /** Of the records it has; by publisher and number, as far as they were read. */
  readonly records: Set<string>
  total: number
}

/** Records of one node beyond its first page. */
interface Walk {
  readonly candidate: Candidate
  readonly answer: RecordsAnswer
  hasNews: boolean
}

interface Page {
  readonly cursor: Uint8Array
  readonly token: Uint8Array
  /** 0 for the first. */
  readonly number: number
}

interface PageAnswer {
  readonly candidate: Candidate
  readonly page: Page
  readonly walk: Walk | undefined
  readonly answer: RecordsAnswer
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
  /** Of whom it is being asked whether it is capable. */
  readonly #unsure = new Set<Candidate>()
  /** Plain values of these. */
  readonly #unsureValues = new Map<Candidate, StoredValue>()
  /** Begun, and not. */
  readonly #walks: Walk[] = []
  readonly #unread: Walk[] = []
  readonly #startedMs: number
  #holds = 0
  #newsMs: number
  #dueMs: number
  #isOver = false
  #number: number | undefined

  constructor(core: Core, options: SearchOptions) {
    this.#core = core
    this.options = options
    const { target, ways } = options
    this.#startedMs = core.now.nowMs
    this.#newsMs = this.#startedMs
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

  /** Of its report, once it has ended. */
  get number(): number | undefined {
    return this.#number
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
    if (this.#holds > 0 || !this.#lookup.isDone) return
    if (!this.#readAnother()) this.#end()
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    const { kind, target } = this.options
    const closest = this.#lookup.closest().map(({ contact }) => contact.id)
    const tookMs = this.#core.now.nowMs - this.#startedMs
    const { asked, counts } = this.#lookup
    const hops = this.#core.options.keepsHops === true ? this.#lookup.hops.map(this.#hopOf) : []
    this.#number = this.#core.report({ key: target, kind, tookMs, asked, ...counts, closest, hops })
    this.options.ended(this)
  }

  readonly #hopOf = (candidate: Candidate): LookupHop => {
    const { answeredMs, askedMs = this.#startedMs, contact, round, teller } = candidate
    const holding = this.#holdings.get(candidate)
    const hasRecords = (holding?.total ?? 0) > 0
    return {
      contact,
      round,
      toldBy: teller?.contact.id,
      askedMs: askedMs - this.#startedMs,
      tookMs: answeredMs === undefined ? undefined : answeredMs - askedMs,
      state: hopState(candidate),
      has: hasRecords ? 'records' : holding?.value === undefined ? 'nothing' : 'value',
    }
  }

  #ask(candidate: Candidate): void {
    candidate.askedMs ??= this.#core.now.nowMs
    const entry = this.#core.table.get(candidate.contact.id)
    candidate.isCapable ??= entry?.isCapable
    // Who was said to know own questions and was silent may be a stock node.
    if (candidate.tries > 1 && entry === undefined) candidate.isCapable = undefined
    if (candidate.isCapable === true) return this.#askRecords(candidate)
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
    this.#unsure.add(candidate)
    const isTakenForStock = (): void => {
      this.#unsure.delete(candidate)
      const value = this.#unsureValues.get(candidate)
      if (value !== undefined && candidate.isCapable !== true) this.#tellValue(candidate, value)
      release()
    }
    ask(this.#core, {
      to: candidate.contact,
      id: undefined,
      question: { kind: 'stun' },
      read: readStunAnswer,
      answered: ({ capability }) => {
        candidate.isCapable ??= capability !== undefined
        if (capability === undefined) return isTakenForStock()
        if (!this.#isWho(candidate, capability.publicKey)) return release()
        candidate.isCapable = true
        this.#askMore(candidate, { ...FIRST_PAGE, number: 0 })
        release()
      },
      slow: isTakenForStock,
      lost: release,
    })
  }

  /** The search does not end before it is let go. */
  #hold(): () => void {
    this.#holds++
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      this.#holds--
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
    candidate.answeredMs ??= this.#core.now.nowMs
    if (candidate.isForged) return
    this.#core.onSeen(candidate.contact)
    const told = answer.kind === 'contacts' ? answer.contacts : []
    // A capable node says so of what it has of records: that is no plain value of its own.
    if (answer.kind === 'value') {
      if (this.#unsure.has(candidate)) this.#unsureValues.set(candidate, answer.value)
      else if (candidate.isCapable !== true) this.#tellValue(candidate, answer.value)
    }
    this.#lookup.answered(
      candidate,
      told.map((contact) => ({ contact, isCapable: undefined })),
    )
    this.#goOn()
  }

  #onRecords(candidate: Candidate, answer: RecordsAnswer): void {
    candidate.answeredMs ??= this.#core.now.nowMs
    if (!this.#isWho(candidate, answer.publicKey)) return
    this.#core.onSeen(candidate.contact)
    this.#lookup.answered(candidate, answer.contacts)
    this.#took(candidate, answer)
    this.#walk(candidate, answer)
    this.#goOn()
  }

  /** @returns whether any of it is new */
  #took(candidate: Candidate, { records, token, total, value }: RecordsAnswer): boolean {
    const holding = this.#holdingOf(candidate)
    holding.token = token
    holding.total = total
    if (value !== undefined) this.#tellValue(candidate, value)
    return this.#tell(() => this.options.records?.(records, holding))
  }

  /** The pages behind, of a few nodes: others have the same for the most part. */
  #walk(candidate: Candidate, answer: RecordsAnswer): void {
    if (this.options.records === undefined || answer.next === undefined) return
    const walk = { candidate, answer, hasNews: false }
    if (this.#walks.length < WALKS_AT_ONCE) this.#begin(walk)
    else this.#unread.push(walk)
  }

  #begin(walk: Walk): void {
    this.#walks.push(walk)
    this.#walkOn(walk, walk.answer, 1)
  }

  /**
   * Where the first nodes that were read do not have the same, others may have what all of these
   * lack.
   * @returns whether one more is being read
   */
  #readAnother(): boolean {
    const last = this.#walks.at(-1)
    if (last === undefined || this.#walks.length >= WALKS_MAX || this.#isOver) return false
    const isFirst = this.#walks.length <= WALKS_AT_ONCE
    if (isFirst ? this.#areWalkedAlike() : !last.hasNews) return false
    const byDistance = (a: Walk, b: Walk): number =>
      this.options.target.compareDistance(a.candidate.contact.id, b.candidate.contact.id)
    const [next] = this.#unread.sort(byDistance)
    if (next === undefined) return false
    this.#unread.shift()
    this.#begin(next)
    return this.#holds > 0
  }

  #areWalkedAlike(): boolean {
    const read = this.#walks.map(({ candidate }) => this.#holdingOf(candidate).records)
    const all = new Set(read.flatMap((marks) => [...marks]))
    return read.every(({ size }) => size === all.size)
  }

  #walkOn(walk: Walk, { next, token }: RecordsAnswer, number: number): void {
    if (next === undefined || number >= PAGES_MAX) return
    this.#askMore(walk.candidate, { cursor: next, token, number }, walk)
  }

  /** A page that is slow is asked for again: one that is lost would end the reading. */
  #askMore(candidate: Candidate, page: Page, walk?: Walk, triesLeft = TRIES_MAX): void {
    if (this.#isOver) return
    const release = this.#hold()
    let isAnswered = false
    ask(this.#core, {
      to: candidate.contact,
      id: candidate.contact.id,
      question: this.#roomy(page),
      read: (body) => readRecords(body, this.#core.options.values),
      answered: (answer) => {
        if (!isAnswered) this.#onPage({ candidate, page, walk, answer })
        isAnswered = true
        release()
      },
      slow: () => {
        if (!isAnswered && triesLeft > 1) this.#askMore(candidate, page, walk, triesLeft - 1)
        isAnswered = triesLeft > 1
        release()
      },
      lost: release,
    })
  }

  #onPage({ answer, candidate, page, walk }: PageAnswer): void {
    const isNews = this.#took(candidate, answer)
    if (walk === undefined) return this.#walk(candidate, answer)
    walk.hasNews ||= isNews
    if (this.#isOver) return
    // A node that names the same place again would be read for ever.
    if (String(answer.next) === String(page.cursor)) return
    // What is behind is waited for, though others were faster with this page.
    this.#waitOn()
    this.#walkOn(walk, answer, page.number + 1)
  }

  /**
   * What was found, while anybody wants to know.
   * @returns whether it is new
   */
  #tell(run: () => boolean | undefined): boolean {
    if (this.#isOver || run() !== true) return false
    this.#newsMs = this.#core.now.nowMs
    this.#waitOn()
    return true
  }

  #waitOn(): void {
    const { graceMs } = this.options
    if (graceMs === undefined) return
    const { nowMs } = this.#core.now
    const lastMs = Math.min(this.#startedMs + READ_MS_MAX, this.#newsMs + LOOKUP_MS_MAX)
    this.#dueMs = Math.min(lastMs, nowMs + graceMs)
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

function hopState({ answeredMs, isForged, state }: Candidate): LookupHop['state'] {
  if (isForged) return 'forged'
  if (answeredMs !== undefined) return 'answered'
  return state === 'asked' ? 'awaited' : 'silent'
}
