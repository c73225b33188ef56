/**
 * The coordinator of a ring. Who believes that it is it, by election, asks for the lease
 * `coordinator` in the store and, once it has it, does one thing: it turns plans that are due into
 * tasks. Its belief gives it no right; each order shows the lease's fence, and the store refuses an
 * older one. No data path depends on it: without a coordinator only upkeep waits.
 */
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import { hexOf } from '../../base/hex.ts'
import { parseMemberId, type MemberId, type RingId } from '../../base/ids.ts'
import type { Timer } from '../../effects/clock.ts'
import type { Effects } from '../../effects/effects.ts'
import { askCoordinator } from '../../wire/election.ts'
import {
  LEASE_SK,
  PLAN_PREFIX,
  readPlanRow,
  SCHEDULE_PARTITION,
  SCHEDULE_PK,
  SCHEDULE_TABLE,
} from '../../wire/schedule.ts'
import { acquireLock, releaseLock, renewLock } from '../locks/lock-procedures.ts'
import type { Peers } from '../peers.ts'
import { jsonOf } from '../roster/rows.ts'
import type { Store } from '../types.ts'
import { Election, type Broadcast, type CoordinatorBelief } from './election.ts'
import {
  LEASE_AGAIN_MS,
  LEASE_MS,
  LEASE_RENEW_EVERY_MS,
  LEAVE_WITHIN_MS,
  PLANS_MAX,
} from './limits.ts'
import { planDue, scheduleKey } from './procedures.ts'

export interface CoordinatorOptions {
  readonly effects: Pick<Effects, 'clock' | 'random' | 'crypto' | 'log'>
  readonly self: MemberId
  readonly ringId: RingId
  readonly peers: Pick<Peers, 'ask' | 'handle'>
  readonly candidates: () => readonly MemberId[]
  readonly broadcast?: Broadcast
  readonly store: Pick<Store, 'call' | 'list'>
  /** This member coordinates: it was elected and has the lease. */
  readonly onElected: () => void
}

const TOKEN_BYTES = 16
const NO_FENCE = 0
const LEASE = scheduleKey(LEASE_SK)

export class Coordinator {
  readonly #options: CoordinatorOptions
  readonly #election: Election
  readonly #token: string
  /** Of the lease; as far as this member knows it is its own. */
  #fence = NO_FENCE
  #timer: Timer | undefined
  #turn: Promise<void> | undefined
  #takesPart = false
  readonly #stopping = new AbortController()

  /** Answers other members from then on, and takes part from `start` on. */
  constructor(options: CoordinatorOptions) {
    this.#options = options
    this.#token = hexOf(options.effects.random.bytes(TOKEN_BYTES))
    this.#election = new Election({
      ...options,
      fence: () => this.#fence,
      onChanged: () => this.#soon(0),
    })
    options.peers.handle(askCoordinator, () => this.belief ?? { fence: NO_FENCE })
  }

  start(): void {
    this.#takesPart = true
    this.#election.start()
  }

  /** Gives the lease back, so that another need not wait for its end. */
  async stop(): Promise<void> {
    this.#stopping.abort(new AnilloError('RPC_CANCELLED', { method: 'coordinator' }))
    this.#timer?.cancel()
    this.#election.stop()
    await this.#turn
    await this.#release()
  }

  /** Whom this member holds for the coordinator. */
  get belief(): CoordinatorBelief | undefined {
    return this.#election.belief
  }

  /** The same for a member that takes no part: as the first of the others says that knows. */
  async known(): Promise<CoordinatorBelief | undefined> {
    if (this.#takesPart) return this.belief
    const { candidates } = this.#options
    return Promise.any(candidates().map((id) => this.#beliefOf(id))).catch(() => undefined)
  }

  /** @throws AnilloError where it knows none */
  async #beliefOf(member: MemberId): Promise<CoordinatorBelief> {
    const { peers } = this.#options
    const { coordinator, fence } = await peers.ask(member, askCoordinator, {})
    if (coordinator === undefined) throw new AnilloError('NOT_FOUND', { what: 'coordinator' })
    return { coordinator: parseMemberId(coordinator), fence }
  }

  /** A datagram of the shared port; `false` when it is none of an election of this ring. */
  received(bytes: Uint8Array): boolean {
    return this.#election.received(bytes)
  }

  #soon(delayMs: number): void {
    if (this.#stopping.signal.aborted) return
    this.#timer?.cancel()
    this.#timer = this.#options.effects.clock.after(delayMs, () => {
      this.#turn ??= this.#coordinate().finally(() => {
        this.#turn = undefined
        const isHolder = this.#fence !== NO_FENCE
        if (this.#election.isCoordinator)
          this.#soon(isHolder ? LEASE_RENEW_EVERY_MS : LEASE_AGAIN_MS)
        else if (isHolder) this.#soon(0)
      })
    })
  }

  /** Never rejects: what fails is tried again. */
  async #coordinate(): Promise<void> {
    if (!this.#election.isCoordinator) return this.#release()
    try {
      const loggedMs = await this.#lease()
      if (loggedMs !== undefined) await this.#plan(loggedMs)
    } catch (thrown) {
      if (!isAnilloError(thrown)) throw thrown
      this.#options.effects.log.debug('coordinator.waits', { code: thrown.code })
    }
  }

  /** Logged time, where the lease is this member's. */
  async #lease(): Promise<number | undefined> {
    const { store, onElected } = this.#options
    const { signal } = this.#stopping
    const asked = { ...LEASE, token: this.#token, ttlMs: LEASE_MS }
    const before = this.#fence
    const answer =
      before === NO_FENCE
        ? await store.call(SCHEDULE_PARTITION, acquireLock, asked, { signal })
        : await store.call(SCHEDULE_PARTITION, renewLock, asked, { signal })
    this.#fence = answer.kind === 'held' ? answer.fence : NO_FENCE
    if (answer.kind !== 'held') return undefined
    if (this.#fence !== before) onElected()
    return answer.expiresAtMs - LEASE_MS
  }

  async #plan(loggedMs: number): Promise<void> {
    const { store } = this.#options
    if (!(await this.#isAnyDue(loggedMs))) return
    const { signal } = this.#stopping
    const asked = { fence: this.#fence }
    const answer = await store.call(SCHEDULE_PARTITION, planDue, asked, { signal })
    if (answer.kind === 'lost') this.#fence = NO_FENCE
  }

  async #isAnyDue(loggedMs: number): Promise<boolean> {
    const plans = { table: SCHEDULE_TABLE, pk: SCHEDULE_PK, prefix: PLAN_PREFIX, limit: PLANS_MAX }
    const { signal } = this.#stopping
    const { items } = await this.#options.store.list(plans, { signal })
    return items.some(({ value }) => (readPlanRow(jsonOf(value))?.nextAtMs ?? Infinity) <= loggedMs)
  }

  /** What fails ends with the lease. */
  async #release(): Promise<void> {
    if (this.#fence === NO_FENCE) return
    this.#fence = NO_FENCE
    const asked = { ...LEASE, token: this.#token }
    const timeoutMs = LEAVE_WITHIN_MS
    try {
      await this.#options.store.call(SCHEDULE_PARTITION, releaseLock, asked, { timeoutMs })
    } catch (thrown) {
      if (!isAnilloError(thrown)) throw thrown
    }
  }
}
