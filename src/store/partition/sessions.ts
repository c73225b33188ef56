/**
 * Sessions bind a repeated call to its first answer (Ongaro's dissertation, 6.3). Answers stand in
 * pages of sixteen, so that a call rewrites one small row and every sixteenth drops one; the row of
 * a session is written that seldom too.
 */
import { assert } from '../../base/assert.ts'
import { KIB, MIB } from '../../base/limits.ts'
import type { RequestId } from '../../wire/command.ts'
import type { StateReader } from '../state/types.ts'
import { answersKey, answersRange, lastNumber, sessionIn, sessionKey } from './keys.ts'
import { SPACE, spaceRange } from './keys.ts'
import type { Layer } from './layer.ts'
import { rowBytes } from './row-bytes.ts'
import { readSessionRow, sessionRow } from './session-row.ts'

/** One for each member that changes something here; restarts leave old ones behind. */
export const SESSIONS_MAX = 512

/** An answer tells an outcome; what is long is read as records. */
export const ANSWER_BYTES_MAX = 16 * KIB

export const PAGE_ANSWERS = 16

/** 1,024 calls under way in one session: doors have fewer. */
export const SESSION_PAGES_MAX = 64

/** Of answers kept in one session. */
export const SESSION_BYTES_MAX = MIB

/** The oldest-used session goes first; its last use is known to so many entries. */
const USE_ENTRIES = 1_024

const ANSWER_HEAD_BYTES = 3

interface Session {
  readonly owner: string
  /** Index of an entry not long before its last use. */
  usedAt: number
  /** Pages below are forgotten. */
  firstPage: number
  /** Loaded at first use. */
  pages: Map<number, Uint8Array> | undefined
  bytes: number
}

/** What is known of a call. */
export type Recalled =
  | { readonly kind: 'fresh' }
  | { readonly kind: 'answered'; readonly answer: Uint8Array }
  /** No such session, or the answer is forgotten: whether it was carried out is not known here. */
  | { readonly kind: 'unknown' }

const FRESH: Recalled = { kind: 'fresh' }
const UNKNOWN: Recalled = { kind: 'unknown' }

export class Sessions {
  readonly #state: StateReader
  readonly #sessions = new Map<number, Session>()

  constructor(state: StateReader) {
    this.#state = state
    for (const { key, value } of state.scan(spaceRange(SPACE.session))) {
      this.#sessions.set(sessionIn(key), {
        ...readSessionRow(value),
        pages: undefined,
        bytes: 0,
      })
    }
    assert(this.#sessions.size <= SESSIONS_MAX, 'more sessions than there may be')
  }

  get count(): number {
    return this.#sessions.size
  }

  /** Its number is the index of the entry that opens it. */
  open(layer: Layer, owner: string, index: number): number {
    while (this.#sessions.size >= SESSIONS_MAX) this.#drop(layer, this.#oldest())
    const session = { owner, usedAt: index, firstPage: 0, pages: new Map(), bytes: 0 }
    this.#sessions.set(index, session)
    layer.put(sessionKey(index), sessionRow(session))
    return index
  }

  #oldest(): number {
    let oldest = Infinity
    let usedAt = Infinity
    for (const [number, session] of this.#sessions) {
      if (session.usedAt > usedAt || (session.usedAt === usedAt && number > oldest)) continue
      oldest = number
      usedAt = session.usedAt
    }
    return oldest
  }

  #drop(layer: Layer, number: number): void {
    const pages = this.#pagesOf(number)
    for (const page of pages.keys()) layer.delete(answersKey(number, page))
    layer.delete(sessionKey(number))
    this.#sessions.delete(number)
  }

  recall({ session: number, sequence }: RequestId): Recalled {
    const session = this.#sessions.get(number)
    const page = pageOf(sequence)
    if (session === undefined || page < session.firstPage) return UNKNOWN
    const answer = answerIn(this.#pagesOf(number).get(page), sequence % PAGE_ANSWERS)
    return answer === undefined ? FRESH : { kind: 'answered', answer }
  }

  /** Of a fresh call alone. */
  remember(layer: Layer, at: RequestId & { readonly index: number }, answer: Uint8Array): void {
    const session = this.#sessions.get(at.session)
    assert(session !== undefined && answer.length <= ANSWER_BYTES_MAX, 'an answer to remember')
    const pages = this.#pagesOf(at.session)
    const page = pageOf(at.sequence)
    const bytes = appended(pages.get(page), at.sequence % PAGE_ANSWERS, answer)
    session.bytes += bytes.length - (pages.get(page)?.length ?? 0)
    pages.set(page, bytes)
    layer.put(answersKey(at.session, page), bytes)
    this.#forget(layer, at, session)
  }

  /** What the asker will not repeat, and what is too much: the lowest pages, never the highest. */
  #forget(layer: Layer, at: RequestId & { readonly index: number }, session: Session): void {
    const oldest = pageOf(at.sequence) - SESSION_PAGES_MAX + 1
    let first = Math.max(session.firstPage, pageOf(at.floor), oldest)
    if (first > session.firstPage || session.bytes > SESSION_BYTES_MAX) {
      const pages = this.#pagesOf(at.session)
      const sorted = [...pages.keys()].toSorted((a, b) => a - b)
      for (const page of sorted) {
        const isKept = session.bytes <= SESSION_BYTES_MAX || page === sorted.at(-1)
        if (page >= first && isKept) break
        session.bytes -= pages.get(page)?.length ?? 0
        pages.delete(page)
        layer.delete(answersKey(at.session, page))
        first = Math.max(first, page + 1)
      }
    }
    if (first === session.firstPage && at.index - session.usedAt < USE_ENTRIES) return
    session.firstPage = first
    session.usedAt = at.index
    layer.put(sessionKey(at.session), sessionRow(session))
  }

  #pagesOf(number: number): Map<number, Uint8Array> {
    const session = this.#sessions.get(number)
    assert(session !== undefined, 'pages of a session')
    if (session.pages !== undefined) return session.pages
    const pages = new Map<number, Uint8Array>()
    for (const { key, value } of this.#state.scan(answersRange(number))) {
      pages.set(lastNumber(key), value)
      session.bytes += value.length
    }
    session.pages = pages
    return pages
  }
}

export function pageOf(sequence: number): number {
  return Math.floor(sequence / PAGE_ANSWERS)
}

function appended(page: Uint8Array | undefined, place: number, answer: Uint8Array): Uint8Array {
  const before = page?.length ?? 0
  const bytes = rowBytes(before + ANSWER_HEAD_BYTES + answer.length)
  if (page !== undefined) bytes.set(page)
  bytes[before] = place
  bytes[before + 1] = answer.length >> 8
  bytes[before + 2] = answer.length
  bytes.set(answer, before + ANSWER_HEAD_BYTES)
  return bytes
}

function answerIn(page: Uint8Array | undefined, place: number): Uint8Array | undefined {
  if (page === undefined) return undefined
  for (let at = 0; at < page.length;) {
    const start = at + ANSWER_HEAD_BYTES
    const end = start + ((page[at + 1] ?? 0) << 8) + (page[at + 2] ?? 0)
    if (page[at] === place) return page.subarray(start, end)
    at = end
  }
  return undefined
}
