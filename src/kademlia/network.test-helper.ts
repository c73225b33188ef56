/** Nodes in one process, over a network that takes time and loses datagrams, from one seed. */
import { SeededChance } from '../base/random.ts'
import type { Endpoint } from '../effects/net.ts'
import type { Random } from '../effects/random.ts'
import { platformSigning } from '../platform/signing.ts'
import type { NodeContact } from '../wire/kademlia/answers.ts'
import { addressText } from './calls.ts'
import { KademliaNode } from './node.ts'
import type { Command, NodeOptions, NodeState, Outcome } from './types.ts'

const signing = platformSigning()

/** Wall clock at the start. */
export const START_WALL_MS = Date.UTC(2026, 10, 23)

export const EMPTY_STATE: NodeState = { contacts: [], held: [] }

export interface NetworkOptions {
  readonly seed: number
  /** One way, drawn from this range. */
  readonly delayMs?: readonly [number, number]
  /** Of datagrams. */
  readonly loss?: number
  readonly verify?: NodeOptions['verify']
}

export interface Member {
  readonly node: KademliaNode
  readonly at: Endpoint
  isDead: boolean
  wokenMs: number
}

interface Due {
  readonly atMs: number
  readonly order: number
  readonly run: () => void
}

export type Unfinished = Command extends infer C
  ? C extends Command
    ? Omit<C, 'token'>
    : never
  : never

export class TestNetwork {
  readonly chance: SeededChance
  readonly members: Member[] = []
  nowMs = 0
  datagrams = 0
  bytes = 0
  readonly #options: NetworkOptions
  readonly #byAddress = new Map<string, Member>()
  readonly #due: Due[] = []
  readonly #outcomes = new Map<number, (outcome: Outcome) => void>()
  readonly #interned = new Map<string, NodeContact>()
  /** Hears all that is sent; what answers false is lost. */
  passes: (from: Endpoint, to: Endpoint, bytes: Uint8Array) => boolean = () => true
  #order = 0
  #token = 0

  constructor(options: NetworkOptions) {
    this.#options = options
    this.chance = new SeededChance(options.seed)
  }

  /** At an address of its own; `bootstrap` names others. */
  add(more: Partial<NodeOptions> & { readonly at?: Endpoint } = {}): Member {
    const number = this.members.length
    const { at = { host: hostOf(number), port: 8468 }, ...changed } = more
    const random = randomOf(this.chance.fork())
    const options: NodeOptions = {
      publicKey: random.bytes(32),
      random,
      verify: this.#options.verify ?? signing.verify,
      values: 'one',
      bootstrap: [],
      restored: EMPTY_STATE,
      intern: (contact) => this.#intern(contact),
      ...changed,
    }
    const member = { node: new KademliaNode(options, this.moment), at, isDead: false, wokenMs: 0 }
    this.members.push(member)
    this.#byAddress.set(addressText(at), member)
    this.flush(member)
    return member
  }

  get moment() {
    return { nowMs: this.nowMs, wallMs: START_WALL_MS + this.nowMs }
  }

