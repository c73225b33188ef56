/** The entry of `anillo sim`: runs scenarios by name and seed and prints what they tell. */
import { availableParallelism } from 'node:os'

import {
  replayCommand,
  type Scenario,
  type ScenarioOptions,
  type ScenarioReport,
  VIRTUAL_MINUTES,
} from './scenario.ts'
import { SCENARIOS } from './scenarios.ts'
import { spreadSeeds, type SeedRange, type Spreading } from './spread.ts'

/** Where the command writes: standard output, or a test's list. */
export type PrintLine = (line: string) => void

interface SimArguments {
  readonly scenarios: readonly Scenario[]
  readonly seeds: SeedRange
  /** Processes that seeds are spread over. */
  readonly jobs: number
  readonly options: ScenarioOptions
}

export interface SimTable {
  readonly scenarios: readonly Scenario[]
  readonly print: PrintLine
}

/** The value of an option that was given none. */
const SWITCHED_ON = 'true'

const HELP: ReadonlySet<string> = new Set(['--help', '-h'])

const EXIT_DONE = 0
const EXIT_FAILED = 1
const EXIT_USAGE = 2

const USAGE =
  'anillo sim [NAME] [--seed N | --seeds N | --seeds A..B] [--jobs N] [--OPTION [VALUE]]...'

/**
 * Runs `[NAME] [--seed N] [--seeds N] [--seeds A..B] [--jobs N] [--OPTION [VALUE]]...`; without a
 * name every scenario. Answers the exit code: 0 when all held, 1 when a check failed, 2 when it was
 * asked wrongly.
 */
export async function simCommand(args: readonly string[], table?: SimTable): Promise<number> {
  const scenarios = table?.scenarios ?? SCENARIOS
  const print = table?.print ?? ((line) => process.stdout.write(`${line}\n`))
  if (args.some((word) => HELP.has(word))) {
    print(usage(scenarios))
    return EXIT_DONE
  }
  const parsed = parseArguments(args, scenarios)
  if (typeof parsed === 'string') {
    print(parsed)
    print(usage(scenarios))
    return EXIT_USAGE
  }
  for (const scenario of parsed.scenarios) {
    const spread = spreadOf(scenario, parsed)
    if (spread !== undefined) {
      const problem = await runSpread(print, spread)
      if (problem !== undefined) {
        print(problem)
        return EXIT_FAILED
      }
      continue
    }
    const run = await scenario.load()
    for (let seed = parsed.seeds.first; seed <= parsed.seeds.last; seed++) {
      try {
        printReport(print, `${scenario.name}, seed ${seed}`, await run(seed, parsed.options))
      } catch (error) {
        print(failureText({ name: scenario.name, seed, options: parsed.options, error }))
        return EXIT_FAILED
      }
    }
  }
  print(passedText(parsed))
  return EXIT_DONE
}

const MINUTES_AN_HOUR = 60
const TOLD_EVERY_SEEDS = 100
const SECONDS_A_MINUTE = 60

interface Spread extends Spreading {
  readonly completeSeeds: number
}

function spreadOf(scenario: Scenario, { seeds, jobs, options }: SimArguments): Spread | undefined {
  if (scenario.spread === undefined || seeds.first === seeds.last) return undefined
  return { scenario: scenario.name, seeds, jobs, options, ...scenario.spread }
}

/** What is wrong, if anything. */
async function runSpread(print: PrintLine, spread: Spread): Promise<string | undefined> {
  const { first, last } = spread.seeds
  const all = last - first + 1
  const { counts, failure, seconds } = await spreadSeeds(spread, (done) => {
    const isTold = done % TOLD_EVERY_SEEDS === 0 && done < all
    if (isTold) print(`${spread.scenario}: ${done} of ${all} seeds held`)
  })
  if (failure !== undefined) return failure.failure
  const virtualHours = (counts.get(VIRTUAL_MINUTES) ?? 0) / MINUTES_AN_HOUR
  const pace = (virtualHours / seconds) * SECONDS_A_MINUTE
  const told = virtualHours === 0 ? '' : `, ${pace.toFixed(1)} virtual hours a minute`
  print(`${spread.scenario}, seeds ${first} to ${last}: held, in ${seconds.toFixed(0)} s${told}`)
  printCounts(print, counts)
  const never = [...counts].filter(([, count]) => count === 0).map(([name]) => name)
  const isComplete = all >= spread.completeSeeds
  if (never.length === 0 || !isComplete) return undefined
  return `Never happened in all these seeds: ${never.join(', ')}`
}

