import assert from 'node:assert/strict'
import { test } from 'node:test'

import { runChunksScenario } from './scenario.ts'

for (const seed of [1, 2, 3, 4]) {
  test(`what records refer to is there, what nothing refers to goes, seed ${seed}`, async () => {
    const { counts } = await runChunksScenario(seed, new Map())
    assert.ok((counts.get('chunks: an upload was given up') ?? 0) > 0)
  })
}
