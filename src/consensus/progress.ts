/**
 * How far one follower is, as the leader knows, and what may be sent to it.
 *
 *     probe ── answered ──> replicate ── refused, silent ──> probe
 *       └──── entries gone ───> snapshot ── installed, failed ──> probe
 *
 * `probe`: one append at a time, until it is known where the logs meet. `replicate`: appends leave
 * without waiting, within a window of bytes. `snapshot`: no append; the offer is repeated.
 * All changes of state stand here.
 */
import { assert } from '../base/assert.ts'
import type { MemberId } from '../base/ids.ts'
import type { LogIndex, SnapshotOffer } from '../wire/raft.ts'

export type ProgressState = 'probe' | 'replicate' | 'snapshot'

interface Flight {
  readonly lastIndex: LogIndex
  readonly bytes: number
}

export class Progress {
  readonly member: MemberId
  #state: ProgressState = 'probe'
  /** Its log is the leader's up to here, on its disk. */
  #match: LogIndex = 0
  /** The first entry to send; 0 <= match < next. */
  #next: LogIndex
  #flights: Flight[] = []
  #inFlightBytes = 0
  /** When something was last sent that asks for an answer; -Infinity: nothing is awaited. */
  #awaitedSinceMs = -Infinity
  #offered: SnapshotOffer | undefined
  #lastAnswerAtMs: number
  #hasAnswered = false
  /** Nothing came since something was taken for lost: it is not sent entries until it answers. */
  #isSilent = false
  /** The last commit index that it was sent. */
  commitSent: LogIndex = 0
  /** It has asked for an append, be it an empty one. */
  owesCompare = false
  /** Its wall clock less this member's monotonic one; `undefined` before its first answer. */
  wallAheadMs: number | undefined
  /** It is in the configuration no more, and is only told so until then. */
  leavesAtMs = Infinity

  constructor(member: MemberId, next: LogIndex, nowMs: number) {
    assert(next > 0, 'there is no entry 0')
    this.member = member
    this.#next = next
    this.#lastAnswerAtMs = nowMs
  }

  get state(): ProgressState {
    return this.#state
  }

  get match(): LogIndex {
    return this.#match
  }

  get next(): LogIndex {
    return this.#next
  }

  get offered(): SnapshotOffer | undefined {
    return this.#offered
  }

  get lastAnswerAtMs(): number {
    return this.#lastAnswerAtMs
  }

  /** Since this member leads; until then `lastAnswerAtMs` is when that began. */
  get hasAnswered(): boolean {
    return this.#hasAnswered
  }

  get isSilent(): boolean {
    return this.#isSilent
  }

  get awaitedSinceMs(): number {
    return this.#awaitedSinceMs
  }

  isAwaited(): boolean {
    return this.#awaitedSinceMs !== -Infinity
  }

  /** Another append may leave for it. */
  hasRoom(inFlightBytesMax: number): boolean {
    if (this.#state === 'probe') return !this.isAwaited()
    return this.#state === 'replicate' && this.#inFlightBytes < inFlightBytesMax
  }

  /** An append up to `lastIndex` has left. */
  sent(lastIndex: LogIndex, bytes: number, nowMs: number): void {
    assert(this.#state !== 'snapshot', 'no append while a snapshot is fetched')
    assert(lastIndex >= this.#next - 1, 'what is sent follows on')
    this.owesCompare = false
    if (!this.isAwaited()) this.#awaitedSinceMs = nowMs
    if (this.#state === 'probe' || bytes === 0) return
    this.#next = lastIndex + 1
    this.#flights.push({ lastIndex, bytes })
    this.#inFlightBytes += bytes
  }

  heard(nowMs: number): void {
    this.#lastAnswerAtMs = nowMs
    this.#hasAnswered = true
    this.#isSilent = false
  }

  /** @returns whether it is further than was known. */
  matched(match: LogIndex, nowMs: number): boolean {
    const isFurther = match > this.#match
    if (isFurther) this.#match = match
    if (this.#state === 'snapshot') {
      if (match < (this.#offered?.point.index ?? 0)) return isFurther
      this.#offered = undefined
      this.#replicate()
    } else if (this.#state === 'probe') {
      // An answer of older times says nothing about the append under way.
      if (match < this.#next - 1) return isFurther
      this.#replicate()
    } else {
      this.#land(match, nowMs)
    }
    return isFurther
  }

  #replicate(): void {
    this.#state = 'replicate'
    this.#next = this.#match + 1
    this.#clearFlights()
  }

  #land(match: LogIndex, nowMs: number): void {
    let landed = 0
    for (const { lastIndex, bytes } of this.#flights) {
      if (lastIndex > match) break
      this.#inFlightBytes -= bytes
      landed++
    }
    this.#flights.splice(0, landed)
    this.#next = Math.max(this.#next, match + 1)
    if (this.#flights.length === 0) this.#awaitedSinceMs = -Infinity
    else if (landed > 0) this.#awaitedSinceMs = nowMs
  }

  /**
   * @param place where the logs may meet. @returns whether that is an answer to what is awaited.
   */
  refused(rejected: LogIndex, place: LogIndex): boolean {
    if (this.#state === 'snapshot' || rejected <= this.#match) return false
    if (this.#state === 'probe' && rejected !== this.#next - 1) return false
    this.#probeFrom(Math.min(rejected, place + 1))
    return true
  }

  /** No answer, or no connection: what is under way is taken for lost. */
  retry(): void {
    this.#isSilent = true
    // A probe begins again where it was: how far the follower is may not be known yet.
    if (this.#state === 'replicate') this.#probeFrom(this.#match + 1)
    else this.#awaitedSinceMs = -Infinity
  }

  #probeFrom(next: LogIndex): void {
    this.#state = 'probe'
    this.#next = Math.max(next, this.#match + 1)
    this.#clearFlights()
  }

  /** It is to fetch a snapshot; also again, when it has not answered. */
  offer(snapshot: SnapshotOffer, nowMs: number): void {
    assert(snapshot.point.index >= this.#match, 'a snapshot brings it on')
    this.#state = 'snapshot'
    this.#offered = snapshot
    this.#clearFlights()
    this.#awaitedSinceMs = nowMs
  }

  /** It could not be had: probe again, after a pause as for one that does not answer. */
  offerFailed(index: LogIndex, nowMs: number): void {
    if (this.#offered?.point.index !== index) return
    this.#offered = undefined
    this.#probeFrom(this.#match + 1)
    this.#awaitedSinceMs = nowMs
  }

  #clearFlights(): void {
    this.#flights = []
    this.#inFlightBytes = 0
    this.#awaitedSinceMs = -Infinity
  }
}
