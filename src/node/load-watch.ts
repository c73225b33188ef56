/**
 * How a member fares, as it tells its supervisor: asked at regular times, it sees how late they
 * come.
 */
import type { Clock } from '../effects/clock.ts'
import type { RunningMember } from './member-parts.ts'
import { LOAD_EVERY_MS, type LoadReport } from './supervisor/messages.ts'

export class LoadWatch {
  readonly #clock: Clock
  readonly #member: Pick<RunningMember, 'pages' | 'view'>
  #lastReportAtMs: number
  #lastBusyAtMs: number
  #ringMembers = 0

  constructor(clock: Clock, member: Pick<RunningMember, 'pages' | 'view'>) {
    this.#clock = clock
    this.#member = member
    this.#lastReportAtMs = clock.nowMs()
    this.#lastBusyAtMs = clock.nowMs()
  }

  /** To be called every LOAD_EVERY_MS. */
  report(): LoadReport {
    const nowMs = this.#clock.nowMs()
    const lagMs = Math.max(0, nowMs - this.#lastReportAtMs - LOAD_EVERY_MS)
    this.#lastReportAtMs = nowMs
    const { downloads, busy } = this.#member.pages.load()
    if (downloads > 0) this.#lastBusyAtMs = nowMs
    this.#countMembers()
    return {
      downloads,
      busy,
      lagMs,
      idleMs: nowMs - this.#lastBusyAtMs,
      ringMembers: this.#ringMembers,
    }
  }

  /**
   * Up to the length of the successor list its neighbours tell how large the ring is; a larger one
   * is walked, and known at the next report.
   */
  #countMembers(): void {
    const { successors, predecessor } = this.#member.view.self()
    const near = new Set([...successors, ...(predecessor ? [predecessor] : [])].map(({ id }) => id))
    if (near.size < WALKED_FROM) this.#ringMembers = near.size + 1
    else void this.#walk().catch(() => undefined)
  }

  async #walk(): Promise<void> {
    const { members } = await this.#member.view.ring()
    this.#ringMembers = members.filter(({ state }) => state === 'up').length
  }
}

/** A full successor list (`ring/state.ts`) may not be the whole ring. */
const WALKED_FROM = 8
