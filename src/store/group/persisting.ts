/**
 * The order between the log and the messages (`RaftOutput`). What all groups persist in one turn is
 * one append; several may be under way. What a group promises leaves when its own append, and all
 * before it, are on the medium.
 */
import { present } from '../../base/assert.ts'
import type { AddressedMessage, PersistedEvent, RaftOutput } from '../../consensus/types.ts'
import type { LogRecord } from '../log/types.ts'
import type { Core } from './core.ts'
import type { HeldGroup } from './held-group.ts'
import { LOG_IN_FLIGHT_BYTES_MAX } from './limits.ts'
import type { Outgoing } from './outgoing.ts'

/** What a record costs besides the data in it, about. */
const RECORD_BYTES = 48

interface Promised {
  readonly held: HeldGroup
  readonly messages: readonly AddressedMessage[]
}

interface Batch {
  readonly number: number
  readonly records: LogRecord[]
  readonly persisted: { readonly held: HeldGroup; readonly event: PersistedEvent }[]
  readonly promised: Promised[]
  bytes: number
  startedAtMs: number
}

export class Persisting {
  readonly #core: Core
  readonly #outgoing: Outgoing
  /** How long an append took, each time. */
  readonly #lagged: (tookMs: number) => void
  #forming: Batch
  /** In their order; the log answers in it, too. */
  readonly #inFlight: Batch[] = []
  #inFlightBytes = 0

  constructor(core: Core, outgoing: Outgoing, lagged: (tookMs: number) => void) {
    this.#core = core
    this.#outgoing = outgoing
    this.#lagged = lagged
    this.#forming = emptyBatch(1)
    core.flushLog = () => this.#handOver()
  }

  /** The log is behind: nothing is to be proposed. */
  get isBehind(): boolean {
    return this.#inFlightBytes + this.#forming.bytes > LOG_IN_FLIGHT_BYTES_MAX
  }

  take(held: HeldGroup, { persist, messagesAfterPersist }: RaftOutput): void {
    const forming = this.#forming
    if (persist !== undefined) {
      const { hardState, entries } = persist
      const group = held.id
      if (hardState !== undefined) forming.records.push({ kind: 'hardState', group, hardState })
      if (entries.length > 0) forming.records.push({ kind: 'entries', group, entries })
      for (const { data } of entries) forming.bytes += RECORD_BYTES + data.length
      forming.bytes += RECORD_BYTES
      forming.persisted.push({ held, event: persist.persisted })
      held.batch = forming.number
      this.#core.counting.entriesAppended += entries.length
    }
    if (messagesAfterPersist.length === 0) return
    const batch = this.#batchOf(held)
    if (batch === undefined) this.#send(held, messagesAfterPersist)
    else batch.promised.push({ held, messages: messagesAfterPersist })
  }

  /** Hands what this turn persists to the log. */
  flush(): void {
    if (this.#inFlightBytes <= LOG_IN_FLIGHT_BYTES_MAX) this.#handOver()
  }

  #handOver(): void {
    const batch = this.#forming
    if (batch.records.length === 0) return
    const { clock } = this.#core.effects
    this.#forming = emptyBatch(batch.number + 1)
    this.#inFlight.push(batch)
    this.#inFlightBytes += batch.bytes
    this.#core.counting.appends++
    batch.startedAtMs = clock.nowMs()
    this.#core.log.append(batch.records).then(
      () => this.#synced(),
      (error: unknown) => this.#core.fail(error),
    )
  }

  /** The one that must be synced before what the group promises leaves; none: it is. */
  #batchOf(held: HeldGroup): Batch | undefined {
    if (held.batch === this.#forming.number) return this.#forming
    const last = this.#inFlight.at(-1)
    const first = this.#inFlight[0]
    return first === undefined || held.batch < first.number ? undefined : last
  }

  #synced(): void {
    const core = this.#core
    if (core.isStopped) return
    const batch = present(this.#inFlight.shift(), 'a batch that is synced')
    this.#inFlightBytes -= batch.bytes
    const moment = core.moment()
    for (const { held, event } of batch.persisted) core.step(held, event, moment)
    for (const { held, messages } of batch.promised) this.#send(held, messages)
    this.#lagged(moment.nowMs - batch.startedAtMs)
    core.wake()
  }

  #send(held: HeldGroup, messages: readonly AddressedMessage[]): void {
    if (!held.isOpen) return
    for (const message of messages) this.#outgoing.message(held.id, message)
  }
}

function emptyBatch(number: number): Batch {
  return { number, records: [], persisted: [], promised: [], bytes: 0, startedAtMs: 0 }
}
