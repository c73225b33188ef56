/** What the parts of a node share, and how they ask others. */
import { sha1 } from '../base/digests.ts'
import type { Endpoint } from '../effects/net.ts'
import type { NodeContact } from '../wire/kademlia/answers.ts'
import { encodeDatagram } from '../wire/kademlia/datagram.ts'
import { KeyId } from '../wire/kademlia/key-id.ts'
import { KEY_BYTES } from '../wire/kademlia/limits.ts'
import { encodeQuestion, encodeRoomyStun, type Question } from '../wire/kademlia/questions.ts'
import { addressText, Calls } from './calls.ts'
import { COUNT_NAMES, type CountName } from './counts.ts'
import { Held } from './held.ts'
import { RememberedUntil } from './remembered-until.ts'
import { RoundTrips } from './round-trips.ts'
import { CALLS_MAX, LOOKUPS_SHOWN, MISSES_DOUBTED, PROVED_FOR_MS, PROVED_MAX } from './settings.ts'
import { Sources } from './sources.ts'
import { Table, type Entry } from './table.ts'
import { Tokens } from './tokens.ts'
import type { LookupReport, Moment, NodeOptions, Outcome, Send } from './types.ts'

const SECRET_BYTES = 16
const DRAWN_IDS = 32

export class Core {
  readonly options: NodeOptions
  readonly self: KeyId
  readonly table: Table
  readonly calls = new Calls()
  readonly held: Held
  readonly tokens: Tokens
  readonly sources = new Sources()
  readonly roundTrips = new RoundTrips()
  /** Addresses that answered a question there: who is heard at them. */
  readonly proved = new RememberedUntil<true>(PROVED_MAX)
  readonly counts: Record<CountName, number>
  readonly reports: LookupReport[] = []
  /** Done at the end of the step, one after another. */
  readonly agenda: (() => void)[] = []
  now: Moment
  #drawn: Uint8Array = new Uint8Array()
  #drawnAt = 0
  #reported = 0
  sends: Send[] = []
  outcomes: Outcome[] = []
  /** Contacts that take others’ places, and whoever asks: who they are is found out. */
  onSeen: (contact: NodeContact) => void = () => undefined
  /** An address has just proved that it is heard. */
  onProved: (address: string) => void = () => undefined

  constructor(options: NodeOptions, now: Moment) {
    this.options = options
    this.self = KeyId.of(sha1(options.publicKey))
    this.now = now
    this.table = new Table(this.self, now.nowMs)
    this.held = new Held(options.values)
    this.tokens = new Tokens(options.random.bytes(SECRET_BYTES))
    const zeros = COUNT_NAMES.map((name) => [name, 0] as const)
    this.counts = Object.fromEntries(zeros) as Record<CountName, number>
  }

  count(name: CountName): void {
    this.counts[name]++
  }

  send(to: Endpoint, bytes: Uint8Array): void {
    this.sends.push({ to, bytes })
  }

  /** A message id; many are drawn at once, since each drawing costs. */
  drawId(): Uint8Array {
    if (this.#drawnAt + KEY_BYTES > this.#drawn.length) {
      this.#drawn = this.options.random.bytes(DRAWN_IDS * KEY_BYTES)
      this.#drawnAt = 0
    }
    const start = this.#drawnAt
    this.#drawnAt += KEY_BYTES
    return this.#drawn.subarray(start, this.#drawnAt)
  }

  isProved(from: Endpoint): boolean {
    return this.proved.get(addressText(from), this.now.nowMs) === true
  }

  /** @returns its number */
  report(report: Omit<LookupReport, 'number'>): number {
    const number = ++this.#reported
    this.reports.push({ ...report, number })
    if (this.reports.length > LOOKUPS_SHOWN) this.reports.shift()
    return number
  }
}

/** A question, and what becomes of it. */
export interface Asking<A> {
  readonly to: Endpoint
  /** Who is believed to be there; `undefined` where nobody is known by id. */
  readonly id: KeyId | undefined
  readonly question: Question
  /** `undefined` for what is no answer to it. */
  readonly read: (body: Uint8Array) => A | undefined
  /** One of these two, once. */
  readonly answered: (answer: A) => void
  readonly lost: () => void
  /** Perhaps, before. */
  readonly slow?: () => void
}

export function ask<A>(core: Core, asking: Asking<A>): void {
  const { answered, id, lost, question, read, slow, to } = asking
  if (core.calls.size >= CALLS_MAX) {
    core.count('notAsked')
    core.agenda.push(lost)
    return
  }
  const messageId = core.drawId()
  const body = question.kind === 'stun' ? encodeRoomyStun() : encodeQuestion(question)
  core.count('asked')
  core.send(to, encodeDatagram({ kind: 'request', messageId, body }))
  const { nowMs } = core.now
  core.calls.begin(messageId, {
    to,
    nowMs,
    patienceMs: patienceWith(core, id),
    caller: {
      answered: (given, tookMs) => {
        const answer = read(given)
        if (answer === undefined) {
          lost()
          return false
        }
        heard(core, { to, id, tookMs })
        answered(answer)
        return true
      },
      slow: () => {
        core.count('slow')
        missed(core, id)
        slow?.()
      },
      lost: () => {
        core.count('lost')
        lost()
      },
    },
  })
}

function patienceWith({ roundTrips, table }: Core, id: KeyId | undefined): number {
  const entry = id && table.get(id)
  return entry === undefined || entry.roundTripMs < 0
    ? roundTrips.patienceMs
    : roundTrips.patienceWithMs(entry.roundTripMs)
}

interface Heard {
  readonly to: Endpoint
  readonly id: KeyId | undefined
  readonly tookMs: number
}

function heard(core: Core, { id, to, tookMs }: Heard): void {
  const { nowMs } = core.now
  core.roundTrips.took(tookMs)
  const address = addressText(to)
  const isNew = core.proved.get(address, nowMs) === undefined
  core.proved.set(address, true, nowMs + PROVED_FOR_MS)
  if (isNew) core.onProved(address)
  if (id === undefined) return
  const entry = core.table.get(id)
  if (entry !== undefined && isAt(entry, to)) core.table.answered(id, { nowMs, tookMs })
}

function missed(core: Core, id: KeyId | undefined): void {
  if (id === undefined) return
  const replacement = core.table.missed(id, core.now.nowMs)
  if (replacement !== undefined) core.onSeen(replacement)
}

function isAt({ contact }: Entry, { host, port }: Endpoint): boolean {
  return contact.host === host && contact.port === port
}

/** Known under that id somewhere else, where it is not doubted: whoever says so is not believed. */
export function isElsewhere({ table }: Core, contact: NodeContact): boolean {
  const entry = table.get(contact.id)
  return entry !== undefined && !isAt(entry, contact) && entry.misses < MISSES_DOUBTED
}
