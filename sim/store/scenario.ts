/** `npx anillo sim store`: seeds, planted bugs, and failing runs cut down. */
import { assert, present } from '../../src/base/assert.ts'
import { MINUTE_MS } from '../../src/base/limits.ts'
import { writeSection } from '../measurements.ts'
import { checkPlanting, plantedLine, type Catch } from '../planting.ts'
import { replayCommand, type ScenarioOptions, type ScenarioReport } from '../scenario.ts'
import { runNowAndThenTwice, simulate, type Simulation } from '../world/simulate.ts'
import { huntPlanted, PLANTED_BUGS, type PlantedBug } from './planted.ts'
import { planStore, runStore, type StorePlan } from './run.ts'
import { shrinkList } from './shrink.ts'

const SHRINK_TRIES_MAX = 200

/**
 * Options: `planted NAME|all`; `shrink`; `groups`, `members`, `minutes`; `faults` and `operations`,
 * the numbers of those that are kept (`0-3,7`), as a shrunk run prints them.
 */
export async function runStoreScenario(
  seed: number,
  options: ScenarioOptions,
): Promise<ScenarioReport> {
  const planted = options.get('planted')
  if (planted !== undefined) return reportPlanted(planted)
  const whole = planOf(seed, options)
  const plan = kept(whole, options)
  if (options.has('shrink')) return reportShrunk(plan, options)
  return runNowAndThenTwice(simulationOf(plan))
}

export function simulationOf(plan: StorePlan): Simulation {
  return { name: 'store', seed: plan.seed, scenario: (world) => runStore(world, plan) }
}

function planOf(seed: number, options: ScenarioOptions): StorePlan {
  const number = (name: string): number | undefined => {
    const text = options.get(name)
    return text === undefined ? undefined : Number(text)
  }
  const minutes = number('minutes')
  const groups = number('groups')
  const machines = number('members')
  return planStore(seed, {
    ...(groups === undefined ? {} : { groups }),
    ...(machines === undefined ? {} : { machines }),
    ...(minutes === undefined ? {} : { lengthMs: minutes * MINUTE_MS }),
  })
}

/** Only those parts of the plan that the options name. */
function kept(plan: StorePlan, options: ScenarioOptions): StorePlan {
  const faults = options.get('faults')
  const operations = options.get('operations')
  const { workload } = plan
  return {
    ...plan,
    faults: faults === undefined ? plan.faults : chosen(plan.faults, faults),
    workload:
      operations === undefined
        ? workload
        : { ...workload, operations: chosen(workload.operations, operations) },
  }
}

function chosen<T>(items: readonly T[], text: string): readonly T[] {
  const numbers = new Set(
    text.split(',').flatMap((part) => {
      const [first = 0, last = first] = part.split('-').map(Number)
      return Array.from({ length: last - first + 1 }, (_, at) => first + at)
    }),
  )
  return items.filter((_, at) => numbers.has(at))
}