function passedText({ scenarios, seeds }: SimArguments): string {
  const names = scenarios.map(({ name }) => name).join(', ')
  const { first, last } = seeds
  const range = first === last ? `seed ${first}` : `the seeds ${first} to ${last}`
  return `Passed: every check of ${names} held with ${range}.`
}

/** The arguments, or a sentence that says what is wrong with them. */
function parseArguments(
  args: readonly string[],
  table: readonly Scenario[],
): SimArguments | string {
  const named = args[0] !== undefined && !args[0].startsWith('--') ? args[0] : undefined
  const scenarios = named === undefined ? table : table.filter(({ name }) => name === named)
  if (scenarios.length === 0) return `There is no simulation “${named ?? ''}”.`
  let seeds: SeedRange = { first: 1, last: 1 }
  let jobs = availableParallelism()
  const options = new Map<string, string>()
  const flags = named === undefined ? args : args.slice(1)
  for (let at = 0; at < flags.length; at += 2) {
    const flag = flags[at]
    const value = flags[at + 1]
    const isSwitch = value === undefined || value.startsWith('--')
    const needsValue = flag?.startsWith('--seed') === true || flag === '--jobs'
    if (flag?.startsWith('--') === true && isSwitch && !needsValue) {
      options.set(flag.slice(2), SWITCHED_ON)
      at -= 1
      continue
    }
    if (flag === undefined || !flag.startsWith('--') || value === undefined) {
      return `“${flag ?? ''}” needs a value.`
    }
    if (flag === '--seed' || flag === '--seeds') {
      const range = parseSeeds(flag, value)
      if (range === undefined) return `“${value}” names no seeds.`
      seeds = range
    } else if (flag === '--jobs') {
      if (!/^[1-9]\d{0,3}$/.test(value)) return `“${value}” is no number of processes.`
      jobs = Number(value)
    } else options.set(flag.slice(2), value)
  }
  return { scenarios, seeds, jobs, options }
}

/** `--seed 7` is the one, `--seeds 7` are the first seven, `3..9` are those. */
function parseSeeds(flag: string, text: string): { first: number; last: number } | undefined {
  const match = /^(\d{1,15})(?:\.\.(\d{1,15}))?$/.exec(text)
  if (match === null) return undefined
  const number = Number(match[1])
  if (match[2] === undefined) {
    return flag === '--seed' || number === 0
      ? { first: number, last: number }
      : { first: 1, last: number }
  }
  const last = Number(match[2])
  return last < number ? undefined : { first: number, last }
}

function usage(scenarios: readonly Scenario[]): string {
  const rows = scenarios.map(({ name, description }) => `  ${name.padEnd(12)} ${description}`)
  return [`Usage: ${USAGE}`, ...rows].join('\n')
}

function printReport(print: PrintLine, title: string, report: ScenarioReport): void {
  print(`${title}: held, trace ${report.traceHash}`)
  for (const line of report.lines) print(`  ${line}`)
  printCounts(print, report.counts)
}

function printCounts(print: PrintLine, counts: ReadonlyMap<string, number>): void {
  for (const [name, count] of [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    print(`  ${name.padEnd(40)} ${String(count).padStart(9)}`)
  }
}

/** The failure with the command that shows it again. */
export function failureText(failure: {
  readonly name: string
  readonly seed: number
  readonly options: ScenarioOptions
  readonly error: unknown
}): string {
  const flags = [...failure.options].map(([name, value]) => ` --${name} ${value}`).join('')
  const { error } = failure
  const problem = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const replay = `${replayCommand(failure.name, failure.seed)}${flags}`
  return `${failure.name}, seed ${failure.seed}: FAILED\n${problem}\nReplay: ${replay}`
}
