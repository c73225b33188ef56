/**
 * Newcomers to the own neighbourhood are given what they should keep (*Kademlia*, 2.5): under each
 * key of which they are one of the k closest, by those two that are closest of all known. In
 * portions, so that a node that keeps much goes on answering.
 */
import { readRecords, type NodeContact } from '../wire/kademlia/answers.ts'
import type { KeyId } from '../wire/kademlia/key-id.ts'
import { partsOfBytes } from './checked-record.ts'
import { giveMissing } from './commands.ts'
import { ask, type Core } from './core.ts'
import { RecordUnion } from './record-union.ts'
import type { Holding } from './search.ts'
import { HANDED_MAX, K } from './settings.ts'

/** Between two portions, and how many keys are looked at in one. */
const PORTION_MS = 10
const PORTION_KEYS = 64
/** Newcomers that wait. */
const NEWCOMERS_MAX = 64
/** Of those closest of all, so many give. */
const GIVERS = 2

interface Newcomer {
  readonly contact: NodeContact
  readonly keys: readonly KeyId[]
  at: number
  given: number
}

export class Handing {
  readonly #core: Core
  readonly #newcomers: Newcomer[] = []
  #dueMs = Infinity

  constructor(core: Core) {
    this.#core = core
  }

  get dueMs(): number {
    return this.#dueMs
  }

  admitted(contact: NodeContact): void {
    const { held, now, sources, table } = this.#core
    if (held.size.keys === 0 || this.#newcomers.length >= NEWCOMERS_MAX) return
    if (!table.neighbours.some((near) => near.contact.id.equals(contact.id))) return
    // Ids are easily made up: else one that comes as ever another would have all of it each time.
    if (!sources.mayBeHanded(contact, now.nowMs)) return
    this.#newcomers.push({ contact, keys: [...held.keys()], at: 0, given: 0 })
    this.#dueMs = Math.min(this.#dueMs, now.nowMs + PORTION_MS)
  }

  passed(nowMs: number): void {
    if (nowMs < this.#dueMs) return
    const [newcomer] = this.#newcomers
    if (newcomer !== undefined) this.#portion(newcomer)
    this.#dueMs = this.#newcomers.length === 0 ? Infinity : nowMs + PORTION_MS
  }

  #portion(newcomer: Newcomer): void {
    const keys = newcomer.keys.slice(newcomer.at, newcomer.at + PORTION_KEYS)
    newcomer.at += PORTION_KEYS
    for (const key of keys) {
      if (newcomer.given >= HANDED_MAX || !this.#isToGive(key, newcomer.contact)) continue
      newcomer.given++
      this.#give(key, newcomer.contact)
    }
    if (newcomer.at >= newcomer.keys.length || newcomer.given >= HANDED_MAX) {
      this.#newcomers.shift()
    }
  }

  #isToGive(key: KeyId, { id }: NodeContact): boolean {
    const { self, table } = this.#core
    const closest = table.closest(key, K).map(({ contact }) => contact.id)
    if (!closest.some((one) => one.equals(id))) return false
    const closer = closest.filter((one) => !one.equals(id) && key.compareDistance(one, self) < 0)
    return closer.length < GIVERS
  }

  /** It is asked first what it has, which brings the token to write with. */
  #give(key: KeyId, contact: NodeContact): void {
    const core = this.#core
    const entry = core.table.get(contact.id)
    if (entry === undefined) return
    const give = (holding: Holding): void => {
      const { nowMs } = core.now
      const value = core.held.value(key, nowMs)
      const records = core.held.records(key, nowMs).flatMap(({ bytes }) => partsOfBytes(bytes, key))
      const candidate = { contact, network: undefined, teller: undefined, way: 0, round: 0 }
      const state = { state: 'answered', tries: 0, isForged: false, lies: 0 } as const
      const times = { askedMs: undefined, answeredMs: undefined }
      const node = { ...candidate, ...state, ...times, isCapable: entry.isCapable }
      if (giveMissing(core, { key, candidate: node, holding, value, records })) core.count('handed')
    }
    const nothing: Holding = { token: undefined, value: undefined, records: new Set(), total: 0 }
    if (!entry.isCapable) return give(nothing)
    const empty = new Uint8Array()
    ask(core, {
      to: contact,
      id: contact.id,
      question: { kind: 'a_get', id: core.self, key, cursor: empty, token: empty, padding: empty },
      read: (body) => readRecords(body, core.options.values),
      answered: ({ records, token, total, value }) => {
        const marks = new Set<string>()
        new RecordUnion(core, key).take(records, (mark) => marks.add(mark))
        give({ token, value, records: marks, total })
      },
      lost: () => undefined,
    })
  }
}