/** `0-3,7` for the places of the kept ones among all. */
function placesOf<T>(all: readonly T[], some: readonly T[]): string {
  const spans: { first: number; last: number }[] = []
  for (const place of some.map((one) => all.indexOf(one))) {
    const span = spans.at(-1)
    if (span?.last === place - 1) span.last = place
    else spans.push({ first: place, last: place })
  }
  const texts = spans.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`))
  return texts.length === 0 ? 'none' : texts.join(',')
}

async function failureOf(plan: StorePlan): Promise<string | undefined> {
  try {
    await simulate(simulationOf(plan))
    return undefined
  } catch (error) {
    return String(error instanceof Error ? (error.cause ?? error) : error)
  }
}

/** Leaves out faults, then operations; any failure counts as the failure. */
async function reportShrunk(plan: StorePlan, options: ScenarioOptions): Promise<ScenarioReport> {
  assert((await failureOf(plan)) !== undefined, 'the run holds: there is nothing to shrink')
  const fails = async (smaller: StorePlan): Promise<boolean> =>
    (await failureOf(smaller)) !== undefined
  const faults = await shrinkList(
    plan.faults,
    (some) => fails({ ...plan, faults: some }),
    SHRINK_TRIES_MAX,
  )
  const { workload } = plan
  const withOperations = (some: typeof workload.operations): StorePlan => ({
    ...plan,
    faults,
    workload: { ...workload, operations: some },
  })
  const operations = await shrinkList(
    workload.operations,
    (some) => fails(withOperations(some)),
    SHRINK_TRIES_MAX,
  )
  const why = present(await failureOf(withOperations(operations)), 'a failure')
  const flags = ['groups', 'members', 'minutes'].flatMap((name) => {
    const value = options.get(name)
    return value === undefined ? [] : [`--${name} ${value}`]
  })
  const places = [
    `--faults ${placesOf(plan.faults, faults)}`,
    `--operations ${placesOf(workload.operations, operations)}`,
  ]
  return {
    traceHash: 'none',
    counts: new Map([
      ['faults kept', faults.length],
      ['operations kept', operations.length],
    ]),
    lines: [
      why,
      ...faults.map(
        ({ name, atMs, durationMs }) =>
          `at ${(atMs / 1_000).toFixed(1)} s for ${(durationMs / 1_000).toFixed(1)} s: ${name}`,
      ),
      ...operations.map(
        ({ client, kind, atMs }) => `at ${(atMs / 1_000).toFixed(1)} s: client ${client}, ${kind}`,
      ),
      `Replay: ${replayCommand('store', plan.seed)} ${[...flags, ...places].join(' ')}`,
    ],
  }
}

/** Hunts them one after the other; all of them go into `docs/measurements.md`. */
async function reportPlanted(name: string): Promise<ScenarioReport> {
  const bugs = PLANTED_BUGS.filter((bug) => name === 'all' || bug.name === name)
  assert(
    bugs.length > 0,
    `no bug is named “${name}”: ${PLANTED_BUGS.map((bug) => bug.name).join(' ')}`,
  )
  // Before the first hunt: one whose text is gone would end all of them late.
  for (const bug of bugs) await checkPlanting(bug)
  const rows: string[] = []
  const lines: string[] = []
  let missed = 0
  for (const bug of bugs) {
    const onTried = (seed: number): void => show(`${bug.name}: not with seed ${seed}`)
    const caught = await huntPlanted(bug, { onTried })
    if (caught.seed === undefined) missed++
    lines.push(plantedLine(bug, caught))
    rows.push(rowOf(bug, caught))
    show(plantedLine(bug, caught))
  }
  if (name === 'all') await writeSection('Planted bugs', [...ABOUT_PLANTED, '', ...HEAD, ...rows])
  assert(missed === 0, `${missed} planted bugs were not found:\n${lines.join('\n')}`)
  return { traceHash: 'none', counts: new Map([['planted bugs found', bugs.length]]), lines }
}

/** A hunt may take long: who waits for it is told beside the report. */
function show(line: string): void {
  process.stderr.write(`${line}\n`)
}

const ABOUT_PLANTED = [
  '`npm run sim -- store --planted all`: each bug planted alone in a copy of the source, and the seeds',
  'from 1 on run there until a check fails. The seed that found it was run without the bug, too, and held.',
] as const

const HEAD = ['| bug | seed | found by | seconds |', '| --- | ---: | --- | ---: |'] as const

const CHECK_CHARACTERS_MAX = 110

function rowOf({ description, mix }: PlantedBug, { seed, check = '', seconds }: Catch): string {
  const runs = mix === undefined ? '' : ' (its own runs)'
  const words = check.replace(/^AssertionError: /, '').replaceAll('|', '/')
  // Members of a run are numbered, and their ids begin with zeros.
  const why = words.replaceAll(/0{20,}/g, '').slice(0, CHECK_CHARACTERS_MAX)
  return `| ${description}${runs} | ${seed ?? 'NOT FOUND'} | ${why} | ${seconds.toFixed(0)} |`
}
