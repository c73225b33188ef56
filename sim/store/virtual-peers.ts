/**
 * How members of one virtual ring reach one another: `Peers` over the world's links. Bundles come
 * in the order in which they were sent, as over one connection, unless the link loses, doubles or
 * reorders; what is under way when a machine ends is cut somewhere. Questions are asked again as
 * TCP does, until their time is over.
 */
import { assert, present } from '../../src/base/assert.ts'
import { AnilloError, asAnilloError } from '../../src/base/errors.ts'
import type { MemberId } from '../../src/base/ids.ts'
import type { Effects } from '../../src/effects/effects.ts'
import type { AskOptions, Peers } from '../../src/store/peers.ts'
import type { Method } from '../../src/wire/method.ts'
import { pack, unpack } from '../../src/wire/packed.ts'
import type { Bundle } from '../../src/wire/raft.ts'
import type { Life } from '../world/life.ts'
import type { Route } from '../world/links.ts'
import type { Machine } from '../world/machine.ts'
import type { World } from '../world/world.ts'

/** Bundles through the real encoding; without it they are passed as they are, which is faster. */
export interface BundleCodec {
  encode(bundle: Bundle): Uint8Array
  decode(bytes: Uint8Array): Bundle | undefined
}

export interface SentBundle {
  readonly from: MemberId
  readonly to: MemberId
  readonly bundle: Bundle
}

/** A question on its way into the program that answers it. */
export interface AskedQuestion {
  readonly from: MemberId
  readonly to: MemberId
  readonly method: string
}

type Answerer = (question: unknown, from: MemberId) => unknown

export class PeerNetwork {
  readonly world: World
  readonly codec: BundleCodec | undefined
  readonly #members = new Map<MemberId, VirtualPeers>()
  #watch: (sent: SentBundle) => void = () => {}
  #watchAsked: (asked: AskedQuestion) => void = () => {}

  constructor(world: World, codec?: BundleCodec) {
    this.world = world
    this.codec = codec
  }

  /** The place of a member in the network for as long as the effects live. */
  join(machine: Machine, effects: Effects, id: MemberId): Peers {
    const life = machine.lifeOf(effects)
    const peers = new VirtualPeers(this, { machine, life, id })
    assert(this.find(id) === undefined, `${id} runs twice`)
    this.#members.set(id, peers)
    life.onEnd((powerLost) => {
      peers.cut()
      if (!powerLost) this.#tellReset(peers)
    })
    return peers
  }

  /** Sees every bundle that a member sends. */
  onSent(watch: (sent: SentBundle) => void): void {
    this.#watch = watch
  }

  /** Sees every question that a member is about to answer. */
  onAsked(watch: (asked: AskedQuestion) => void): void {
    this.#watchAsked = watch
  }

  asked(question: AskedQuestion): void {
    this.#watchAsked(question)
  }

  /** What the watch throws ends the run: the sender would take it for a failure of its own. */
  told(sent: SentBundle): void {
    try {
      this.#watch(sent)
    } catch (error) {
      this.world.scheduler.fail(error)
    }
  }

  /** The member where it runs. */
  find(id: MemberId): VirtualPeers | undefined {
    const peers = this.#members.get(id)
    return peers?.isAlive === true ? peers : undefined
  }

  /**
   * Ends connections: what is under way is lost, and who cannot be reached again counts as lost.
   */
  breakConnections(isStruck: () => boolean): number {
    const alive = [...this.#members.values()].filter(({ isAlive }) => isAlive)
    let broken = 0
    for (const [at, one] of alive.entries()) {
      for (const other of alive.slice(at + 1)) {
        if (!isStruck()) continue
        broken++
        one.breakTo(other)
        other.breakTo(one)
      }
    }
    return broken
  }

  /** The system of the machine closes the connections of a process that ended. */
  #tellReset(ended: VirtualPeers): void {
    for (const peers of this.#members.values()) {
      if (peers === ended || !peers.isAlive) continue
      const route = { from: ended.machine.address, to: peers.machine.address }
      this.world.links.once(route, 'reset', () => peers.lostUnlessBack(ended.id))
    }
  }
}

/** One direction between two members. */
interface Flow {
  readonly route: Route
  readonly label: string
  sent: number
  arrived: number
  /** Of the bundles sent so far, those beyond are lost. */
  cutAfter: number
  lastArrivalMs: number
}

interface VirtualPeersParts {
  readonly machine: Machine
  readonly life: Life
  readonly id: MemberId
}

export class VirtualPeers implements Peers {
  readonly id: MemberId
  readonly machine: Machine
  readonly #life: Life
  readonly #network: PeerNetwork
  readonly #flows = new Map<MemberId, Flow>()
  readonly #answerers = new Map<string, Answerer>()
  readonly #lostTellers: ((member: MemberId) => void)[] = []
  readonly #lost = new Set<MemberId>()
  #receive: ((from: MemberId, bundle: Bundle) => void) | undefined

  constructor(network: PeerNetwork, { machine, life, id }: VirtualPeersParts) {
    this.#network = network
    this.machine = machine
    this.#life = life
    this.id = id
  }

