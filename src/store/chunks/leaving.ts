/**
 * Whether members may leave a group: each chunk that they have must have its copies among those
 * that stay (architecture 6). First they take no more, then what they have is looked at, so that
 * nothing comes between.
 */
import { isAnilloError } from '../../base/errors.ts'
import type { MemberId } from '../../base/ids.ts'
import { leaveChunks } from '../../wire/chunk-methods.ts'
import type { PartitionId } from '../../wire/partition.ts'
import { Allowance } from '../routing/allowance.ts'
import type { AuditOptions } from './audit.ts'
import { chunkRows, directoriesOf, inventories } from './group-chunks.ts'
import { CONFIRM_TIMEOUT_MS, PUT_TIMEOUT_MS, SAFE_FOR_MS, UNSAFE_FOR_MS } from './limits.ts'
import { placeChunk } from './placing.ts'
import { byPreference, copiesWanted } from './preference.ts'

interface Verdict {
  readonly staying: string
  /** `undefined`: being looked at. */
  isSafe: boolean | undefined
  untilMs: number
}

export interface LeavingOptions extends AuditOptions {
  /** A verdict is there: plan again. */
  readonly onVerdict: () => void
}

export class Leaving {
  readonly #options: LeavingOptions
  readonly #verdicts = new Map<PartitionId, Verdict>()

  constructor(options: LeavingOptions) {
    this.#options = options
  }

  /** As far as is known; asked for the first time it is `false`, and looked at. */
  isSafe(group: PartitionId, staying: readonly MemberId[]): boolean {
    const nowMs = this.#options.effects.clock.nowMs()
    const name = staying.toSorted().join()
    const known = this.#verdicts.get(group)
    if (known?.staying === name && (known.isSafe === undefined || known.untilMs > nowMs)) {
      return known.isSafe === true
    }
    const verdict: Verdict = { staying: name, isSafe: undefined, untilMs: Infinity }
    this.#verdicts.set(group, verdict)
    void this.#lookSafely(group, staying).then((isSafe) => {
      verdict.isSafe = isSafe
      const now = this.#options.effects.clock.nowMs()
      verdict.untilMs = now + (isSafe ? SAFE_FOR_MS : UNSAFE_FOR_MS)
      this.#options.onVerdict()
    })
    return false
  }

  /** What cannot be looked at is not safe; it is looked at again. */
  async #lookSafely(group: PartitionId, staying: readonly MemberId[]): Promise<boolean> {
    try {
      return await this.#look(group, staying)
    } catch (thrown) {
      if (!isAnilloError(thrown)) throw thrown
      return false
    }
  }

  async #look(group: PartitionId, staying: readonly MemberId[]): Promise<boolean> {
    const { host } = this.#options
    const configuration = host.status(group)?.configuration
    if (configuration === undefined) return false
    const leaving = byPreference(configuration, '').filter((id) => !staying.includes(id))
    const takeNone = await Promise.all(leaving.map((id) => this.#takesNone(group, id)))
    if (takeNone.includes(false)) return false
    if ((await host.confirmRead(group, { timeoutMs: CONFIRM_TIMEOUT_MS })) !== 'ready') return false
    for (const digits of directoriesOf(group)) {
      if (!(await this.#isDirectorySafe({ group, digits, staying, leaving }))) return false
    }
    return true
  }

  async #takesNone(group: PartitionId, member: MemberId): Promise<boolean> {
    const { holder, peers, self } = this.#options
    try {
      if (member === self) await holder.leave(group)
      else await peers.ask(member, leaveChunks, { group })
      return true
    } catch (thrown) {
      if (!isAnilloError(thrown)) throw thrown
      return false
    }
  }

  async #isDirectorySafe(looked: Looked): Promise<boolean> {
    const { effects, host, hostOf } = this.#options
    const { group, digits, leaving, staying } = looked
    const replica = host.replica(group)
    if (replica === undefined) return false
    const ask = { group, digits, index: replica.appliedIndex }
    const have = await inventories(this.#options, [...leaving, ...staying], ask)
    const rows = await chunkRows(replica, digits, effects.clock)
    const wanted = copiesWanted(staying, hostOf)
    const hashes = new Set<string>()
    for (const id of leaving) {
      const own = have.get(id)
      if (own === undefined) return false
      for (const hash of own) if (rows.has(hash)) hashes.add(hash)
    }
    let isSafe = true
    for (const hash of hashes) {
      const holders = staying.filter((id) => have.get(id)?.has(hash) === true)
      if (new Set(holders.map(hostOf)).size >= wanted) continue
      const from = leaving.filter((id) => have.get(id)?.has(hash) === true)
      const isMade = await this.#copy({ ...looked, hash, holders, from, index: ask.index })
      isSafe = isSafe && isMade
    }
    return isSafe
  }

  async #copy(copy: Copy): Promise<boolean> {
    const { effects, host, hostOf } = this.#options
    const { group, hash, holders, from, index, staying } = copy
    const configuration = host.status(group)?.configuration
    if (configuration === undefined) return false
    const wanted = copiesWanted(staying, hostOf)
    const placing = {
      question: { hash, index, from: [...from, ...holders], isRepair: true },
      candidates: byPreference(configuration, hash).filter((id) => staying.includes(id)),
      wanted,
      held: new Set(holders),
    }
    const allowance = new Allowance(effects.clock, { timeoutMs: PUT_TIMEOUT_MS })
    const { held } = await placeChunk(this.#options, placing, allowance)
    return new Set([...held].map(hostOf)).size >= wanted
  }
}

interface Looked {
  readonly group: PartitionId
  readonly digits: string
  readonly staying: readonly MemberId[]
  readonly leaving: readonly MemberId[]
}

interface Copy extends Looked {
  readonly hash: string
  readonly holders: readonly MemberId[]
  readonly from: readonly MemberId[]
  readonly index: number
}
