/** Stores with chunks on virtual machines, and contents whose partitions are among those there. */
import { assert, present } from '../../src/base/assert.ts'
import type { MemberId } from '../../src/base/ids.ts'
import { SECOND_MS } from '../../src/base/limits.ts'
import { SeededChance } from '../../src/base/random.ts'
import { CIPHER_KEY_BYTES } from '../../src/effects/cipher.ts'
import type { ChunkSettings } from '../../src/store/chunks/limits.ts'
import { openChunks } from '../../src/store/chunks/member-chunks.ts'
import { CHUNK_PROCEDURES } from '../../src/store/chunks/procedures.ts'
import { chunkOf } from '../../src/store/chunks/sound-chunk.ts'
import type { ChunkRef, ChunkStore } from '../../src/store/types.ts'
import { ALL_PARTITIONS, partitionOfHash, type PartitionId } from '../../src/wire/partition.ts'
import type { Records, Reply } from '../store/doors.ts'
import type { AddedTo } from '../store/member.ts'
import { Stores } from '../store/stores.ts'
import type { World } from '../world/world.ts'

const KEY = new Uint8Array(CIPHER_KEY_BYTES).fill(9)
const BYTES_MIN = 200
const BYTES_SPREAD = 2_000
const GROUPS = 3

/** Short, so that uploads grow old and chunks are collected many times in a run. */
export const CHUNK_TIMES: Partial<ChunkSettings> = {
  graceMs: 2 * SECOND_MS,
  pinAgeMs: 3 * SECOND_MS,
  auditEveryMs: 20 * SECOND_MS,
}

export type AskedOfMember<T> = (records: Records, chunks: ChunkStore) => Promise<T>

export interface Content {
  readonly bytes: Uint8Array
  readonly ref: ChunkRef
}

export class ChunkedRing {
  readonly stores: Stores
  readonly #chunks = new Map<MemberId, ChunkStore>()

  constructor(world: World) {
    this.stores = new Stores({
      world,
      groups: ALL_PARTITIONS.slice(0, GROUPS),
      codec: undefined,
      addition: { procedures: CHUNK_PROCEDURES, attach: (added) => this.#attach(added) },
    })
  }

  get groups(): readonly PartitionId[] {
    return this.stores.groups
  }

  /** Asks the member at the door: its records and its chunks. */
  ask<T>(door: number, run: AskedOfMember<T>): Promise<Reply<T>> {
    return this.stores.doors.ask(door, (records) => {
      const { id } = present(this.stores.seats[door], 'seat')
      return run(records, present(this.#chunks.get(id), 'chunks of a member that runs'))
    })
  }

  /** Different ones that lie in the partitions of this ring. */
  contents(count: number, seed: number): readonly Content[] {
    const chance = new SeededChance(seed)
    const contents: Content[] = []
    while (contents.length < count) {
      const length = BYTES_MIN + chance.below(BYTES_SPREAD)
      const bytes = new Uint8Array(length).map(() => chance.below(256))
      const { hash } = chunkOf(bytes)
      if (!this.groups.includes(partitionOfHash(hash))) continue
      contents.push({ bytes, ref: { hash, bytes: length } })
    }
    return contents
  }

  /** Hashes of the chunks that have a row, as the leader of their partition sees it. */
  rows(): readonly string[] {
    return this.groups.flatMap((group) => {
      const leader = this.stores.leaderOf(group)
      assert(leader !== undefined, `group ${group} has a leader`)
      const replica = present(this.stores.host(leader).replica(group), 'replica of a leader')
      const { items } = replica.list({ table: 'chunks', pk: 'all', limit: ROWS_MAX })
      return items.map(({ sk }) => sk)
    })
  }

  async #attach(added: AddedTo): Promise<{ stop(): Promise<void> }> {
    const { effects, host, id, peers, router, store } = added
    const chunks = await openChunks({
      effects,
      self: id,
      host,
      peers,
      router,
      records: store,
      key: KEY,
      path: 'chunks',
      hostOf: (member) => member,
      nameOf: (member) => member,
      mayCollect: async () => true,
      onVerdict: () => {},
      settings: CHUNK_TIMES,
    })
    chunks.start()
    this.#chunks.set(id, chunks.store)
    return chunks
  }
}

const ROWS_MAX = 1_000
