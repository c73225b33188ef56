/**
 * That a ring has come to rest after its faults: every group has a leader that may serve, the
 * members that it ought to have, and replicas that are equal; and, on the way, that replicas which
 * have applied the same hold the same.
 */
import { assert } from '../../src/base/assert.ts'
import type { Replica } from '../../src/store/group/types.ts'
import { seatsOf } from '../../src/store/placement/voters.ts'
import type { PartitionId } from '../../src/wire/partition.ts'
import { partitionOf } from '../../src/wire/partition.ts'
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
  /** By group and index, the hash of what a replica held. */
  readonly #hashes = new Map<string, string>()
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
    }
    return undefined
  }

  #replicaOf(seat: Seat, group: PartitionId): Replica | undefined {
    return this.#stores.isUp(seat) ? this.#stores.host(seat).replica(group) : undefined
  }

  /** Replicas that applied the same hold the same, and none forgets what it applied. */
  compare(): void {
    const { tally } = this.#stores.world
    for (const seat of this.#stores.up) {
      for (const group of this.#stores.groups) {
        const replica = this.#replicaOf(seat, group)
        if (replica === undefined) continue
        const place = `${seat.machine.lives} ${seat.id} ${group}`
        const { appliedIndex } = replica
        assert(appliedIndex >= (this.#applied.get(place) ?? 0), `${place} went back`)
        this.#applied.set(place, appliedIndex)
        tally.add('check: applied never goes back')
        const at = `${group} ${appliedIndex}`
        const hash = this.#hashOf(group, replica)
        const known = this.#hashes.get(at)
        if (known !== undefined) tally.add('check: equal replicas at equal index')
        assert(known === undefined || known === hash, `replicas differ in group ${at}`)
        this.#hashes.set(at, hash)
      }
    }
  }

  #hashOf(group: PartitionId, replica: Replica): string {
    const parts: string[] = []
    for (const { table, pk } of this.#shown.get(group) ?? []) {
      const { items } = replica.list({ table, pk, limit: RECORDS_MAX })
      for (const { sk, etag, value } of items) {
        const text = Buffer.from(value.subarray(0, 16)).toString('latin1')
        parts.push(`${pk} ${sk} ${etag.generation}-${etag.index} ${value.length} ${text}`)
      }
    }
    return parts.join('\n')
  }
}
