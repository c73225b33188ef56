/**
 * `npm run fuzz`: the doors, the calls of members, the readers and the tokens, for as long as is
 * said.
 *
 *     npm run fuzz -- --minutes 60
 *     npm run fuzz -- --target http --seed 7 --cases 500
 */
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { runFuzz, TARGETS, type TargetName } from './fuzz.ts'

const MINUTE_MS = 60_000
/** Each target comes again and again, with other seeds. */
const ROUND_MS = 2 * MINUTE_MS

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '4' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 24)) },
    cases: { type: 'string', default: 'Infinity' },
    target: { type: 'string', multiple: true, default: Object.keys(TARGETS) },
  },
})

// Node gives a program its collector on this word alone; without it memory says little.
setFlagsFromString('--expose-gc')
globalThis.gc ??= runInNewContext('gc')

const isTarget = (name: string): name is TargetName => Object.hasOwn(TARGETS, name)
const targets = values.target.filter(isTarget)
const cases = Number(values.cases)
const untilMs = performance.now() + Number(values.minutes) * MINUTE_MS
let seed = Number(values.seed)

console.log(`fuzz: ${targets.join(', ')} for ${values.minutes} minutes from seed ${seed}`)
do {
  for (const target of targets) {
    const forMs = Math.min(ROUND_MS, untilMs - performance.now())
    if (forMs <= 0) break
    const report = await runFuzz({ target, seed, cases, forMs })
    const seconds = (report.ms / 1_000).toFixed(0)
    const kib = (report.heapGrowthBytes / 1_024).toFixed(0)
    console.log(
      `${target} seed ${seed}: ${report.cases} cases in ${seconds} s, ` +
        `heap ${kib} KiB more, handles ${report.handlesGrowth} more`,
    )
  }
  seed++
} while (performance.now() < untilMs && cases === Infinity)
console.log('fuzz: nothing found')
process.exit(0)
