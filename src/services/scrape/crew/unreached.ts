/** Whose network could not reach which host lately. */
import type { Clock } from '../../../effects/clock.ts'
import { UNREACHED_HOSTS_MAX, UNREACHED_MS } from './limits.ts'

export class Unreached {
  readonly #clock: Pick<Clock, 'nowMs'>
  /** By host: until when a member is passed over. The host that failed last is the last. */
  readonly #hosts = new Map<string, Map<string, number>>()

  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.#clock = clock
  }

  failed(host: string, member: string): void {
    const members = this.#hosts.get(host) ?? new Map<string, number>()
    members.set(member, this.#clock.nowMs() + UNREACHED_MS)
    this.#hosts.delete(host)
    this.#hosts.set(host, members)
    for (const oldest of this.#hosts.keys()) {
      if (this.#hosts.size <= UNREACHED_HOSTS_MAX) return
      this.#hosts.delete(oldest)
    }
  }

  reached(host: string, member: string): void {
    this.#hosts.get(host)?.delete(member)
  }

  /** Ids of members. */
  of(host: string): ReadonlySet<string> {
    const members = this.#hosts.get(host)
    if (members === undefined) return NOBODY
    const nowMs = this.#clock.nowMs()
    for (const [member, untilMs] of members) if (untilMs <= nowMs) members.delete(member)
    if (members.size === 0) this.#hosts.delete(host)
    return new Set(members.keys())
  }
}

const NOBODY: ReadonlySet<string> = new Set()
