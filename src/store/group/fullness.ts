/**
 * Disks that are nearly full. Each member tells with its bundles; a leader takes no write that
 * needs room while its own disk or that of one in its group is nearly full, so that no log ever
 * meets the end of its disk. It opens again by itself. Who is nearly full leads nothing that
 * another with room may lead: leading costs room of its own.
 */
import type { MemberId } from '../../base/ids.ts'
import { membersOf } from '../../consensus/configurations.ts'
import { decodeCommand } from '../../wire/command-codec.ts'
import type { Core } from './core.ts'
import type { HandingOver } from './handing-over.ts'
import type { HeldGroup } from './held-group.ts'
import { FULL_LOOKS, FULL_WORD_MS } from './limits.ts'
import type { Outgoing } from './outgoing.ts'

export class Fullness {
  readonly #core: Core
  readonly #outgoing: Outgoing
  /** Other members whose disk is nearly full; until when their word counts. */
  readonly #full = new Map<MemberId, number>()
  readonly #handingOver: HandingOver
  #isLooking = false
  #freeBytes: number | undefined
  /** Of the log, when the disk was last asked. */
  #loggedBytes = 0

  constructor(core: Core, outgoing: Outgoing, handingOver: HandingOver) {
    this.#core = core
    this.#outgoing = outgoing
    this.#handingOver = handingOver
  }

  /** What a member told with a bundle. */
  told(member: MemberId, isFull: boolean): void {
    if (isFull) this.#full.set(member, this.#core.effects.clock.nowMs() + FULL_WORD_MS)
    else if (this.#full.size > 0) this.#full.delete(member)
  }

  /** A command that needs room is not taken; answers whose disk has none. */
  refuses(held: HeldGroup, data: Uint8Array): MemberId | undefined {
    const full = this.fullIn(held)
    return full !== undefined && this.#needsRoom(held, data) ? full : undefined
  }

  /** A member of the group without room; this one first. */
  fullIn(held: HeldGroup): MemberId | undefined {
    if (this.#outgoing.isFull) return this.#core.self
    if (this.#full.size === 0 || held.configuration === undefined) return undefined
    return membersOf(held.configuration).find((id) => this.isFull(id))
  }

  isFull(member: MemberId): boolean {
    if (member === this.#core.self) return this.#outgoing.isFull
    return (this.#full.get(member) ?? 0) > this.#core.effects.clock.nowMs()
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

  /** As the disk said last. */
  get freeBytes(): number | undefined {
    return this.#freeBytes
  }

  /** Enough was written since the disk was asked to have used up much of what is kept back. */
  get isUnsure(): boolean {
    const { log, settings } = this.#core
    const writtenBytes = Math.abs(log.bytesSinceCompact - this.#loggedBytes)
    return FULL_LOOKS * writtenBytes >= settings.diskFreeBytesMin
  }

  /** Asks the disk; once at a time. */
  async look(): Promise<void> {
    if (this.#isLooking || this.#core.isStopped) return
    this.#isLooking = true
    this.#loggedBytes = this.#core.log.bytesSinceCompact
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
    this.#freeBytes = freeBytes
    const wasFull = this.#outgoing.isFull
    // Not back and forth at the mark.
    const isFull = freeBytes < (wasFull ? 1.5 * diskFreeBytesMin : diskFreeBytesMin)
    this.#outgoing.isFull = isFull
    if (isFull) this.#handingOver.all((heir) => !this.isFull(heir))
    if (isFull === wasFull) return
    this.#core.options.onDoing?.({ kind: 'disk', isFull, freeBytes })
    if (isFull) this.#core.effects.log.warn('disk.full', { freeBytes })
    else this.#core.effects.log.info('disk.room', { freeBytes })
  }
}