  get isAlive(): boolean {
    return this.#life.alive
  }

  send(to: MemberId, bundle: Bundle): void {
    if (!this.isAlive) return
    this.machine.moments.reached('before send')
    if (!this.isAlive) return
    this.#network.told({ from: this.id, to, bundle })
    const target = this.#network.find(to)
    if (target !== undefined) this.#carry(target, bundle)
    this.machine.moments.reached('after send')
  }

  ask<Q, A>(to: MemberId, method: Method<Q, A>, question: Q, options?: AskOptions): Promise<A> {
    const timeoutMs = options?.timeoutMs ?? method.timeoutMs
    return new Promise<A>((resolve, reject) => {
      const asking = new Asking<A>(this.#life, { method, timeoutMs, signal: options?.signal })
      asking.begin({ resolve, reject })
      this.#put(to, asking, this.#copied(question))
    })
  }

  onBundle(receive: (from: MemberId, bundle: Bundle) => void): void {
    assert(this.#receive === undefined, 'one receiver')
    this.#receive = receive
  }

  onLost(lost: (member: MemberId) => void): void {
    this.#lostTellers.push(lost)
  }

  isLost(member: MemberId): boolean {
    const target = this.#network.find(member)
    const isBack =
      target !== undefined && this.#network.world.links.isOpen(this.#flow(target).route)
    if (isBack) this.#lost.delete(member)
    return this.#lost.has(member)
  }

  handle<Q, A>(
    method: Method<Q, A>,
    answer: (question: Q, from: MemberId) => Promise<A> | A,
  ): void {
    assert(!this.#answerers.has(method.name), `${method.name} has a handler`)
    const untyped: Answerer = (value, from) => {
      const question = method.readQuestion(value)
      if (question === undefined) throw new AnilloError('BAD_REQUEST', { problem: method.name })
      return answer(question, from)
    }
    this.#answerers.set(method.name, untyped)
  }

  /** The machine has ended: the last that was sent did not leave it. */
  cut(): void {
    const { chance } = this.#network.world.links
    for (const flow of this.#flows.values()) {
      flow.cutAfter = flow.arrived + chance.below(flow.sent - flow.arrived + 1)
    }
  }

  breakTo(other: VirtualPeers): void {
    const flow = this.#flow(other)
    this.#flows.delete(other.id)
    flow.cutAfter = flow.arrived
    if (!this.#network.world.links.isOpen(flow.route)) this.lostUnlessBack(other.id, true)
  }

  /** Tells the member as lost, unless it runs again. */
  lostUnlessBack(id: MemberId, isWalledOff = false): void {
    this.#life.now('lost', () => {
      if (!isWalledOff && this.#network.find(id) !== undefined) return
      this.#lost.add(id)
      for (const lost of this.#lostTellers) lost(id)
    })
  }

  /** What a question asked here is answered. */
  async answerTo(method: string, question: unknown, from: MemberId): Promise<unknown> {
    const answer = this.#answerers.get(method)
    const address = this.id
    if (answer === undefined) throw new AnilloError('RPC_UNKNOWN_METHOD', { address, method })
    return answer(question, from)
  }

  /** Runs it in the program that stands here. */
  here(label: string, run: () => void): void {
    this.#life.now(label, run)
  }

  #carry(target: VirtualPeers, bundle: Bundle): void {
    const { links } = this.#network.world
    const flow = this.#flow(target)
    const { lossChance, duplicateChance, reorderChance } = links.quality(flow.route)
    if (lossChance > 0 && links.chance.fraction() < lossChance) return
    const isDouble = duplicateChance > 0 && links.chance.fraction() < duplicateChance
    const isLate = reorderChance > 0 && links.chance.fraction() < reorderChance
    const { codec } = this.#network
    const carried = codec === undefined ? bundle : codec.encode(bundle).slice()
    const copies = isDouble ? 2 : 1
    for (let copy = 0; copy < copies; copy++) {
      this.#schedule(flow, { isLate: isLate || copy > 0 }, () => target.#take(this.id, carried))
    }
  }

  #schedule(flow: Flow, { isLate }: { readonly isLate: boolean }, arrive: () => void): void {
    const { scheduler, links } = this.#network.world
    const delayMs = links.delayMs(flow.route)
    const number = ++flow.sent
    const arrivalMs = isLate
      ? scheduler.nowMs + 2 * delayMs
      : Math.max(scheduler.nowMs + delayMs, flow.lastArrivalMs)
    if (!isLate) flow.lastArrivalMs = arrivalMs
    scheduler.after(Math.max(0, arrivalMs - scheduler.nowMs), flow.label, () => {
      flow.arrived = Math.max(flow.arrived, number)
      if (number > flow.cutAfter || !links.isOpen(flow.route)) return
      arrive()
    })
  }

  #take(from: MemberId, carried: Bundle | Uint8Array): void {
    this.#life.now('bundle', () => {
      const { codec } = this.#network
      if (!(carried instanceof Uint8Array)) this.#receive?.(from, carried)
      else {
        const bundle = present(codec, 'codec').decode(carried)
        this.#receive?.(from, present(bundle, 'a bundle that can be decoded'))
      }
    })
  }

  #put(to: MemberId, asking: OpenQuestion, question: unknown): void {
    const { links } = this.#network.world
    const from = this.machine.address
    const target = this.#network.find(to)
    if (target === undefined) {
      this.#life.after(REFUSED_AFTER_MS, 'refused', () => asking.unreachable(to))
      return
    }
    const there = { from, to: target.machine.address }
    const back = { from: target.machine.address, to: from }
    const answered = (settle: () => void): void => {
      links.repeatedly(back, 'answer', {
        wanted: () => asking.isOpen,
        arrived: () => this.#arrives(back, () => this.#life.now('answer', settle)),
      })
    }
    links.repeatedly(there, 'question', {
      wanted: () => asking.isOpen,
      arrived: () =>
        this.#arrives(there, () => target.#serve({ asking, question, from: this.id }, answered)),
    })
  }

  #arrives(route: Route, arrive: () => void): boolean {
    const { links } = this.#network.world
    const { lossChance } = links.quality(route)
    if (lossChance > 0 && links.chance.fraction() < lossChance) return false
    arrive()
    return true
  }

  #serve(
    { asking, question, from }: { asking: OpenQuestion; question: unknown; from: MemberId },
    answered: (settle: () => void) => void,
  ): void {
    if (!this.isAlive) {
      answered(() => asking.unreachable(this.id))
      return
    }
    this.#network.asked({ from, to: this.id, method: asking.method })
    this.here('question', () => {
      const answering = this.answerTo(asking.method, question, from)
      answering.then(
        (answer) => {
          if (this.isAlive) answered(() => asking.answered(this.#copied(answer)))
        },
        (error: unknown) => {
          if (this.isAlive) answered(() => asking.failed(asAnilloError(error)))
        },
      )
    })
  }

  /** As over the wire, where the wire is real. */
  #copied(value: unknown): unknown {
    if (this.#network.codec === undefined) return value
    const source = pack(value).slice()
    const unpacked = unpack({ source, start: 0, end: source.length })
    assert(unpacked.kind === 'value', 'what is packed can be unpacked')
    return unpacked.value
  }

  #flow(target: VirtualPeers): Flow {
    const known = this.#flows.get(target.id)
    const to = target.machine.address
    if (known?.route.to === to) return known
    const from = this.machine.address
    const label = `${this.machine.name} to ${target.machine.name}`
    const flow: Flow = {
      route: { from, to },
      label,
      sent: 0,
      arrived: 0,
      cutAfter: Infinity,
      lastArrivalMs: 0,
    }
    this.#flows.set(target.id, flow)
    return flow
  }
}

