/** A little of what `npm run fuzz` does for an hour: other cases each time, the seed is told. */
import { test } from 'node:test'

import { runFuzz, type TargetName } from './fuzz.ts'

const CASES: Readonly<Record<TargetName, number>> = {
  codec: 6_000,
  http: 500,
  kademlia: 6_000,
  mainline: 6_000,
  rpc: 90,
  socket: 3_000,
  token: 600,
}
const FOR_MS_MAX = 20_000

for (const target of ['codec', 'http', 'kademlia', 'mainline', 'rpc', 'socket', 'token'] as const) {
  test(`${target}: no input breaks a promise, throws, or leaves something held`, async (t) => {
    const seed = Math.floor(Math.random() * 2 ** 24)
    t.diagnostic(`seed ${seed}`)
    const report = await runFuzz({ target, seed, cases: CASES[target], forMs: FOR_MS_MAX })
    t.diagnostic(`${report.cases} cases in ${report.ms.toFixed(0)} ms`)
  })
}
