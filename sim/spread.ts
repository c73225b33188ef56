/** Spreads the seeds of a scenario over processes of its own, and adds up what they tell. */
import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import { assert } from '../src/base/assert.ts'
import type { ScenarioOptions } from './scenario.ts'

export interface SeedRange {
  readonly first: number
  readonly last: number
}

/** From the parent to a worker: run this seed. */
export interface SeedOrder {
  readonly seed: number
}

/** What a worker tells of a seed. */
export interface SeedResult {
  readonly seed: number
  readonly counts: readonly (readonly [string, number])[]
  /** Why it failed, with the command that replays it. */
  readonly failure: string | undefined
}

export interface Spreading {
  readonly scenario: string
  readonly seeds: SeedRange
  /** Processes at once. */
  readonly jobs: number
  readonly options: ScenarioOptions
}

export interface SpreadReport {
  readonly counts: ReadonlyMap<string, number>
  readonly seconds: number
  /** Of the smallest seed that failed; others under way are not waited for. */
  readonly failure: SeedResult | undefined
}

const WORKER = fileURLToPath(new URL('spread-worker.ts', import.meta.url))
const MS_PER_SECOND = 1_000
/** Most of what a run makes dies young: a larger nursery spares a third of the collector's work. */
const EXEC_ARGV = [...process.execArgv, '--max-semi-space-size=64']

/** Runs all seeds; ends at the first failure. `onHeld` hears how many have held so far. */
export async function spreadSeeds(
  spreading: Spreading,
  onHeld: (seeds: number) => void,
): Promise<SpreadReport> {
  const { first, last } = spreading.seeds
  const counts = new Map<string, number>()
  const startedMs = performance.now()
  let next = first
  let failure: SeedResult | undefined
  let held = 0
  const workers = Math.min(spreading.jobs, last - first + 1)
  const draw = (): number | undefined =>
    failure === undefined && next <= last ? next++ : undefined
  const told = (result: SeedResult): void => {
    for (const [name, count] of result.counts) counts.set(name, (counts.get(name) ?? 0) + count)
    if (result.failure === undefined) onHeld(++held)
    else if ((failure?.seed ?? Infinity) > result.seed) failure = result
  }
  await Promise.all(Array.from({ length: workers }, () => work(spreading, { draw, told })))
  return { counts, failure, seconds: (performance.now() - startedMs) / MS_PER_SECOND }
}

interface Desk {
  /** The next seed to be run. */
  readonly draw: () => number | undefined
  readonly told: (result: SeedResult) => void
}

/** One process, from its start to its end. */
async function work({ scenario, options }: Spreading, desk: Desk): Promise<void> {
  const flags = [...options].map(([name, value]) => `${name}=${value}`)
  const child: ChildProcess = fork(WORKER, [scenario, ...flags], { execArgv: [...EXEC_ARGV] })
  const { promise, resolve, reject } = Promise.withResolvers<number | null>()
  let isDone = false
  const order = (): void => {
    const seed = desk.draw()
    if (seed !== undefined) child.send({ seed } satisfies SeedOrder)
    else {
      isDone = true
      child.disconnect()
    }
  }
  child.on('error', reject)
  child.on('exit', resolve)
  child.on('message', (message) => {
    desk.told(readResult(message))
    order()
  })
  order()
  const code = await promise
  assert(isDone, `a process of the simulation ended with ${code}`)
}

function readResult(message: unknown): SeedResult {
  assert(typeof message === 'object' && message !== null, 'a result is an object')
  assert('seed' in message && typeof message.seed === 'number', 'it names its seed')
  assert('counts' in message && Array.isArray(message.counts), 'it has counts')
  const counts = message.counts.map((pair: unknown): readonly [string, number] => {
    assert(Array.isArray(pair), 'a count is a pair')
    return [String(pair[0]), Number(pair[1])]
  })
  const failure = 'failure' in message ? String(message.failure) : undefined
  return { seed: message.seed, counts, failure }
}