const REFUSED_AFTER_MS = 1

interface AskingParts<A> {
  readonly method: Pick<Method<never, A>, 'name' | 'readAnswer'>
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
}

interface Settling<A> {
  readonly resolve: (answer: A) => void
  readonly reject: (error: AnilloError) => void
}

/** What the other side sees of a question. */
interface OpenQuestion {
  readonly method: string
  readonly isOpen: boolean
  answered(value: unknown): void
  failed(error: AnilloError): void
  unreachable(member: MemberId): void
}

/** A question that waits for its answer: settled once, by whatever comes first. */
class Asking<A> implements OpenQuestion {
  readonly method: string
  readonly #life: Life
  readonly #parts: AskingParts<A>
  #settling: Settling<A> | undefined
  #stop: () => void = () => {}

  constructor(life: Life, parts: AskingParts<A>) {
    this.method = parts.method.name
    this.#life = life
    this.#parts = parts
  }

  get isOpen(): boolean {
    return this.#settling !== undefined && this.#life.alive
  }

  begin(settling: Settling<A>): void {
    const { timeoutMs, signal } = this.#parts
    this.#settling = settling
    const { method } = this
    const timer = this.#life.after(timeoutMs, 'ask', () =>
      this.failed(new AnilloError('RPC_TIMEOUT', { method, address: 'a member' })),
    )
    const cancel = (): void => this.failed(new AnilloError('RPC_CANCELLED', { method }))
    this.#stop = () => {
      timer.cancel()
      signal?.removeEventListener('abort', cancel)
    }
    signal?.addEventListener('abort', cancel)
    if (signal?.aborted === true) cancel()
  }

  answered(value: unknown): void {
    const answer = this.#parts.method.readAnswer(value)
    if (answer === undefined) {
      this.failed(new AnilloError('RPC_GARBLED', { address: 'a member', problem: this.method }))
    } else this.#end()?.resolve(answer)
  }

  failed(error: AnilloError): void {
    this.#end()?.reject(error)
  }

  unreachable(member: MemberId): void {
    const problem = 'nobody listens there'
    this.failed(new AnilloError('RPC_UNREACHABLE', { address: member, problem }))
  }

  #end(): Settling<A> | undefined {
    const settling = this.#settling
    this.#settling = undefined
    this.#stop()
    return settling
  }
}
