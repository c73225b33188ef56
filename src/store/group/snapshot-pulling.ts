/**
 * Fetches the states that leaders offer to groups of this member: two at a time, block by block,
 * checked, at a bounded rate. What breaks off goes on where it was, as long as the other side keeps
 * the same state; else it begins again, and after a few tries the leader is told.
 */
import { AnilloError } from '../../base/errors.ts'
import type { MemberId } from '../../base/ids.ts'
import { MIB, SECOND_MS } from '../../base/limits.ts'
import { offerOf, snapshotBlock, snapshotOffer } from '../../wire/group-methods.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type { SnapshotOffer } from '../../wire/raft.ts'
import type { SnapshotSink } from '../state/types.ts'
import { BlocksAhead } from './blocks-ahead.ts'
import type { Core } from './core.ts'
import type { HeldGroup } from './held-group.ts'
import { SNAPSHOT_RETRY_MS, SNAPSHOT_TRIES_MAX } from './limits.ts'
import type { Incoming } from './types.ts'

interface Pull {
  readonly held: HeldGroup
  readonly from: MemberId
  /** What the leader offered; what is fetched may be later. */
  readonly offered: SnapshotOffer
  blocks: number
  bytes: number
}

/** The group's state is what the snapshot held: the log and the machines are to follow. */
export type Installed = (held: HeldGroup, offer: SnapshotOffer) => Promise<void>

export class SnapshotPulling {
  readonly #core: Core
  readonly #installed: Installed
  readonly #isFull: () => boolean
  /** In the order of asking; one a group. */
  readonly #wanted = new Map<PartitionId, Pull>()
  readonly #running = new Set<Pull>()
  /** The rate's budget is used up until then. */
  #freeAtMs = 0

  constructor(
    core: Core,
    options: { readonly installed: Installed; readonly isFull: () => boolean },
  ) {
    this.#core = core
    this.#installed = options.installed
    this.#isFull = options.isFull
  }

  incoming(): readonly Incoming[] {
    return [...this.#wanted.values()].map(({ held, from, blocks, bytes }) => {
      return { group: held.id, from, blocks, bytes }
    })
  }

  /** Replaces what was wanted for the group before. */
  want(
    held: HeldGroup,
    { from, snapshot }: { readonly from: MemberId; readonly snapshot: SnapshotOffer },
  ): void {
    const pull = { held, from, offered: snapshot, blocks: 0, bytes: 0 }
    this.#wanted.set(held.id, pull)
    this.#startNext()
  }

  released(held: HeldGroup): void {
    this.#wanted.delete(held.id)
  }

  /** Of one group one after the other: what was begun for it ends first. */
  #startNext(): void {
    if (this.#core.isStopped) return
    const busy = new Set(Array.from(this.#running, ({ held }) => held.id))
    for (const [group, pull] of this.#wanted) {
      if (this.#running.size >= STATES_AT_ONCE) return
      if (!busy.has(group)) void this.#run(pull)
    }
  }

  async #run(pull: Pull): Promise<void> {
    this.#running.add(pull)
    await this.#pull(pull)
    this.#running.delete(pull)
    if (this.#isWanted(pull)) this.#wanted.delete(pull.held.id)
    this.#startNext()
  }

  #isWanted(pull: Pull): boolean {
    return this.#wanted.get(pull.held.id) === pull && !this.#core.isStopped
  }

  async #pull(pull: Pull): Promise<void> {
    const { clock, log } = this.#core.effects
    for (let tries = 1; this.#isWanted(pull); tries++) {
      try {
        await this.#fetch(pull)
        return
      } catch (error) {
        const fields = { group: pull.held.id, from: pull.from, error: String(error) }
        log.warn('snapshot.failed', fields)
      }
      if (tries >= SNAPSHOT_TRIES_MAX) break
      await new Promise<void>((resolve) => clock.after(SNAPSHOT_RETRY_MS * tries, resolve))
    }
    if (!this.#isWanted(pull)) return
    this.#core.step(pull.held, { kind: 'installFailed', point: pull.offered.point })
  }

  async #fetch(pull: Pull): Promise<void> {
    const { peers } = this.#core.options
    const group = pull.held.id
    const { point: resume } = this.#core.state.taking(group) ?? {}
    const question = resume === undefined ? { group } : { group, resume }
    const offer = offerOf(await peers.ask(pull.from, snapshotOffer, question))
    if (offer.point.index < pull.offered.point.index) {
      throw new AnilloError('NOT_FOUND', { what: `snapshot from ${pull.offered.point.index} on` })
    }
    if (!this.#isWanted(pull)) return
    const sink = await this.#core.state.sink(group, offer)
    if (!(await this.#fill(pull, offer, sink))) return
    await sink.install()
    if (!pull.held.isOpen || this.#core.isStopped) return
    // What was offered meanwhile was to replace this; where it is needed, it is offered again.
    this.#wanted.delete(group)
    this.#core.counting.snapshotsTaken++
    const { from, bytes } = pull
    this.#core.options.onDoing?.({ kind: 'fetched', group, from, bytes })
    await this.#installed(pull.held, offer)
  }

  /** @returns whether all blocks are here, and it is still wanted. */
  async #fill(pull: Pull, offer: SnapshotOffer, sink: SnapshotSink): Promise<boolean> {
    const { peers } = this.#core.options
    const { point } = offer
    const group = pull.held.id
    const blocks = new BlocksAhead((number) =>
      peers.ask(pull.from, snapshotBlock, { group, point, number }),
    )
    while (!sink.isComplete) {
      if (!this.#isWanted(pull)) return false
      if (this.#isFull()) throw new AnilloError('DISK_FULL', { path: this.#core.options.path })
      const block = await blocks.get(sink.nextBlock)
      if (!this.#isWanted(pull)) return false
      await sink.take(block)
      pull.blocks++
      pull.bytes += block.bytes.length
      this.#core.counting.snapshotBytesIn += block.bytes.length
      await this.#paced(block.bytes.length)
    }
    return this.#isWanted(pull)
  }

  async #paced(bytes: number): Promise<void> {
    const { clock } = this.#core.effects
    const nowMs = clock.nowMs()
    const perMs = this.#core.settings.snapshotBytesPerSecondMax / SECOND_MS
    this.#freeAtMs = Math.max(this.#freeAtMs, nowMs) + bytes / perMs
    const waitMs = this.#freeAtMs - nowMs - PACE_AHEAD_BYTES / perMs
    if (waitMs > 0) await new Promise<void>((resolve) => clock.after(waitMs, resolve))
  }
}

/** While one is begun or installed, which is syncs and questions, another is fetched. */
const STATES_AT_ONCE = 2

/** May be fetched before it is waited: timers are coarser than blocks. */
const PACE_AHEAD_BYTES = MIB
