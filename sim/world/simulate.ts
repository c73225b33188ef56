/** Runs a scenario in a world of its own, and again to see that the seed decides everything. */
import type { TaskTable } from '../../src/effects/workers.ts'
import { replayCommand, type ScenarioReport } from '../scenario.ts'
import { firstDifference, Trace } from './trace.ts'
import { World } from './world.ts'

export interface Simulation {
  /** The word after `anillo sim`, for the command that replays. */
  readonly name: string
  readonly seed: number
  readonly tasks?: TaskTable
  /** Lets things happen, checks, and tells what was measured. Throws when a check fails. */
  readonly scenario: (world: World) => Promise<readonly string[]>
}

/** Fails with the seed, the replaying command, and the last that happened. */
export async function simulate(simulation: Simulation): Promise<ScenarioReport> {
  return simulateWith(simulation, new Trace())
}

/** As `simulate`, twice; fails with the first differing event where the two runs part. */
export async function runTwice(simulation: Simulation): Promise<ScenarioReport> {
  const first = await simulate(simulation)
  const second = await simulate(simulation)
  if (first.traceHash === second.traceHash) return first
  const traces = [new Trace(true), new Trace(true)] as const
  for (const trace of traces) await simulateWith(simulation, trace)
  const difference = firstDifference(traces[0].lines, traces[1].lines)
  const replay = replayCommand(simulation.name, simulation.seed)
  throw new Error(
    `seed ${simulation.seed} gave two different runs: ${difference ?? 'not again when traced'}\n${replay}`,
  )
}

/** Of so many seeds one is run twice: both must go the same way. */
const TWICE_EVERY = 16

/** For runs so long that not each can be made twice. */
export function runNowAndThenTwice(simulation: Simulation): Promise<ScenarioReport> {
  return simulation.seed % TWICE_EVERY === 0 ? runTwice(simulation) : simulate(simulation)
}

async function simulateWith(simulation: Simulation, trace: Trace): Promise<ScenarioReport> {
  const { seed, tasks } = simulation
  const world = new World(tasks === undefined ? { seed, trace } : { seed, trace, tasks })
  const unhandled: unknown[] = []
  const note = (reason: unknown): void => {
    unhandled.push(reason)
  }
  process.on('unhandledRejection', note)
  try {
    const lines = await simulation.scenario(world)
    if (unhandled.length > 0) throw unhandledError(unhandled)
    world.tally.check()
    return { traceHash: trace.hash, counts: world.tally.counts, lines }
  } catch (cause) {
    throw new Error(failureOf(simulation, world, cause), { cause })
  } finally {
    process.off('unhandledRejection', note)
  }
}

/** The first of them is what began it. */
function unhandledError(reasons: readonly unknown[]): Error {
  const [cause] = reasons
  const told = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
  return new Error(`${reasons.length} rejections went unhandled, the first: ${told}`, { cause })
}

function failureOf(simulation: Simulation, world: World, cause: unknown): string {
  const problem = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
  const counts = [...world.tally.counts].map(([name, count]) => `${name}: ${count}`)
  return [
    `${simulation.name}, seed ${simulation.seed}, at ${world.nowMs.toFixed(1)} ms: ${problem}`,
    `Replay: ${replayCommand(simulation.name, simulation.seed)}`,
    `Counts: ${counts.join(', ')}`,
    'Last events:',
    ...world.trace.recent.map((line) => `  ${line}`),
    'Last lines of the log:',
    ...world.log.lines.map((line) => `  ${line}`),
  ].join('\n')
}
