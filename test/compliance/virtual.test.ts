import { World } from '../../sim/world/world.ts'
/** The virtual effects under the suites that those of the operating system pass too. */
import type { Effects } from '../../src/effects/effects.ts'
import { clockSuite } from './clock.ts'
import { cryptoSuite } from './crypto.ts'
import { databaseSuite } from './database.ts'
import { datagramSuite } from './datagrams.ts'
import { diskSuite } from './disk.ts'
import { netSuite } from './net.ts'
import { randomSuite } from './random.ts'
import type { Subject } from './subject.ts'
import { tasks } from './tasks.ts'
import { workersSuite } from './workers.ts'

const SEED = 20_261_121
const WITHIN_MS = 600_000

async function make(): Promise<Subject<keyof Effects>> {
  const world = new World({ seed: SEED, tasks })
  return {
    effects: world.machine().effects(),
    run: (body) => world.settle(body(), 'the test', WITHIN_MS),
    close: async () => {},
  }
}

const suite = { world: 'virtual', make }

clockSuite(suite)
randomSuite(suite)
diskSuite(suite)
databaseSuite(suite)
netSuite(suite)
datagramSuite(suite)
cryptoSuite(suite)
workersSuite(suite)
