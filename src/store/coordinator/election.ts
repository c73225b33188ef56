/**
 * Carries the words of the bully election (bully.ts) between members. Each goes out as one
 * broadcast, where the member has one, and over connections to those of whom it is not known that
 * they hear its broadcasts. So a network without broadcast, or one that lets it through in one
 * direction only, elects all the same, and one with it costs a datagram a second.
 */
import { utf8 } from '../../base/bytes.ts'
import { sameDigest } from '../../base/hash.ts'
import { hexOf } from '../../base/hex.ts'
import type { MemberId, RingId } from '../../base/ids.ts'
import type { Timer } from '../../effects/clock.ts'
import type { Effects } from '../../effects/effects.ts'
import {
  encodeElectionDatagram,
  macText,
  readElectionDatagram,
  tellElection,
  type Addressee,
  type ElectionDatagram,
  type ElectionWord,
} from '../../wire/election.ts'
import type { Peers } from '../peers.ts'
import { beginElection, believed, stepBully, type BullyState, type BullyStep } from './bully.ts'
import { HEARD_LATELY_MS, REACHED_FOR_MS } from './limits.ts'

/** Datagrams to all members of this network, on the port of discovery. */
export interface Broadcast {
  send(bytes: Uint8Array): void
}

export interface ElectionOptions {
  readonly effects: Pick<Effects, 'clock' | 'random' | 'crypto'>
  readonly self: MemberId
  readonly ringId: RingId
  readonly peers: Pick<Peers, 'ask' | 'handle'>
  /** Those that may coordinate, this member perhaps among them. */
  readonly candidates: () => readonly MemberId[]
  /** Absent where there is none. */
  readonly broadcast?: Broadcast
  /** Of this member's lease; 0 without. */
  readonly fence: () => number
  /** Another is believed to coordinate, or nobody. */
  readonly onChanged: () => void
}

export interface CoordinatorBelief {
  readonly coordinator: MemberId
  /** Of its lease, as it last said; 0: it has none. */
  readonly fence: number
}

const KEY_BYTES = 32

/** What is known of another member's datagrams. */
interface Sender {
  readonly key: string
  count: number
  heardMs: number
}

export class Election {
  readonly #options: ElectionOptions
  readonly #key: string
  readonly #senders = new Map<MemberId, Sender>()
  /** Until when a member counts as within reach of this one's broadcasts. */
  readonly #reached = new Map<MemberId, number>()
  #state: BullyState | undefined
  /** Of the last datagram. */
  #count = 0
  /** As the followed coordinator last said. */
  #fence = 0
  #timer: Timer | undefined

  /** Answers other members from then on, and takes part from `start` on. */
  constructor(options: ElectionOptions) {
    this.#options = options
    this.#key = hexOf(options.effects.random.bytes(KEY_BYTES))
    options.peers.handle(tellElection, (word, from) => {
      if (!this.#mayCoordinate(from)) return { isHeard: false }
      const isHeard = this.#isHeardLately(this.#senderOf(from, word.key))
      this.#hear(word, from)
      return { isHeard }
    })
  }

  start(): void {
    this.#take(beginElection(this.#moment()))
  }

  stop(): void {
    this.#state = undefined
    this.#timer?.cancel()
  }

  /** Whom this member holds for the coordinator. */
  get belief(): CoordinatorBelief | undefined {
    const { self, fence } = this.#options
    const coordinator = this.#state === undefined ? undefined : believed(this.#state, self)
    if (coordinator === undefined) return undefined
    return { coordinator, fence: coordinator === self ? fence() : this.#fence }
  }

  get isCoordinator(): boolean {
    return this.#state?.kind === 'leading'
  }

  /** A datagram of the shared port; `false` when it is none of an election of this ring. */
  received(bytes: Uint8Array): boolean {
    const datagram = readElectionDatagram(bytes)
    const { ringId, self } = this.#options
    if (datagram?.ringId !== ringId) return false
    const from = this.#options.candidates().find((id) => id === datagram.from)
    const sender = from === undefined ? undefined : this.#senders.get(from)
    if (from === undefined || sender === undefined || from === self) return true
    if (datagram.count <= sender.count || !this.#isGenuine(datagram, sender.key)) return true
    sender.count = datagram.count
    sender.heardMs = this.#options.effects.clock.nowMs()
    if (isFor(datagram, self)) this.#hear(datagram, from)
    return true
  }

  #isGenuine(datagram: ElectionDatagram, key: string): boolean {
    const { crypto } = this.#options.effects
    return sameDigest(crypto.mac(utf8(key), macText(datagram)), datagram.mac)
  }

  #senderOf(member: MemberId, key: string): Sender {
    const known = this.#senders.get(member)
    if (known?.key === key) return known
    const sender = { key, count: 0, heardMs: -Infinity }
    this.#senders.set(member, sender)
    return sender
  }

  #isHeardLately({ heardMs }: Sender): boolean {
    return this.#options.effects.clock.nowMs() - heardMs <= HEARD_LATELY_MS
  }

