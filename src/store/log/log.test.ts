import assert from 'node:assert/strict'
import { test } from 'node:test'

import { World } from '../../../sim/world/world.ts'
import { utf8 } from '../../base/bytes.ts'
import { partitionIdOf } from '../../wire/partition.ts'
import { openLog } from './log.ts'

test('openLog() gives what was appended', async () => {
  const world = new World({ seed: 1 })
  const machine = world.machine()
  const key = new Uint8Array(32).fill(1)
  const done = <T>(p: Promise<T>) => world.settle(p, 'x', 60_000)
  const open = () =>
    done(
      openLog(machine.effects(), {
        path: 'log',
        key,
        onFailure: (e) => {
          throw e
        },
      }),
    )
  const a = await open()
  const group = partitionIdOf(3)
  const entry = { index: 1, term: 1, timeMs: 5, kind: 'command', data: utf8('hello') } as const
  await done(a.log.append([{ kind: 'entries', group, entries: [entry] }]))
  const b = await open()
  assert.deepEqual(b.groups.get(group)?.entries, [entry])
  await done(b.log.compact(new Map([[group, { index: 1, term: 1 }]])))
  await done(b.log.close())
  const c = await open()
  assert.deepEqual(c.groups.get(group)?.base, { index: 1, term: 1 })
})
