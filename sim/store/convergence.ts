/**
 * That a ring has come to rest after its faults: every group has a leader that may serve, the
 * members that it ought to have, replicas that are equal, and no message left that another group
 * has not taken; and, on the way, that replicas which have applied the same hold the same.
 */
import { assert } from '../../src/base/assert.ts'
import { crc32 } from '../../src/base/crc32.ts'
import { isAnilloError } from '../../src/base/errors.ts'
import type { Replica } from '../../src/store/group/types.ts'
import { seatsOf } from '../../src/store/placement/voters.ts'
import { partitionIdOf, partitionOf, type PartitionId } from '../../src/wire/partition.ts'
import { ACCOUNT_TABLE, KV_TABLE, type KeySpace } from './keys.ts'
import type { Seat, Stores } from './stores.ts'

export const CONVERGENCE_CHECKS = [
  'check: equal replicas at equal index',
  'check: all replicas converge',
  'check: applied never goes back',
] as const

const RECORDS_MAX = 1_000

interface Shown {
  readonly pk: string
  readonly table: string
}

export class Convergence {
  readonly #stores: Stores
  /** By group: what the clients' tables have there. */
  readonly #shown = new Map<PartitionId, Shown[]>()
  /** By group and index, what a replica held, and how many were compared. */
  readonly #hashes = new Map<string, { readonly text: string; readonly replicas: number }>()
  readonly #applied = new Map<string, number>()

  constructor(stores: Stores, space: KeySpace) {
    this.#stores = stores
    const kv = space.keys.map(({ pk }) => ({ table: KV_TABLE, pk }))
    const money = [...space.accounts, ...space.counters]
    for (const shown of [...kv, ...money.map((pk) => ({ table: ACCOUNT_TABLE, pk }))]) {
      const group = partitionOf(shown.table, shown.pk)
      const known = this.#shown.get(group) ?? []
      this.#shown.set(group, known)
      if (!known.some(({ table, pk }) => table === shown.table && pk === shown.pk)) {
        known.push(shown)
      }
    }
  }

  /** What is still missing, for people; `undefined` when all is well. */
  missing(): string | undefined {
    const { seats } = this.#stores
    const absent = seats.find((seat) => seat.state === 'active' && !this.#stores.isUp(seat))
    if (absent !== undefined) return `${absent.machine.name} is not up`
    for (const group of this.#stores.groups) {
      const problem = this.#missingOf(group)
      if (problem !== undefined) return `group ${group}: ${problem}`
    }
    return undefined
  }

  #missingOf(group: PartitionId): string | undefined {
    const leader = this.#stores.leaderOf(group)
    const status = leader === undefined ? undefined : this.#stores.host(leader).status(group)
    if (status === undefined) return 'no leader'
    if (!status.isReady) return 'its leader has committed nothing'
    if (status.isChanging) return 'its members change'
    const { voters = [], learners = [] } = status.configuration ?? {}
    const { order } = this.#stores.ring
    const wanted = seatsOf(order.hosts)
    if (voters.length !== wanted.voters) return `${voters.length} vote`
    if (learners.length !== wanted.learners) return `${learners.length} learn`
    const stranger = voters.find((id) => !order.isStoring(id))
    if (stranger !== undefined) return `${stranger} votes`
    for (const id of [...voters, ...learners]) {
      const seat = this.#stores.seatOf(id)
      const replica = seat === undefined ? undefined : this.#replicaOf(seat, group)
      if (replica === undefined) return `${id} holds nothing`
      if (replica.appliedIndex !== status.commit) return `${id} lags`
      if (replica.destinations().length > 0)
        return `messages to ${replica.destinations().join()} wait`
    }
    return undefined
  }

  #replicaOf(seat: Seat, group: PartitionId): Replica | undefined {
    return this.#stores.isUp(seat) ? this.#stores.host(seat).replica(group) : undefined
  }

  /** Replicas that applied the same hold the same, and none forgets what it applied. */
  compare(): void {
    for (const group of this.#stores.groups) {
      const byIndex = new Map<number, Replica[]>()
      for (const seat of this.#stores.up) {
        const replica = this.#replicaOf(seat, group)
        if (replica === undefined) continue
        this.#checkForward(seat, group, replica.appliedIndex)
        const same = byIndex.get(replica.appliedIndex) ?? []
        byIndex.set(replica.appliedIndex, [...same, replica])
      }
      for (const [index, replicas] of byIndex) this.#checkEqual(`${group} ${index}`, replicas)
    }
  }

  #checkForward(seat: Seat, group: PartitionId, appliedIndex: number): void {
    const begun = this.#stores.replicasBegun(seat, group)
    const place = `${seat.machine.lives} ${seat.id} ${group} ${begun}`
    assert(appliedIndex >= (this.#applied.get(place) ?? 0), `${place} went back`)
    this.#applied.set(place, appliedIndex)
    this.#stores.world.tally.add('check: applied never goes back')
  }

  /** Where nothing happened since the last look, nothing is read again. */
  #checkEqual(at: string, replicas: readonly Replica[]): void {
    if (this.#hashes.get(at)?.replicas === replicas.length) return
    const [group = 0] = at.split(' ').map(Number)
    for (const replica of replicas) {
      const text = this.#textOf(partitionIdOf(group), replica)
      if (text === undefined) continue
      const known = this.#hashes.get(at)
      if (known !== undefined) {
        this.#stores.world.tally.add('check: equal replicas at equal index')
        assert(known.text === text, `replicas differ in group ${at}: ${known.text}\n${text}`)
      }
      this.#hashes.set(at, { text, replicas: replicas.length })
    }
  }

  /** `undefined` where the replica finds itself damaged. */
  #textOf(group: PartitionId, replica: Replica): string | undefined {
    try {
      return this.#recordsOf(group, replica)
    } catch (error) {
      if (isAnilloError(error, 'DATA_DAMAGED')) return undefined
      throw error
    }
  }

  #recordsOf(group: PartitionId, replica: Replica): string {
    const parts: string[] = []
    for (const { table, pk } of this.#shown.get(group) ?? []) {
      const { items } = replica.list({ table, pk, limit: RECORDS_MAX })
      for (const { sk, etag, value } of items) {
        const text = `${value.length} ${crc32(value)}`
        parts.push(`${pk} ${sk} ${etag.generation}-${etag.index} ${text}`)
      }
    }
    return parts.join('\n')
  }
}