  /** All that is told of a command, once it is done. */
  command(member: Member, command: Unfinished): Promise<readonly Outcome[]> {
    const token = ++this.#token
    const told: Outcome[] = []
    return new Promise((resolve) => {
      this.#outcomes.set(token, (outcome) => {
        told.push(outcome)
        if (outcome.kind === 'done' || outcome.kind === 'busy') resolve(told)
      })
      member.node.step({ ...command, token }, this.moment)
      this.flush(member)
    })
  }

  /** Runs until it has been told. */
  async run<T>(told: Promise<T>, forMs = 600_000): Promise<T> {
    let isTold = false
    void told.then(() => (isTold = true))
    const untilMs = this.nowMs + forMs
    for (;;) {
      await Promise.resolve()
      if (isTold) return told
      if (this.nowMs > untilMs || !this.turn()) throw new Error('nothing more happens')
    }
  }

  pass(ms: number): void {
    const untilMs = this.nowMs + ms
    while ((this.#due[0]?.atMs ?? Infinity) <= untilMs) this.turn()
    this.nowMs = untilMs
  }

  /** As a datagram that somebody sends, from wherever it says. */
  inject(from: Endpoint, to: Member, bytes: Uint8Array): void {
    to.node.step({ kind: 'datagram', from, bytes }, this.moment)
    this.flush(to)
  }

  turn(): boolean {
    const due = this.#pop()
    if (due === undefined) return false
    this.nowMs = Math.max(this.nowMs, due.atMs)
    due.run()
    return true
  }

  flush(member: Member): void {
    const { outcomes, sends } = member.node.take()
    for (const { bytes, to } of sends) this.#carry(member, to, bytes)
    for (const outcome of outcomes) this.#outcomes.get(outcome.token)?.(outcome)
    this.#wake(member)
  }

  #carry(member: Member, to: Endpoint, bytes: Uint8Array): void {
    this.datagrams++
    this.bytes += bytes.length
    const { delayMs: [least, most] = [5, 20], loss = 0 } = this.#options
    if (!this.passes(member.at, to, bytes) || this.chance.fraction() < loss) return
    const receiver = this.#byAddress.get(addressText(to))
    if (receiver === undefined) return
    const delayMs = least + this.chance.fraction() * (most - least)
    this.after(delayMs, () => {
      if (receiver.isDead) return
      receiver.node.step({ kind: 'datagram', from: member.at, bytes }, this.moment)
      this.flush(receiver)
    })
  }

  #wake(member: Member): void {
    const { dueMs } = member.node
    if (dueMs === Infinity || (member.wokenMs > this.nowMs && member.wokenMs <= dueMs)) return
    member.wokenMs = dueMs
    this.after(Math.max(0, dueMs - this.nowMs), () => {
      if (member.isDead || member.wokenMs !== dueMs) return
      member.wokenMs = 0
      member.node.step({ kind: 'timer' }, this.moment)
      this.flush(member)
    })
  }

  after(ms: number, run: () => void): void {
    this.#push({ atMs: this.nowMs + ms, order: this.#order++, run })
  }

  #push(due: Due): void {
    const heap = this.#due
    heap.push(due)
    for (let at = heap.length - 1; at > 0;) {
      const above = (at - 1) >> 1
      if (!isBefore(heap[at], heap[above])) return
      swap(heap, at, above)
      at = above
    }
  }

  #pop(): Due | undefined {
    const heap = this.#due
    const [first] = heap
    const last = heap.pop()
    if (first === undefined || last === undefined) return undefined
    if (heap.length > 0) heap[0] = last
    for (let at = 0; ;) {
      const [left, right] = [2 * at + 1, 2 * at + 2]
      let least = at
      if (isBefore(heap[left], heap[least])) least = left
      if (isBefore(heap[right], heap[least])) least = right
      if (least === at) return first
      swap(heap, at, least)
      at = least
    }
  }

  #intern(contact: NodeContact): NodeContact {
    const text = `${contact.id.text}${addressText(contact)}`
    const held = this.#interned.get(text)
    if (held === undefined) this.#interned.set(text, contact)
    return held ?? contact
  }
}

function isBefore(a: Due | undefined, b: Due | undefined): boolean {
  if (a === undefined || b === undefined) return false
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)
}

function swap(heap: Due[], a: number, b: number): void {
  const [one, two] = [heap[a], heap[b]]
  if (one === undefined || two === undefined) return
  heap[a] = two
  heap[b] = one
}

/** Each in a /24 of its own. */
export function hostOf(number: number): string {
  return `${20 + Math.floor(number / 65_536)}.${Math.floor(number / 256) % 256}.${number % 256}.1`
}

export function randomOf(chance: SeededChance): Random {
  return {
    u32: () => chance.u32(),
    fraction: () => chance.fraction(),
    below: (below) => chance.below(below),
    bytes: (length) => Uint8Array.from({ length }, () => chance.below(256)),
  }
}

/** All know the first; each joins a little after the one before. */
export function grown(network: TestNetwork, count: number, everyMs = 50): readonly Member[] {
  const first = network.add()
  for (let number = 1; number < count; number++) {
    network.pass(everyMs)
    network.add({ bootstrap: [first.at] })
  }
  network.pass(20_000)
  return network.members
}
