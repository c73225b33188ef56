/**
 * Partitions: the ring's records and chunks fall into 64 groups (architecture 5). Which one is a
 * pure function of the name, so that every member computes the same.
 */
import { assert, present } from '../base/assert.ts'
import { sha256Hex } from '../base/hash.ts'
import { remembered } from '../base/remembered.ts'

declare const partitionIdTag: unique symbol

/** 0 .. PARTITIONS - 1. */
export type PartitionId = number & { readonly [partitionIdTag]: true }

/** A power of two: a partition is the top bits of a hash. Fixed when a ring is founded. */
export const PARTITIONS = 64

/** Of a hash's first byte, bits that do not tell the partition. */
const PARTITION_SHIFT = 2

/** The partition of the ring's own tables: members, tokens, settings. */
export const RING_PARTITION = partitionIdOf(0)

export function partitionIdOf(number: number): PartitionId {
  assert(Number.isInteger(number) && number >= 0 && number < PARTITIONS, `no partition ${number}`)
  return number as PartitionId
}

export const ALL_PARTITIONS: readonly PartitionId[] = Array.from({ length: PARTITIONS }, (_, i) =>
  partitionIdOf(i),
)

/**
 * Where records of a table with this partition key live: the top six bits of
 * SHA-256(table, 0, text of `pk` before its first `/`), so that keys of one head share a partition.
 */
export function partitionOf(table: string, pk: string): PartitionId {
  if (table === RING_TABLE) return RING_PARTITION
  return partitionOfHome(`${table}\0${headOf(pk)}`)
}

/** Names of half a kilobyte at most; each read and write asks. */
const partitionOfHome = remembered(2_048, (home) => partitionOfHash(sha256Hex(home)))

/** Where a chunk with this SHA-256 (64 hex digits) lives. */
export function partitionOfHash(hash: string): PartitionId {
  return partitionIdOf(Number.parseInt(hash.slice(0, 2), 16) >> PARTITION_SHIFT)
}

/** All keys with one head lie in one partition and can change in one transaction. */
export function headOf(pk: string): string {
  const slash = pk.indexOf('/')
  return slash === -1 ? pk : pk.slice(0, slash)
}

/** Members, tokens, feature level, settings: always partition 0. */
export const RING_TABLE = 'ring'

/**
 * The first position of a partition on the ring, as 64 hex digits: its holders are searched from
 * there on.
 */
export function firstPositionOf(partition: PartitionId): string {
  return (partition << PARTITION_SHIFT).toString(16).padStart(2, '0').padEnd(64, '0')
}

const pksOf = new Map<string, ReadonlyMap<PartitionId, string>>()

/** The least number, as text, that as partition key of the table falls into the partition. */
export function pkIn(table: string, partition: PartitionId): string {
  const pks = pksOf.get(table) ?? findPks(table)
  pksOf.set(table, pks)
  return present(pks.get(partition), 'each partition has a number')
}

function findPks(table: string): ReadonlyMap<PartitionId, string> {
  const pks = new Map<PartitionId, string>()
  for (let number = 0; pks.size < ALL_PARTITIONS.length; number++) {
    const partition = partitionOf(table, String(number))
    if (!pks.has(partition)) pks.set(partition, String(number))
  }
  return pks
}
