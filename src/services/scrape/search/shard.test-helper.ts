/** Rows of one partition in memory, as its leader and its store see them. */
import { SeededChance } from '../../../base/random.ts'
import type { Random } from '../../../effects/random.ts'
import type { Replica } from '../../../store/group/types.ts'
import type { RangeOptions, StoredRecord } from '../../../store/partition/procedure.ts'
import type { Store } from '../../../store/types.ts'
import type { ShardIndexTools } from './shard-index.ts'
import type { ShardRows } from './shard-search.ts'
import { byCodePoints } from './words.ts'

class SeededBytes extends SeededChance implements Random {
  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256))
  }
}

export class MemoryShard {
  readonly #rows = new Map<string, StoredRecord>()
  #index = 0

  readonly store: Pick<Store, 'get' | 'transact'> = {
    get: async ({ sk }) => this.#rows.get(sk),
    transact: async ({ conditions, writes }) => {
      for (const [condition, { is, sk }] of conditions.entries()) {
        const etag = this.#rows.get(sk)?.etag
        const wanted = typeof is === 'object' && 'index' in is ? is.index : undefined
        if (etag?.index !== wanted) return { kind: 'conflict', condition, etag }
      }
      const etag = { generation: 1, index: ++this.#index }
      for (const write of writes) {
        const { sk } = write
        if (write.kind === 'delete') this.#rows.delete(sk)
        else this.#rows.set(sk, { sk, value: write.value, etag, expiresAtMs: undefined })
      }
      return { kind: 'done', etag, existed: writes.map(() => false) }
    },
  }

  readonly rows: ShardRows = {
    get: async (sk) => this.#rows.get(sk)?.value,
    list: async (range) => this.#list({ table: '', pk: '', ...range }).items,
  }

  get names(): readonly string[] {
    return [...this.#rows.keys()].toSorted()
  }

  tools(seed: number): ShardIndexTools {
    return {
      store: this.store,
      random: new SeededBytes(seed),
      replica: () => this.#replica(),
      breathe: async () => undefined,
    }
  }

  #replica(): Replica {
    return {
      appliedIndex: this.#index,
      generation: 1,
      featureLevel: 1,
      destinations: () => [],
      changedSince: () => undefined,
      get: ({ sk }) => this.#rows.get(sk),
      list: (range) => this.#list(range),
      watch: () => undefined,
    }
  }

  #list({ end, limit, pk, prefix = '', reverse = false, start = '' }: RangeOptions) {
    const found = [...this.#rows.values()]
      // Pages stand under other keys, and there are none.
      .filter(({ sk }) => pk.length !== 2 && sk.startsWith(prefix))
      .filter(({ sk }) => byCodePoints(sk, start) >= 0)
      .filter(({ sk }) => end === undefined || byCodePoints(sk, end) < 0)
      .toSorted((a, b) => byCodePoints(a.sk, b.sk))
    if (reverse) found.reverse()
    return { items: found.slice(0, limit), hasMore: found.length > limit }
  }
}
