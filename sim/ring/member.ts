/**
 * A member process of the network mode: its disk, its boot and its ring machine, as the runtime
 * (src/overlay) drives them, over a network that loses, doubles, delays and splits.
 */
import type { RingId } from '../../src/base/ids.ts'
import type { SeededChance } from '../../src/base/random.ts'
import {
  BOOT_PAUSE_MS,
  startBoot,
  stepBoot,
  type BootEvent,
  type BootFacts,
  type BootState,
} from '../../src/ring/boot.ts'
import type { RingAnswer, RingQuestion } from '../../src/ring/message.ts'
import { stepRing } from '../../src/ring/ring.ts'
import { emptyRing, type ChordEvent, type Doing, type RingState } from '../../src/ring/state.ts'
import type { Contact } from '../../src/wire/contact.ts'
import type { Agenda } from '../agenda.ts'

/** Nobody is asked for its neighbours before a start: islands are to arise here, and to merge. */
const IS_RING_ALIVE = false

/** What a crash leaves: the facts that boot decides by, with the peer file as contacts. */
export interface MemberDisk {
  ringFile: BootFacts['ringFile']
  hasMemberDirectory: boolean
  peers: readonly Contact[]
}

export interface MemberWorld {
  readonly agenda: Agenda
  readonly chance: SeededChance
  readonly periodMs: number
  /**
   * Carries a question; calls back with each answer that arrives, none, one or two, or with
   * `undefined` at the time-out.
   */
  ask(
    from: Member,
    contact: Contact,
    question: RingQuestion,
    answered: (answer: CarriedAnswer | undefined) => void,
  ): void
  /** Members to try that discovery names at the moment. */
  discover(from: Member): readonly Contact[]
  /** After every step. */
  stepped(member: Member, step: MemberStep): void
  founded(member: Member): void
}

export interface MemberStep {
  readonly before: RingState
  readonly event: ChordEvent
  readonly doings: readonly Doing[]
}

/** An answer and the ring that its frame names. */
export interface CarriedAnswer {
  readonly ringId: RingId
  readonly answer: RingAnswer
}

export interface MemberOptions {
  readonly ringId: RingId
  readonly self: Contact
  readonly successorsMax: number
  readonly mayFound: boolean
  readonly disk: MemberDisk
}

export class Member {
  readonly options: MemberOptions
  readonly #world: MemberWorld
  #state: RingState
  #boot: BootState
  #isRunning = true

  constructor(options: MemberOptions, world: MemberWorld) {
    this.options = options
    this.#world = world
    const { ringId, self, successorsMax, disk, mayFound } = options
    this.#state = emptyRing({ ringId, self, successorsMax, peersMax: 64 })
    const contacts = [...disk.peers, ...world.discover(this)]
    const { position } = self
    this.#boot = startBoot({ ...disk, mayFound, position, contacts, isRingAlive: IS_RING_ALIVE })
  }

  get self(): Contact {
    return this.options.self
  }

  get state(): RingState {
    return this.#state
  }

  get isRunning(): boolean {
    return this.#isRunning
  }

  start(): void {
    this.step({ kind: 'heardOf', contacts: this.options.disk.peers })
    this.#onBoot({ kind: 'start' })
    this.#scheduleTick()
  }

  /** At once and for ever: another object is the same member after its restart. */
  stop(): void {
    this.#isRunning = false
  }

  step(event: ChordEvent): RingAnswer | undefined {
    if (!this.#isRunning) return undefined
    const before = this.#state
    const [next, effects] = stepRing(before, event)
    this.#state = next
    let answer: RingAnswer | undefined
    const doings: Doing[] = []
    for (const effect of effects) {
      if (effect.kind === 'ask') this.#ask(effect.contact, effect.question, effect.token)
      if (effect.kind === 'reply') answer = effect.answer
      if (effect.kind === 'changed') doings.push(effect.doing)
    }
    this.#world.stepped(this, { before, event, doings })
    this.#savePeers()
    for (const doing of doings) {
      if (doing.kind === 'joined') this.#onJoined()
      if (doing.kind === 'joinFailed') this.#onBoot({ kind: 'joinFailed' })
      if (doing.kind === 'left') this.stop()
    }
    return answer
  }

  #ask(contact: Contact, question: RingQuestion, token: number): void {
    this.#world.ask(this, contact, question, (carried) => {
      this.step(
        carried === undefined ? { kind: 'failed', token } : { kind: 'answered', token, ...carried },
      )
    })
  }

  #savePeers(): void {
    if (this.#state.phase !== 'joined') return
    this.options.disk.peers = this.#state.book.peers.map((peer) => peer.contact)
  }

  #onJoined(): void {
    if (this.#boot.kind !== 'done') this.#onBoot({ kind: 'joined' })
    this.options.disk.ringFile = 'founded'
    this.options.disk.hasMemberDirectory = true
  }

  #onBoot(event: BootEvent): void {
    if (!this.#isRunning || (this.#boot.kind === 'done' && event.kind !== 'start')) return
    const [next, effect] = stepBoot(this.#boot, event)
    this.#boot = next
    if (effect.kind === 'found') {
      this.#world.founded(this)
      this.options.disk.ringFile = 'founded'
      this.options.disk.hasMemberDirectory = true
      this.step({ kind: 'found' })
    }
    if (effect.kind === 'join') this.step({ kind: 'join', hint: effect.hint })
    if (effect.kind === 'resume') this.step({ kind: 'resume' })
    if (effect.kind === 'wait') this.#world.agenda.after(BOOT_PAUSE_MS, () => this.#tryAgain())
  }

  #tryAgain(): void {
    const contacts = [...this.options.disk.peers, ...this.#world.discover(this)]
    this.#onBoot({ kind: 'again', contacts, isRingAlive: IS_RING_ALIVE })
  }

  /**
   * A lonely member may know only such as are gone: it is told whom discovery finds, as the runtime
   * does.
   */
  #hearOfOthers(): void {
    if (this.#state.phase === 'joined')
      this.step({ kind: 'heardOf', contacts: this.#world.discover(this) })
  }

  /**
   * All periodic duties once a period, with a quarter of it as jitter, so that members do not step
   * together.
   */
  #scheduleTick(): void {
    const { agenda, chance, periodMs } = this.#world
    agenda.after(periodMs * (0.75 + chance.fraction() / 2), () => {
      if (!this.#isRunning) return
      if (this.#state.successors.length === 0) this.#hearOfOthers()
      for (const kind of ['stabilise', 'checkPredecessor', 'fixFinger'] as const)
        this.step({ kind })
      this.step({ kind: 'probe', draw: chance.fraction() })
      this.#scheduleTick()
    })
  }
}
