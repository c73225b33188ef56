/** Bundles of other members, taken apart: each part goes to whom it is for. */
import type { MemberId } from '../../base/ids.ts'
import type { Moment } from '../../consensus/types.ts'
import type { Bundle, GroupMessage } from '../../wire/raft.ts'
import type { Beating } from './beating.ts'
import type { Core } from './core.ts'
import type { Fullness } from './fullness.ts'
import type { Proposals } from './proposals.ts'
import type { Replicas } from './replicas.ts'

export interface ReceivingParts {
  readonly core: Core
  readonly beating: Beating
  readonly proposals: Proposals
  readonly fullness: Fullness
  readonly replicas: Replicas
}

/** From here on the member hears others. */
export function receiveBundles(parts: ReceivingParts): void {
  const receiving = new Receiving(parts)
  const { peers } = parts.core.options
  peers.onBundle((from, bundle) => receiving.received(from, bundle))
  peers.onLost((member) => receiving.lost(member))
}

class Receiving {
  readonly #core: Core
  readonly #parts: ReceivingParts
  /** Of the bundle that is taken apart. */
  #moment: Moment
  /** Nothing is heard meanwhile. */
  #isAdopting = false

  constructor(parts: ReceivingParts) {
    this.#core = parts.core
    this.#moment = parts.core.moment()
    this.#parts = parts
  }

  received(from: MemberId, bundle: Bundle): void {
    const core = this.#core
    if (core.isStopped || this.#isAdopting || !core.options.isEnrolled(from)) return
    if (bundle.generation !== core.generation) {
      if (bundle.generation > core.generation) void this.#adopt(bundle.generation)
      // Who is behind hears of it so; nothing comes back.
      else core.options.peers.send(from, { generation: core.generation, messages: [] })
      return
    }
    try {
      this.#take(from, bundle)
    } catch (error) {
      this.#core.fail(error)
    }
  }

  /**
   * A newcomer to a ring that was recovered holds nothing that could be of another history. Whoever
   * holds something was left out by that recovery, and stays so.
   */
  async #adopt(generation: number): Promise<void> {
    const core = this.#core
    const { onGeneration } = core.options
    if (onGeneration === undefined || core.held.length > 0) return
    this.#isAdopting = true
    try {
      await onGeneration(generation)
      core.generation = generation
      core.effects.log.info('generation.adopted', { generation })
    } catch (error) {
      core.fail(error)
    } finally {
      this.#isAdopting = false
    }
  }

  #take(from: MemberId, bundle: Bundle): void {
    const { beating, fullness, proposals } = this.#parts
    this.#core.counting.bundlesIn++
    fullness.told(from, bundle.isFull === true)
    // First: a message is answered by what the beat in front of it said.
    if (bundle.beat !== undefined) beating.received(from, bundle.beat)
    this.#moment = this.#core.moment()
    for (const message of bundle.messages) this.#message(from, message)
    if (bundle.beatAnswer !== undefined) beating.answered(from, bundle.beatAnswer)
    for (const proposal of bundle.proposals ?? []) proposals.received(from, proposal)
    for (const outcome of bundle.outcomes ?? []) proposals.answered(from, outcome)
  }

  #message(from: MemberId, { group, message }: GroupMessage): void {
    const { kind } = message
    const isOfLeader = kind === 'append' || kind === 'offer'
    const known = this.#core.find(group)
    const held = known ?? (isOfLeader ? this.#parts.replicas.begin(group) : undefined)
    if (held === undefined) return
    // One that was begun just now is ahead of what came with it.
    if (known === undefined) this.#moment = this.#core.moment()
    if (isOfLeader) held.heard++
    this.#core.step(held, { kind: 'message', from, message }, this.#moment)
  }

  lost(member: MemberId): void {
    if (this.#core.isStopped) return
    this.#parts.proposals.lost(member)
    for (const held of this.#core.held) this.#core.step(held, { kind: 'lost', member })
  }
}
