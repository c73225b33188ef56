/** The suite of the store, over the model in memory and over groups. */
import { World } from '../../sim/world/world.ts'
import { LocalRing } from '../../src/store/local-ring.test-helper.ts'
import { MemoryChunks } from '../../src/store/memory-chunks.test-helper.ts'
import { MemoryStore } from '../../src/store/memory-store.test-helper.ts'
import { withChunks } from '../../src/store/store.ts'
import type { PartitionId } from '../../src/wire/partition.ts'
import { chunkSuite } from './chunks.ts'
import type { StoreSubject } from './store-promise.ts'
import { storeSuite, SUITE_PARTITIONS } from './store.ts'
import { WholeRing } from './whole-ring.ts'

const WITHIN_MS = 600_000

storeSuite({
  store: 'the model in memory',
  make: async () => {
    const model = new MemoryStore()
    return {
      stores: [model, model],
      run: (body) => body(),
      passLoggedTime: async (ms) => void (model.nowMs += ms),
      close: async () => undefined,
    }
  },
})

/** Doors at the first and the last of the members. */
function ringOf(members: number, holders: (group: PartitionId) => readonly number[]) {
  return async (): Promise<StoreSubject> => {
    const world = new World({ seed: members })
    const effects = world.machine().effects()
    const ring = new LocalRing({ effects, members, holders })
    return {
      stores: [ring.store(1), ring.store(members)],
      run: (body) => world.settle(body(), 'the body', WITHIN_MS),
      passLoggedTime: async (ms) => ring.expire(ms),
      close: async () => ring.stop(),
    }
  }
}

storeSuite({ store: 'groups held here', make: ringOf(3, () => [2, 1, 3]) })

// The last member holds nothing: it asks others for everything.
storeSuite({ store: 'groups held elsewhere', make: ringOf(4, (group) => [(group % 3) + 1, 2]) })

chunkSuite({
  store: 'the model of chunks in memory',
  make: async () => {
    const store = withChunks(new MemoryStore(), new MemoryChunks())
    return { stores: [store, store], run: (body) => body(), close: async () => undefined }
  },
})

chunkSuite({
  store: 'chunks of whole members',
  make: async () =>
    (await WholeRing.of({ seed: 6, members: 4, voters: 3, groups: SUITE_PARTITIONS })).subject(),
})

// Three members hold every group; the door of the fourth asks them for everything.
storeSuite({
  store: 'whole members',
  make: async () =>
    (await WholeRing.of({ seed: 5, members: 4, voters: 3, groups: SUITE_PARTITIONS })).subject(),
})
