/**
 * Disks that are nearly full. Each member tells with its bundles; a leader takes no write that
 * needs room while its own disk or that of one in its group is nearly full, so that no log ever
 * meets the end of its disk. It opens again by itself.
 */
import type { MemberId } from '../../base/ids.ts'
import { membersOf } from '../../consensus/configurations.ts'
import { decodeCommand } from '../../wire/command-codec.ts'
import type { Core } from './core.ts'
import type { HeldGroup } from './held-group.ts'
import { FULL_WORD_MS } from './limits.ts'
import type { Outgoing } from './outgoing.ts'

export class Fullness {
  readonly #core: Core
  readonly #outgoing: Outgoing
  /** Other members whose disk is nearly full; until when their word counts. */
  readonly #full = new Map<MemberId, number>()
  #isLooking = false

  constructor(core: Core, outgoing: Outgoing) {
    this.#core = core
    this.#outgoing = outgoing
  }

  /** What a member told with a bundle. */
  told(member: MemberId, isFull: boolean): void {
    if (isFull) this.#full.set(member, this.#core.effects.clock.nowMs() + FULL_WORD_MS)
    else if (this.#full.size > 0) this.#full.delete(member)
  }

  /** A command that needs room is not taken. */
  refuses(held: HeldGroup, data: Uint8Array): boolean {
    return this.isFull(held) && this.#needsRoom(held, data)
  }

  isFull(held: HeldGroup): boolean {
    if (this.#outgoing.isFull) return true
    if (this.#full.size === 0) return false
    const { configuration } = held
    const nowMs = this.#core.effects.clock.nowMs()
    return (
      configuration !== undefined &&
      membersOf(configuration).some((id) => (this.#full.get(id) ?? 0) > nowMs)
    )
  }

  /** What is already on its way between partitions, and what only clears away, is taken. */
  #needsRoom(held: HeldGroup, data: Uint8Array): boolean {
    const command = decodeCommand(data)
    if (command?.kind !== 'call') return false
    const { procedures } = this.#core.options
    const procedure = procedures.find(command.procedure, held.partition.featureLevel)
    const input: unknown = procedure?.readInput(command.input)
    return input === undefined || procedure?.freesRoom?.(input) !== true
  }

  /** The disk of this member. */
  get isOwnFull(): boolean {
    return this.#outgoing.isFull
  }

  /** Asks the disk; once at a time. */
  async look(): Promise<void> {
    if (this.#isLooking || this.#core.isStopped) return
    this.#isLooking = true
    try {
      this.#measured(await this.#core.effects.disk.freeBytes())
    } catch (error) {
      this.#core.effects.log.warn('disk.space.unknown', { error: String(error) })
    } finally {
      this.#isLooking = false
    }
  }

  #measured(freeBytes: number): void {
    const { diskFreeBytesMin } = this.#core.settings
    const wasFull = this.#outgoing.isFull
    // Not back and forth at the mark.
    const isFull = freeBytes < (wasFull ? 1.5 * diskFreeBytesMin : diskFreeBytesMin)
    if (isFull === wasFull) return
    this.#outgoing.isFull = isFull
    this.#core.options.onDoing?.({ kind: 'disk', isFull, freeBytes })
    if (isFull) this.#core.effects.log.warn('disk.full', { freeBytes })
    else this.#core.effects.log.info('disk.room', { freeBytes })
  }
}
