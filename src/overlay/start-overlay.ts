/** Puts the overlay together: ring machine, look-ups, liveness, boot, names, directory, doings. */
import type { RingId } from '../base/ids.ts'
import { SECOND_MS } from '../base/limits.ts'
import type { Clock } from '../effects/clock.ts'
import type { Random } from '../effects/random.ts'
import type { Doing } from '../ring/state.ts'
import type { RpcClient, RpcServer } from '../rpc/types.ts'
import type { Member } from '../wire/api.ts'
import type { Contact } from '../wire/contact.ts'
import { Booter } from './booter.ts'
import { Directory } from './directory.ts'
import type { Doings } from './doings.ts'
import { Liveness } from './liveness.ts'
import { elapsed, Locator } from './locator.ts'
import { Names, type Ref } from './names.ts'
import { RingDriver } from './ring-driver.ts'
import { RingOverlay } from './ring-overlay.ts'
import { createRingView } from './ring-view.ts'
import { JoinTries, toldDoing } from './told.ts'
import type { Overlay, PeerMemory, RingView } from './types.ts'

/** How often the known members are written down, when they changed, and others are looked for. */
const PEERS_PERIOD_MS = 5 * SECOND_MS

/** The longest that one who leaves looks for the others, and that it waits for its neighbours. */
const LEAVE_PATIENCE_MS = 3 * SECOND_MS

export interface OverlayOptions {
  readonly clock: Clock
  readonly random: Random
  readonly rpc: RpcClient & RpcServer
  readonly ringId: RingId
  readonly self: Ref
  readonly doings: Doings
  readonly peers: PeerMemory
  readonly begins: boolean
  readonly hints: () => readonly string[]
  /** This member as others see it, with what its services know of themselves. */
  readonly describe: (place: Place) => Member
}

/** Where this member stands, for its description. */
export type Place = Pick<Member, 'predecessor' | 'successors' | 'fingers'>

export interface RunningOverlay {
  readonly overlay: Overlay
  readonly view: RingView
  /** Looks for its ring, and goes on doing so until it has joined. */
  start(): Promise<void>
  /**
   * When it returns, a start after a kill finds that this member had a place, and its neighbours.
   */
  remember(): Promise<void>
  /** Tells the neighbours and gives its place up; what it held must be handed over before. */
  leave(): Promise<void>
  stop(): Promise<void>
}

export function createOverlay(options: OverlayOptions): RunningOverlay {
  return new Composition(options)
}

class Composition implements RunningOverlay {
  readonly overlay: RingOverlay
  readonly view: RingView
  readonly #options: OverlayOptions
  readonly #names = new Names()
  readonly #driver: RingDriver
  readonly #locator: Locator
  readonly #liveness: Liveness
  readonly #booter: Booter
  readonly #joinTries = new JoinTries()
  readonly #directory: Directory
  #isStopped = false
  #writing = Promise.resolve()

