/**
 * States frozen for members that fetch them: one for each that asks, closed when it does not go on.
 * Who asks for a state that is no longer frozen begins again with another.
 */
import { AnilloError } from '../../base/errors.ts'
import type { MemberId } from '../../base/ids.ts'
import type { Timer } from '../../effects/clock.ts'
import {
  answerOf,
  snapshotBlock,
  snapshotOffer,
  type OfferAnswer,
} from '../../wire/group-methods.ts'
import { partitionIdOf, type PartitionId } from '../../wire/partition.ts'
import type { LogPoint } from '../../wire/raft.ts'
import type { SnapshotBlock, SnapshotSource } from '../state/types.ts'
import { BLOCKS_AHEAD } from './blocks-ahead.ts'
import type { Core } from './core.ts'
import { SNAPSHOT_IDLE_MS } from './limits.ts'

interface Frozen {
  readonly group: PartitionId
  readonly source: SnapshotSource
  /** Of the block that is given next. */
  nextBlock: number
  /** Those before it that may have been on their way when the asker was cut off: had again. */
  readonly given: SnapshotBlock[]
  usedAtMs: number
}

export class SnapshotServing {
  readonly #core: Core
  /** By member and group. */
  readonly #frozen = new Map<string, Frozen>()
  #timer: Timer | undefined
  /** Ends a turn after the block that was made last. */
  #making: Promise<void> = Promise.resolve()

  constructor(core: Core) {
    this.#core = core
    const { peers } = core.options
    peers.handle(snapshotOffer, ({ group, resume }, from) =>
      this.#offer({ from, group: partitionIdOf(group) }, resume),
    )
    peers.handle(snapshotBlock, ({ group, point, number }, from) =>
      this.#inTurn(() => this.#block({ from, group: partitionIdOf(group) }, point, number)),
    )
  }

  /** The replica is gone. */
  released(group: PartitionId): void {
    for (const [key, frozen] of this.#frozen) if (frozen.group === group) this.#close(key)
  }

  stop(): void {
    this.#timer?.cancel()
    for (const key of this.#frozen.keys()) this.#close(key)
  }

  async #offer(asker: Asker, resume: LogPoint | undefined): Promise<OfferAnswer> {
    const key = keyOf(asker)
    const known = this.#frozen.get(key)
    if (known !== undefined && isSame(known.source.offer.point, resume)) {
      known.usedAtMs = this.#core.effects.clock.nowMs()
      return answerOf(known.source.offer)
    }
    this.#checkAsker(asker)
    const source = await this.#core.state.snapshot(asker.group)
    this.#close(key)
    const usedAtMs = this.#core.effects.clock.nowMs()
    if (this.#core.isStopped || this.#core.find(asker.group) === undefined) {
      source.close()
      throw notHere(asker.group)
    }
    this.#frozen.set(key, { group: asker.group, source, nextBlock: 0, given: [], usedAtMs })
    this.#core.counting.snapshotsSent++
    this.#closeLater()
    return answerOf(source.offer)
  }

  /** A state without a configuration is of no use to anybody. */
  #checkAsker({ from, group }: Asker): void {
    const held = this.#core.find(group)
    if (held?.configuration === undefined || !this.#core.options.isEnrolled(from)) {
      throw notHere(group)
    }
  }

  /** Several are asked for at once, and each takes some ms: one a turn, in the order of asking. */
  #inTurn(make: () => Promise<SnapshotBlock>): Promise<SnapshotBlock> {
    const made = this.#making.then(make)
    const soon = (): Promise<void> =>
      new Promise((resolve) => this.#core.effects.clock.soon(resolve))
    this.#making = made.then(soon, soon)
    return made
  }

  /** A state that was frozen anew at the same place has the same blocks: the first are passed. */
  async #block(asker: Asker, point: LogPoint, number: number): Promise<SnapshotBlock> {
    const key = keyOf(asker)
    while (this.#at(key, asker.group, point).nextBlock < number) {
      this.#next(this.#at(key, asker.group, point))
      await new Promise<void>((resolve) => this.#core.effects.clock.soon(resolve))
    }
    const frozen = this.#at(key, asker.group, point)
    const block =
      number === frozen.nextBlock
        ? this.#next(frozen)
        : frozen.given.find((given) => given.number === number)
    if (block === undefined) {
      this.#close(key)
      throw notHere(asker.group)
    }
    this.#core.counting.snapshotBytesOut += block.bytes.length
    return block
  }

  #at(key: string, group: PartitionId, point: LogPoint): Frozen {
    const frozen = this.#frozen.get(key)
    if (frozen === undefined || !isSame(frozen.source.offer.point, point)) throw notHere(group)
    frozen.usedAtMs = this.#core.effects.clock.nowMs()
    return frozen
  }

  #next(frozen: Frozen): SnapshotBlock {
    if (frozen.given.at(-1)?.isLast === true) throw notHere(frozen.group)
    const block = frozen.source.block(frozen.nextBlock)
    frozen.nextBlock++
    frozen.given.push(block)
    if (frozen.given.length > BLOCKS_AHEAD + 1) frozen.given.shift()
    // Views of a database are few: whoever asks for the last blocks again is given them from here.
    if (block.isLast) frozen.source.close()
    return block
  }

  #close(key: string): void {
    this.#frozen.get(key)?.source.close()
    this.#frozen.delete(key)
  }

  #closeLater(): void {
    this.#timer ??= this.#core.effects.clock.after(SNAPSHOT_IDLE_MS, () => {
      this.#timer = undefined
      const nowMs = this.#core.effects.clock.nowMs()
      for (const [key, { usedAtMs }] of this.#frozen) {
        if (nowMs - usedAtMs >= SNAPSHOT_IDLE_MS) this.#close(key)
      }
      if (this.#frozen.size > 0) this.#closeLater()
    })
  }
}

interface Asker {
  readonly from: MemberId
  readonly group: PartitionId
}

function keyOf({ from, group }: Asker): string {
  return `${from} ${group}`
}

function isSame(point: LogPoint, other: LogPoint | undefined): boolean {
  return point.index === other?.index && point.term === other.term
}

function notHere(group: PartitionId): AnilloError {
  return new AnilloError('NOT_FOUND', { what: `snapshot of group ${group}` })
}
