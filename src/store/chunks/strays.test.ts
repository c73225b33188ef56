import assert from 'node:assert/strict'
import { test } from 'node:test'

import { partitionIdOf } from '../../wire/partition.ts'
import { memberIdOf } from '../local-ring.test-helper.ts'
import { Strays, type StraysOptions } from './strays.ts'

const GROUP = partitionIdOf(1)
const FILES = 40

/** 40 chunks in a directory of a group that is held elsewhere; its leader spares what `isSpare`. */
function trial(isSpare: (hash: string) => boolean) {
  const held = new Set(
    Array.from({ length: FILES }, (_, number) => `04${`${number}`.padStart(62, '0')}`),
  )
  const asked: (readonly string[])[] = []
  const options = {
    self: memberIdOf(1),
    host: { replica: () => undefined },
    router: { leaderOf: () => memberIdOf(2) },
    shelf: {
      list: async (digits: string) => [...held].filter((hash) => hash.startsWith(digits)),
      remove: async (hash: string) => held.delete(hash),
    },
    peers: {
      handle: () => undefined,
      ask: async (_to: unknown, _method: unknown, question: { hashes: readonly string[] }) => {
        asked.push(question.hashes)
        return { spare: question.hashes.filter(isSpare) }
      },
    },
  }
  return { asked, held, strays: new Strays(options as unknown as StraysOptions) }
}

test('look() comes to every chunk, also behind many that must stay', async () => {
  const { held, strays } = trial((hash) => hash.endsWith('39'))
  assert.equal(await strays.look(GROUP), false)
  assert.equal(await strays.look(GROUP), false)
  assert.equal(await strays.look(GROUP), true)
  assert.equal(held.size, FILES - 1)
})

test('look() names a bounded number at once, and begins again behind the last', async () => {
  const { asked, held, strays } = trial(() => false)
  for (let look = 0; look < 4; look++) await strays.look(GROUP)
  assert.deepEqual(
    asked.map((hashes) => hashes.length),
    [16, 16, 8, 16],
  )
  assert.equal(new Set(asked.slice(0, 3).flat()).size, FILES)
  assert.deepEqual(asked[3], asked[0])
  assert.equal(held.size, FILES)
})

test('look() takes away whatever is spared until nothing is left', async () => {
  const { held, strays } = trial(() => true)
  while (await strays.look(GROUP));
  assert.equal(held.size, 0)
})
