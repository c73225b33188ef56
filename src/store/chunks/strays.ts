/**
 * Chunks of groups that this member holds no more: they go once the group's leader has seen to it
 * that it needs none of them. So the last copy of a chunk is not lost with its holder's seat.
 */
import { isAnilloError } from '../../base/errors.ts'
import type { MemberId } from '../../base/ids.ts'
import { TAKE_TIMEOUT_MS, strayChunks } from '../../wire/chunk-methods.ts'
import { partitionIdOf, partitionOfHash, type PartitionId } from '../../wire/partition.ts'
import type { Peers } from '../peers.ts'
import { Allowance } from '../routing/allowance.ts'
import type { Router } from '../routing/router.ts'
import type { AuditOptions } from './audit.ts'
import { directoriesOf } from './group-chunks.ts'
import { CONFIRM_TIMEOUT_MS, PUT_TIMEOUT_MS } from './limits.ts'
import { placeChunk } from './placing.ts'
import { byPreference, copiesWanted, stayingIn } from './preference.ts'
import { readChunk } from './rows.ts'

/** Each may have to be copied before it is answered. */
const NAMED_AT_ONCE = 16

export interface StraysOptions extends Omit<AuditOptions, 'peers'> {
  readonly peers: Pick<Peers, 'ask' | 'handle'>
  readonly router: Pick<Router, 'leaderOf'>
}

export class Strays {
  readonly #options: StraysOptions
  /** Of each directory the last chunk named: what must stay a while keeps nobody behind it. */
  readonly #named = new Map<string, string>()

  /** Answers other members' questions from then on. */
  constructor(options: StraysOptions) {
    this.#options = options
    options.peers.handle(strayChunks, async ({ group, hashes }, from) => {
      return { spare: [...(await this.#spareOf(partitionIdOf(group), { hashes, from }))] }
    })
  }

  /** Some chunks of a group that is not held here. @returns whether there are more of them */
  async look(group: PartitionId): Promise<boolean> {
    const { host, peers, router, shelf, self } = this.#options
    for (const digits of directoriesOf(group)) {
      const hashes = [...this.#nextOf(digits, await shelf.list(digits))]
      const leader = router.leaderOf(group)
      if (hashes.length === 0 || leader === undefined || leader === self) continue
      try {
        const options = { timeoutMs: PUT_TIMEOUT_MS }
        const { spare } = await peers.ask(leader, strayChunks, { group, hashes }, options)
        // A replica that came back meanwhile has an order of its own.
        if (host.replica(group) !== undefined) return false
        const going = spare.filter((hash) => hashes.includes(hash))
        for (const hash of going) await shelf.remove(hash)
        if (going.length > 0) return true
      } catch (thrown) {
        if (!isAnilloError(thrown)) throw thrown
      }
    }
    return false
  }

  /** Those behind the last ones named; from the first again behind the last of all. */
  #nextOf(digits: string, all: readonly string[]): readonly string[] {
    const sorted = all.toSorted()
    const named = this.#named.get(digits)
    const at = named === undefined ? 0 : sorted.findIndex((hash) => hash > named)
    const hashes = sorted.slice(Math.max(at, 0)).slice(0, NAMED_AT_ONCE)
    const last = hashes.at(-1)
    if (last === undefined) this.#named.delete(digits)
    else this.#named.set(digits, last)
    return hashes
  }

  async #spareOf(
    group: PartitionId,
    { hashes, from }: { readonly hashes: readonly string[]; readonly from: MemberId },
  ): Promise<readonly string[]> {
    const { host } = this.#options
    if (host.status(group)?.role !== 'leader') return []
    const confirmed = await host.confirmRead(group, { timeoutMs: CONFIRM_TIMEOUT_MS })
    const { configuration } = host.status(group) ?? {}
    if (confirmed !== 'ready' || configuration === undefined) return []
    if (byPreference(configuration, '').includes(from)) return []
    const spare: string[] = []
    for (const hash of hashes) {
      if (partitionOfHash(hash) !== group) continue
      if (await this.#isSpare(group, { hash, from })) spare.push(hash)
    }
    return spare
  }

  /** It has no row, or its holders have it, each asked and where need be given it. */
  async #isSpare(
    group: PartitionId,
    { hash, from }: { readonly hash: string; readonly from: MemberId },
  ): Promise<boolean> {
    const { effects, host, hostOf } = this.#options
    const replica = host.replica(group)
    const { configuration } = host.status(group) ?? {}
    if (replica === undefined || configuration === undefined) return false
    if (readChunk(replica, hash) === undefined) return true
    const members = stayingIn(configuration)
    const wanted = copiesWanted(members, hostOf)
    const placing = {
      question: { hash, index: replica.appliedIndex, from: [from], isRepair: true },
      candidates: byPreference(configuration, hash).filter((id) => members.includes(id)),
      wanted,
      held: new Set<MemberId>(),
    }
    const allowance = new Allowance(effects.clock, { timeoutMs: TAKE_TIMEOUT_MS })
    const { held } = await placeChunk(this.#options, placing, allowance)
    return new Set([...held].map(hostOf)).size >= wanted
  }
}
