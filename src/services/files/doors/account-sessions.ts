/**
 * How many sessions an account has over the ring. Each member counts its own, in memory; a log-in
 * is counted, then the others are asked, so of two log-ins at once each sees the other. Nothing is
 * written, and nothing asked while a session lasts. Log-ins that come while a member is asked are
 * asked for together.
 */
import { SECOND_MS } from '../../../base/limits.ts'
import type { Clock } from '../../../effects/clock.ts'
import type { RpcServer } from '../../../rpc/types.ts'
import { askSessions, SESSIONS_ASKED_MAX } from '../../../wire/account-sessions.ts'

/** Who did not answer is not asked again for so long. */
const SILENT_MS = 10 * SECOND_MS

export interface AccountSessionsOptions {
  /** Of one account over the ring. */
  readonly max: number
  readonly clock: Pick<Clock, 'nowMs'>
  /** Ids of all members but this one. */
  readonly others: () => readonly string[]
  /** Sessions that a member has of each. Rejects where it does not answer. */
  readonly ask: (member: string, nicks: readonly string[]) => Promise<readonly number[]>
}

export class AccountSessions {
  readonly #options: AccountSessionsOptions
  readonly #counts = new Map<string, number>()
  readonly #members = new Map<string, AskedMember>()

  constructor(options: AccountSessionsOptions) {
    this.#options = options
  }

  /**
   * A session begins; what it is given is called at its end. Members that cannot be reached are not
   * counted: who they had log in is on their side of a broken net. Never rejects.
   * @returns `undefined` where there are too many
   */
  async enter(nick: string): Promise<(() => void) | undefined> {
    const { max } = this.#options
    const leave = this.#begin(nick)
    if (
      this.countOf(nick) <= max &&
      (await this.#countElsewhere(nick)) + this.countOf(nick) <= max
    ) {
      return leave
    }
    leave()
    return undefined
  }

  async #countElsewhere(nick: string): Promise<number> {
    const counts = await Promise.all(this.#others().map((member) => member.countOf(nick)))
    return counts.reduce((sum, each) => sum + each, 0)
  }

  /** At this member. */
  countOf(nick: string): number {
    return this.#counts.get(nick) ?? 0
  }

  #begin(nick: string): () => void {
    this.#counts.set(nick, this.countOf(nick) + 1)
    let isIn = true
    return () => {
      if (!isIn) return
      isIn = false
      const left = this.countOf(nick) - 1
      if (left === 0) this.#counts.delete(nick)
      else this.#counts.set(nick, left)
    }
  }

  #others(): readonly AskedMember[] {
    const { ask, clock, others } = this.#options
    const ids = new Set(others())
    for (const id of this.#members.keys()) if (!ids.has(id)) this.#members.delete(id)
    return [...ids].map((id) => {
      const known = this.#members.get(id) ?? new AskedMember(clock, (nicks) => ask(id, nicks))
      this.#members.set(id, known)
      return known
    })
  }
}

type Heard = (count: number) => void

/** One question at a time; who asks meanwhile is in the next. */
class AskedMember {
  readonly #clock: Pick<Clock, 'nowMs'>
  readonly #ask: (nicks: readonly string[]) => Promise<readonly number[]>
  readonly #waiting = new Map<string, Heard[]>()
  #isAsking = false
  #silentUntilMs = Number.NEGATIVE_INFINITY

  constructor(
    clock: Pick<Clock, 'nowMs'>,
    ask: (nicks: readonly string[]) => Promise<readonly number[]>,
  ) {
    this.#clock = clock
    this.#ask = ask
  }

  countOf(nick: string): Promise<number> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(nick) ?? []
      waiting.push(resolve)
      this.#waiting.set(nick, waiting)
      if (!this.#isAsking) void this.#askAll()
    })
  }

  async #askAll(): Promise<void> {
    this.#isAsking = true
    while (this.#waiting.size > 0) {
      const some = [...this.#waiting].slice(0, SESSIONS_ASKED_MAX)
      for (const [nick] of some) this.#waiting.delete(nick)
      const counts = await this.#countsOf(some.map(([nick]) => nick))
      for (const [at, [, heard]] of some.entries()) {
        for (const resolve of heard) resolve(counts[at] ?? 0)
      }
    }
    this.#isAsking = false
  }

  async #countsOf(nicks: readonly string[]): Promise<readonly number[]> {
    if (this.#clock.nowMs() < this.#silentUntilMs) return []
    try {
      return await this.#ask(nicks)
    } catch {
      this.#silentUntilMs = this.#clock.nowMs() + SILENT_MS
      return []
    }
  }
}

/** Answers other members from now on; a member that only starts has none. */
export function answerSessions(
  server: RpcServer,
  sessions: () => Pick<AccountSessions, 'countOf'> | undefined,
): void {
  server.handle(askSessions, ({ nicks }) => ({
    counts: nicks.map((nick) => sessions()?.countOf(nick) ?? 0),
  }))
}