  #mayCoordinate(member: MemberId): boolean {
    return member !== this.#options.self && this.#options.candidates().includes(member)
  }

  #hear({ kind: word, fence }: ElectionWord, from: MemberId): void {
    if (this.#state === undefined) return
    // Who elects does not hear the coordinator, whatever it said before: it may have started anew.
    if (word === 'ELECTION') this.#reached.delete(from)
    const before = believed(this.#state, this.#options.self)
    const step = stepBully(this.#state, { kind: 'heard', word, from }, this.#moment())
    const isFollowed = step[0].kind === 'following' && step[0].coordinator === from
    if (isFollowed && word === 'COORDINATOR') this.#fence = fence
    this.#take(step, before)
  }

  #due(): void {
    if (this.#state === undefined) return
    const before = believed(this.#state, this.#options.self)
    this.#take(stepBully(this.#state, { kind: 'due' }, this.#moment()), before)
  }

  #take([state, sayings]: BullyStep, before?: MemberId): void {
    const { clock } = this.#options.effects
    this.#state = state
    this.#timer?.cancel()
    this.#timer = clock.after(Math.max(0, state.untilMs - clock.nowMs()), () => this.#due())
    if (believed(state, this.#options.self) !== before) this.#options.onChanged()
    for (const { word, to } of sayings) this.#say({ kind: word, fence: this.#options.fence() }, to)
  }

  #moment(): { readonly self: MemberId; readonly nowMs: number } {
    return { self: this.#options.self, nowMs: this.#options.effects.clock.nowMs() }
  }

  #say(word: ElectionWord, to: Addressee): void {
    const { candidates, effects, self } = this.#options
    this.#cast(word, to)
    const nowMs = effects.clock.nowMs()
    for (const member of candidates()) {
      if (member === self || !isAddressed(member, { from: self, to })) continue
      if ((this.#reached.get(member) ?? -Infinity) <= nowMs) void this.#tell(member, word)
    }
  }

  #cast(word: ElectionWord, to: Addressee): void {
    const { broadcast, effects, ringId, self } = this.#options
    if (broadcast === undefined) return
    this.#count++
    const said = { ...word, ringId, from: self, to, count: this.#count }
    const mac = effects.crypto.mac(utf8(this.#key), macText(said))
    broadcast.send(encodeElectionDatagram({ ...said, mac }))
  }

  /** Never rejects: who cannot be reached is told again, or is gone. */
  async #tell(member: MemberId, word: ElectionWord): Promise<void> {
    const { effects, peers } = this.#options
    try {
      const { isHeard } = await peers.ask(member, tellElection, { ...word, key: this.#key })
      if (isHeard) this.#reached.set(member, effects.clock.nowMs() + REACHED_FOR_MS)
      else this.#reached.delete(member)
    } catch {
      this.#reached.delete(member)
    }
  }
}

function isFor({ from, to }: ElectionDatagram, self: MemberId): boolean {
  return to === 'all' || to === self || (to === 'higher' && self > from)
}

function isAddressed(
  member: MemberId,
  { from, to }: { readonly from: MemberId; readonly to: Addressee },
): boolean {
  return to === 'all' || to === member || (to === 'higher' && member > from)
}
