/** What the clients of a run contend for: few names, spread over the partitions that there are. */
import { assert, present } from '../../src/base/assert.ts'
import { partitionOf, type PartitionId } from '../../src/wire/partition.ts'

export const KV_TABLE = 'simulated'
export const ACCOUNT_TABLE = 'accounts'
export const LOCK_TABLE = 'guarded'

const HEADS = 5
const ACCOUNTS = 6
const COUNTERS = 3
const LOCKS = 3
const SORT_KEYS = ['a', 'b'] as const

export interface SimKey {
  /** Its place among the keys of its head. */
  readonly slot: number
  /** All keys of a head can change together: one object to the checker. */
  readonly head: string
  readonly pk: string
  readonly sk: string
}

export interface KeySpace {
  readonly keys: readonly SimKey[]
  readonly heads: readonly string[]
  readonly accounts: readonly string[]
  readonly counters: readonly string[]
  readonly locks: readonly string[]
}

/** Twenty keys under five heads, accounts and counters, all in these partitions. */
export function keySpaceIn(groups: readonly PartitionId[]): KeySpace {
  const heads = namesIn(groups, { table: KV_TABLE, prefix: 'head', count: HEADS })
  const accounts = namesIn(groups, { table: ACCOUNT_TABLE, prefix: 'account', count: ACCOUNTS })
  const counters = namesIn(groups, { table: ACCOUNT_TABLE, prefix: 'counter', count: COUNTERS })
  const locks = namesIn(groups, { table: LOCK_TABLE, prefix: 'lock', count: LOCKS })
  return { heads, accounts, locks, counters, keys: heads.flatMap(keysOf) }
}

export function keysOf(head: string): readonly SimKey[] {
  const places = [head, `${head}/more`].flatMap((pk) => SORT_KEYS.map((sk) => ({ pk, sk })))
  return places.map((place, slot) => ({ slot, head, ...place }))
}

const TRIES_MAX = 10_000

/** Names whose partitions are those given, one after the other. */
function namesIn(
  groups: readonly PartitionId[],
  { table, prefix, count }: { table: string; prefix: string; count: number },
): readonly string[] {
  const names: string[] = []
  for (let number = 0; names.length < count; number++) {
    assert(number < TRIES_MAX, `no name of ${table} lies in the partitions`)
    const name = `${prefix}${number}`
    const wanted = present(groups[names.length % groups.length], 'group')
    if (partitionOf(table, name) === wanted) names.push(name)
  }
  return names
}
