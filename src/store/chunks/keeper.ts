/**
 * Looks after chunks: a leader settles old pins, collects what is free and looks over its groups,
 * a few at once; every member asks about chunks of groups that it holds no more.
 */
import { isAnilloError } from '../../base/errors.ts'
import type { Timer } from '../../effects/clock.ts'
import { ALL_PARTITIONS, type PartitionId } from '../../wire/partition.ts'
import type { GroupHost } from '../group/types.ts'
import { auditGroup, type AuditOptions, type AuditReport } from './audit.ts'
import {
  AUDIT_AFTER_CHANGE_MS,
  AUDIT_AGAIN_MS,
  AUDITS_AT_ONCE_MAX,
  KEEPER_TICK_MS,
  type ChunkSettings,
} from './limits.ts'
import type { Strays } from './strays.ts'
import { collectFree, settlePins, type UpkeepOptions } from './upkeep.ts'

export interface KeeperOptions {
  readonly audit: AuditOptions
  readonly upkeep: UpkeepOptions
  readonly strays: Strays
  readonly host: Pick<GroupHost, 'held' | 'status' | 'onChanged'>
  readonly settings: ChunkSettings
}

interface Led {
  dueMs: number
  /** How long after an audit that left something undone the next one follows; doubles. */
  againMs: number
  /** Of the term's audits, the latest. */
  report: AuditReport | undefined
}

export class ChunkKeeper {
  readonly #options: KeeperOptions
  readonly #led = new Map<PartitionId, Led>()
  #timer: Timer | undefined
  #unfollow: (() => void) | undefined
  #ticking: Promise<void> = Promise.resolve()
  #straysDueMs = 0
  #isStopped = false

  constructor(options: KeeperOptions) {
    this.#options = options
  }

  start(): void {
    const { clock } = this.#options.audit.effects
    this.#straysDueMs = clock.nowMs() + this.#options.settings.auditEveryMs
    this.#unfollow = this.#options.host.onChanged((group) => this.#changed(group))
    for (const group of this.#options.host.held()) this.#changed(group)
    this.#tickLater()
  }

  /** Resolves when what was under way has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#timer?.cancel()
    this.#unfollow?.()
    await this.#ticking
  }

  /** Looks over the group soon, if this member leads it. */
  auditSoon(group: PartitionId): void {
    const led = this.#led.get(group)
    if (led === undefined) return
    const { clock } = this.#options.audit.effects
    led.dueMs = Math.min(led.dueMs, clock.nowMs() + AUDIT_AFTER_CHANGE_MS)
    led.againMs = AUDIT_AGAIN_MS
  }

  /** A member was lost: what it held has fewer copies. */
  auditAllSoon(): void {
    for (const group of this.#led.keys()) this.auditSoon(group)
  }

  /** Of the last look since this member leads the group. */
  report(group: PartitionId): AuditReport | undefined {
    return this.#led.get(group)?.report
  }

  /** Chunks of the groups led here that nobody has, by the last look. */
  lost(): number {
    return [...this.#led.values()].reduce((sum, { report }) => sum + (report?.lost ?? 0), 0)
  }

  #changed(group: PartitionId): void {
    if (this.#options.host.status(group)?.role !== 'leader') {
      this.#led.delete(group)
      return
    }
    if (!this.#led.has(group)) {
      this.#led.set(group, { dueMs: Infinity, againMs: AUDIT_AGAIN_MS, report: undefined })
    }
    this.auditSoon(group)
  }

  #tickLater(): void {
    if (this.#isStopped) return
    const { clock, random } = this.#options.audit.effects
    this.#timer = clock.after(KEEPER_TICK_MS * (0.5 + random.fraction()), () => {
      this.#ticking = this.#tick().then(() => this.#tickLater())
    })
  }

  async #tick(): Promise<void> {
    const { effects } = this.#options.audit
    try {
      for (const group of this.#led.keys()) {
        await settlePins(this.#options.upkeep, group)
        await collectFree(this.#options.upkeep, group)
        if (this.#isStopped) return
      }
      await this.#auditDue()
      await this.#lookForStrays()
    } catch (thrown) {
      if (!isAnilloError(thrown)) throw thrown
      effects.log.warn('chunks not looked after', { code: thrown.code })
    }
  }

  /** All that are due, several at once. */
  async #auditDue(): Promise<void> {
    const nowMs = this.#options.audit.effects.clock.nowMs()
    const due = [...this.#led].filter(([, { dueMs }]) => dueMs <= nowMs)
    const worker = async (): Promise<void> => {
      for (let next = due.shift(); next !== undefined; next = due.shift()) {
        if (this.#isStopped) return
        await this.#audit(...next)
      }
    }
    const workers = Array.from({ length: AUDITS_AT_ONCE_MAX }, worker)
    for (const ended of await Promise.allSettled(workers)) {
      if (ended.status === 'rejected') throw ended.reason
    }
  }

  async #audit(group: PartitionId, led: Led): Promise<void> {
    if (this.#led.get(group) !== led) return
    const { audit, settings } = this.#options
    const { clock, log } = audit.effects
    led.dueMs = Infinity
    const report = await auditGroup(audit, group)
    led.report = report ?? led.report
    const isDone = report !== undefined && report.silent === 0 && report.lacking === 0
    const nextMs = isDone ? settings.auditEveryMs : led.againMs
    led.againMs = isDone ? AUDIT_AGAIN_MS : Math.min(2 * led.againMs, settings.auditEveryMs)
    led.dueMs = Math.min(led.dueMs, clock.nowMs() + nextMs)
    if (report !== undefined && report.lost > 0) {
      log.error('chunks lost', { group, chunks: report.lost })
    }
  }

  async #lookForStrays(): Promise<void> {
    const { host, settings, strays, audit } = this.#options
    const nowMs = audit.effects.clock.nowMs()
    if (nowMs < this.#straysDueMs) return
    this.#straysDueMs = nowMs + settings.auditEveryMs
    const held = new Set(host.held())
    for (const group of ALL_PARTITIONS) {
      if (this.#isStopped) return
      if (!held.has(group) && (await strays.look(group))) this.#straysDueMs = nowMs
    }
  }
}
