/**
 * A process that runs one seed after the other of a scenario, as its parent asks (spread.ts).
 * Arguments: the scenario's name, then its options as NAME=VALUE.
 */
import { present } from '../src/base/assert.ts'
import { failureText } from './main.ts'
import { SCENARIOS } from './scenarios.ts'
import type { SeedResult } from './spread.ts'

const [name, ...flags] = process.argv.slice(2)
const scenario = present(
  SCENARIOS.find((one) => one.name === name),
  `scenario ${name}`,
)
const options = new Map(
  flags.map((flag) => {
    const at = flag.indexOf('=')
    return [flag.slice(0, at), flag.slice(at + 1)] as const
  }),
)
const run = await scenario.load()

process.on('message', (order: unknown) => {
  const isOrder = typeof order === 'object' && order !== null && 'seed' in order
  void answer(Number(isOrder ? order.seed : undefined))
})

async function answer(seed: number): Promise<void> {
  process.send?.(await resultOf(seed))
}

async function resultOf(seed: number): Promise<SeedResult> {
  try {
    const { counts } = await run(seed, options)
    return { seed, counts: [...counts], failure: undefined }
  } catch (error) {
    return { seed, counts: [], failure: failureText({ name: scenario.name, seed, options, error }) }
  }
}