  constructor(options: OverlayOptions) {
    this.#options = options
    const { clock, random, rpc, ringId, self, doings } = options
    this.#names.learn(self.id, self.name)
    this.#driver = new RingDriver({
      clock,
      random,
      rpc,
      ringId,
      self: { id: self.id, address: self.address, position: self.position },
      doubtsItself: () => this.#liveness.lag.laggedWithin(SECOND_MS),
      heardFrom: (contact) => this.#liveness.heardFrom(contact.id),
      silenceMs: (contact) => this.#liveness.silenceMs(contact.id),
      did: (doing) => this.#did(doing),
    })
    this.#liveness = this.#watchOthers()
    this.#locator = new Locator({
      clock,
      driver: this.#driver,
      failed: (contact) => this.#locator.forget(contact),
    })
    this.#booter = new Booter({ ...options, driver: this.#driver })
    this.overlay = new RingOverlay({
      self,
      driver: this.#driver,
      locator: this.#locator,
      names: this.#names,
      isDown: (contact) => this.#liveness.stateOf(contact.id) === 'down',
      tell: doings.tell,
    })
    const describe = (): Member => options.describe(this.#place())
    this.#directory = new Directory({
      clock,
      rpc,
      names: this.#names,
      self: describe,
      stateOf: (id) => this.#liveness.stateOf(id),
    })
    this.view = createRingView({
      ringId,
      clock,
      rpc,
      overlay: this.overlay,
      directory: this.#directory,
      names: this.#names,
      doings,
      self: describe,
    })
  }

  async start(): Promise<void> {
    this.#driver.start()
    this.#liveness.start()
    this.#lookAfterPeers()
    await this.#booter.start()
  }

  remember(): Promise<void> {
    return this.#writePeers()
  }

  async leave(): Promise<void> {
    const { clock } = this.#options
    await this.#writePeers()
    await Promise.race([this.#directory.members(), elapsed(clock, LEAVE_PATIENCE_MS)])
    const { predecessor, successors } = this.#driver.state
    const others = this.#directory.known()
    const giveUpAtMs = clock.nowMs() + LEAVE_PATIENCE_MS
    this.#driver.dispatch({ kind: 'leave' })
    while (this.#driver.state.phase !== 'gone' && clock.nowMs() < giveUpAtMs) {
      await elapsed(clock, LEAVE_LOOK_MS)
    }
    // The machine tells its neighbours; the rest would list this member as down.
    const question = { kind: 'leaving', predecessor, successors } as const
    await Promise.all(others.map((contact) => this.#driver.ask(contact, question)))
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#booter.stop()
    this.#liveness.stop()
    this.#driver.stop()
    await this.#writePeers()
  }

  #watchOthers(): Liveness {
    const { clock, random, doings } = this.#options
    return new Liveness({
      clock,
      random,
      watched: () => this.#neighboursAndFingers(),
      ping: async (contact) => (await this.#driver.ask(contact, { kind: 'ping' })) !== undefined,
      suspected: (contact) => doings.tell({ kind: 'suspected', other: this.#names.ref(contact) }),
      returned: (contact) => doings.tell({ kind: 'returned', other: this.#names.ref(contact) }),
      died: (contact) => {
        this.#locator.forget(contact)
        this.#driver.dispatch({ kind: 'down', contact })
      },
    })
  }

  #did(doing: Doing): void {
    if (doing.kind === 'departed') this.#directory.forget(doing.other.address)
    if (doing.kind === 'died' || doing.kind === 'departed') this.#locator.forget(doing.other)
    const told = toldDoing(doing, this.#names)
    if (this.#joinTries.isNews(doing) && told !== undefined) this.#options.doings.tell(told)
    if ('other' in doing && doing.other !== undefined) this.#learnName(doing.other)
    this.overlay.did(doing)
    this.#booter.did(doing)
    // Not at the next period: one that is killed before must be able to take up its place, among
    // those that stand beside it.
    if (CHANGES_PEERS.has(doing.kind)) void this.#writePeers()
  }

  /**
   * Asks a member that is new to this one for its name; walking the ring does it for the others.
   */
  #learnName(contact: Contact): void {
    if (!this.#names.knows(contact.id) && !this.#isStopped) void this.#directory.members()
  }

  #neighboursAndFingers(): readonly Contact[] {
    const { predecessor, successors, fingers } = this.#driver.state
    const before = predecessor === undefined ? [] : [predecessor]
    return [...before, ...successors, ...fingers.map((finger) => finger.contact)]
  }

  #place(): Place {
    const { predecessor, successors, fingers } = this.#driver.state
    return {
      predecessor: predecessor === undefined ? null : this.#names.ref(predecessor),
      successors: successors.map((contact) => this.#names.ref(contact)),
      fingers: fingers.map(({ bit, contact }) => ({ bit, member: this.#names.ref(contact) })),
    }
  }

  #lookAfterPeers(): void {
    this.#options.clock.after(PEERS_PERIOD_MS, () => {
      if (this.#isStopped) return
      void this.#booter.lookForOthers()
      void this.#writePeers().then(() => this.#lookAfterPeers())
    })
  }

  /** Only once it has joined: that there is a peer file says that this member had a place. */
  #writePeers(): Promise<void> {
    this.#writing = this.#writing.then(async () => {
      const { phase, book } = this.#driver.state
      if (phase !== 'joined') return
      await this.#options.peers.write(book.peers.map((peer) => peer.contact))
    })
    return this.#writing
  }
}

/** Doings after which this member stands beside others than before. */
const CHANGES_PEERS: ReadonlySet<Doing['kind']> = new Set([
  'founded',
  'joined',
  'resumed',
  'successor',
  'predecessor',
  'merged',
  'stabilised',
])

/** Between two looks whether the neighbours have taken note. */
const LEAVE_LOOK_MS = 20
