/**
 * A node of the open network (Maymounkov and Mazières, *Kademlia: A peer-to-peer information system
 * based on the XOR metric*, 2002), on the wire of bmuller/kademlia, as a machine: events go in;
 * `take`, once at the end of a turn, gives what they brought about; `dueMs` says when it wants to
 * be woken. No clock, no chance and no network of its own. docs/spec/kademlia.md holds states,
 * events and invariants.
 */
import { unreachable } from '../base/assert.ts'
import { SECOND_MS } from '../base/limits.ts'
import type { Endpoint } from '../effects/net.ts'
import { readDatagram } from '../wire/kademlia/datagram.ts'
import type { KeyId } from '../wire/kademlia/key-id.ts'
import { readQuestion, type Question } from '../wire/kademlia/questions.ts'
import { Admission } from './admission.ts'
import { Answering } from './answering.ts'
import { isSigned, readRecord } from './checked-record.ts'
import { Commands } from './commands.ts'
import { Core } from './core.ts'
import { Handing } from './handing.ts'
import type { Table } from './table.ts'
import type {
  Counts,
  HeldState,
  LookupReport,
  Moment,
  NodeEvent,
  NodeOptions,
  NodeOutput,
  NodeState,
} from './types.ts'
import { Upkeep } from './upkeep.ts'

/** What one step may set off in turn; more is a bug. */
const AGENDA_MAX = 100_000

export class KademliaNode {
  readonly #core: Core
  readonly #answering: Answering
  readonly #admission: Admission
  readonly #commands: Commands
  readonly #upkeep: Upkeep
  readonly #handing: Handing

  constructor(options: NodeOptions, now: Moment) {
    const core = new Core(options, now)
    this.#core = core
    this.#answering = new Answering(core)
    this.#handing = new Handing(core)
    this.#admission = new Admission(core, (contact) => this.#handing.admitted(contact))
    this.#commands = new Commands(core)
    this.#upkeep = new Upkeep({ core, commands: this.#commands, admission: this.#admission })
    core.onSeen = (contact) => this.#admission.consider(contact)
    core.onProved = (address) => core.agenda.push(() => this.#answering.onProved(address))
    for (const held of options.restored.held) this.#restore(held)
    this.#upkeep.bootstrap([...options.bootstrap, ...options.restored.contacts])
  }

  step(event: NodeEvent, now: Moment): void {
    this.#core.now = now
    this.#passed(now.nowMs)
    this.#on(event)
    this.#finish()
  }

  /** Once at the end of a turn. */
  take(): NodeOutput {
    const { outcomes, sends } = this.#core
    this.#core.outcomes = []
    this.#core.sends = []
    return { sends, outcomes }
  }

  /** When it wants a `timer`, of the clock of `nowMs`. */
  get dueMs(): number {
    return Math.min(
      this.#core.calls.dueMs,
      this.#answering.dueMs,
      this.#commands.dueMs,
      this.#upkeep.dueMs,
      this.#handing.dueMs,
    )
  }

  get id(): KeyId {
    return this.#core.self
  }

  get table(): Pick<Table, 'buckets' | 'size' | 'neighbours' | 'closest'> {
    return this.#core.table
  }

  get counts(): Counts {
    return this.#core.counts
  }

  get held(): { readonly keys: number; readonly records: number; readonly bytes: number } {
    return this.#core.held.size
  }

  /** The latest last. */
  get reports(): readonly LookupReport[] {
    return this.#core.reports
  }

  /** For the disk. */
  state(): NodeState {
    const { held, now, table } = this.#core
    return {
      contacts: [...table.entries()].map(({ contact }) => contact),
      held: [...held.all(now.nowMs)].map(({ key, records, value }) => ({
        key,
        value: value && { value: value.value, leftMs: value.untilMs - now.nowMs },
        records: records.map(({ bytes }) => bytes),
      })),
    }
  }

  #on(event: NodeEvent): void {
    switch (event.kind) {
      case 'datagram':
        return this.#onDatagram(event.from, event.bytes)
      case 'timer':
        return
      case 'bootstrap':
        return this.#upkeep.bootstrap(event.endpoints)
      case 'cancel':
        return this.#commands.cancel(event.token)
      case 'find':
      case 'get':
      case 'set':
      case 'put':
        return this.#commands.run(event)
      default:
        return unreachable(event)
    }
  }

  #passed(nowMs: number): void {
    this.#core.calls.passed(nowMs)
    this.#answering.passed(nowMs)
    this.#commands.passed(nowMs)
    this.#handing.passed(nowMs)
    this.#upkeep.passed(nowMs)
  }

  #finish(): void {
    const { agenda } = this.#core
    for (let done = 0; done < AGENDA_MAX; done++) {
      const next = agenda.shift()
      if (next === undefined) return
      next()
    }
  }

  #onDatagram(from: Endpoint, bytes: Uint8Array): void {
    const core = this.#core
    const datagram = readDatagram(bytes)
    if (datagram === undefined) return core.count('malformed')
    const { body, kind, messageId } = datagram
    if (kind === 'response') return this.#onResponse(from, messageId, body)
    if (!core.sources.mayAsk(from, core.now.nowMs)) return core.count('flooded')
    const question = readQuestion(body, core.options.values)
    if (question === undefined) return core.count('malformed')
    core.count('questions')
    if (this.#isForged(question)) return core.count('forged')
    // What is kept of a datagram must not hold the buffer that it came in.
    const id = messageId.slice()
    const asked = { from, messageId: id, question, bytes: bytes.length }
    const became = this.#answering.onQuestion(asked)
    if (became === 'answered' && question.kind !== 'stun')
      this.#admission.consider({ ...from, id: question.id })
  }

  #isForged(question: Question): boolean {
    return question.kind !== 'stun' && question.id.equals(this.#core.self)
  }

  #onResponse(from: Endpoint, messageId: Uint8Array, body: Uint8Array): void {
    const core = this.#core
    const call = core.calls.answered(messageId, from)
    if (call === undefined) return core.count('unasked')
    const isAnswer = call.caller.answered(body, core.now.nowMs - call.askedMs)
    core.count(isAnswer ? 'answers' : 'malformed')
  }

  /** What it had before it was stopped: checked as if it came from outside. */
  #restore({ key, records, value }: HeldState): void {
    const { held, now, options } = this.#core
    if (value !== undefined) held.putValue(key, value.value, now.nowMs, now.nowMs + value.leftMs)
    for (const bytes of records) {
      const read = readRecord(bytes, key)
      if (read === undefined || read.expiresAtS * SECOND_MS <= now.wallMs) continue
      if (isSigned(options, read)) held.putRecord(key, read, { ...now, network: undefined })
    }
  }
}
