/** A database whose process is killed in the middle of writing. */
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { utf8 } from '../../src/base/bytes.ts'
import { SeededChance } from '../../src/base/random.ts'
import { platformDatabases } from '../../src/platform/databases.ts'

const KILLS = 8
const BATCHES_MAX = 40

/** Lets it write some batches from that number on; gives the last that it told. */
async function writeAndKill(root: string, first: number, batches: number): Promise<number> {
  const child = fork(new URL('batch-writer.ts', import.meta.url), [root, String(first)])
  let last = first - 1
  child.on('message', (number: number) => {
    last = number
    if (number >= first + batches) child.kill('SIGKILL')
  })
  await once(child, 'exit')
  return last
}

test('Database keeps whole batches, and each that was told, when its process is killed', async () => {
  const root = await mkdtemp(join(tmpdir(), 'anillo-kill-'))
  const chance = new SeededChance(KILLS)
  try {
    let first = 1
    for (let kill = 0; kill < KILLS; kill++) {
      const told = await writeAndKill(root, first, chance.below(BATCHES_MAX))
      const database = await platformDatabases(root).open('d')
      const values = new Set(database.scan({}).map(({ value }) => new TextDecoder().decode(value)))
      assert.equal(values.size, 1)
      const [found] = values
      assert.ok(Number(found) >= told, `told ${told}, found ${String(found)}`)
      assert.deepEqual(database.get(utf8('row 7')), utf8(String(found)))
      await database.close()
      first = Number(found) + 1
    }
  } finally {
    await rm(root, { recursive: true })
  }
})
