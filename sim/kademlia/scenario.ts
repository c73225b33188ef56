/** `npx anillo sim kademlia`: the seeds, the planted bugs, and the numbers. */
import { assert, present } from '../../src/base/assert.ts'
import { reportPlanted } from '../planting.ts'
import { machineText, tableLines } from '../ring/numbers.ts'
import type { ScenarioOptions, ScenarioReport } from '../scenario.ts'
import { NUMBERS } from './numbers.ts'
import { huntPlanted, PLANTED_BUGS } from './planted.ts'
import { runOpenNetwork } from './runs.ts'

const NODES = 1_000

/** What each run must have met: otherwise its seed proves little. */
export const ALWAYS = [
  'fault: hostile node',
  'fault: hostile questions',
  'fault: node dies',
  'fault: newcomer',
  'check: who asked nothing gets at most three times',
  'check: one network brings few records a key',
  'check: few of a network a bucket',
  'check: stock nodes understand answers',
  'check: stock nodes understand questions',
  'check: a record that is told is signed',
  'check: a record that is kept is signed',
  'check: a contact is who it is said to be',
  'check: what is published is found, of each publisher',
] as const

/** Runs a seed twice and compares the traces; `planted` and `numbers` do those instead. */
export async function runKademliaScenario(
  seed: number,
  options: ScenarioOptions,
): Promise<ScenarioReport> {
  const planted = options.get('planted')
  if (planted !== undefined) return reportPlanted(planted, PLANTED_BUGS, (bug) => huntPlanted(bug))
  const numbers = options.get('numbers')
  if (numbers !== undefined) return reportNumbers(seed, numbers, options)
  const first = runOpenNetwork(seed)
  const second = runOpenNetwork(seed)
  assert(first.tally.hash === second.tally.hash, `seed ${seed} ran differently the second time`)
  first.tally.demand(ALWAYS)
  const lines = [`${first.nodes} nodes in all, ${first.datagrams} datagrams`]
  return { traceHash: first.tally.hash, counts: first.tally.counts, lines }
}

/** Printed, with what is beyond its bound; a number that is missed does not hide the others. */
function reportNumbers(seed: number, name: string, options: ScenarioOptions): ScenarioReport {
  const nodes = wholeOption(options, { name: 'nodes', least: 100 }) ?? NODES
  const minutes = wholeOption(options, { name: 'minutes', least: 1 })
  const session = wholeOption(options, { name: 'session', least: 1 })
  const asked = { seed, nodes, ...(minutes && { minutes }), ...(session && { session }) }
  const names = name === 'true' || name === 'all' ? Object.keys(NUMBERS) : [name]
  const measure = (one: string) => present(NUMBERS[one], `measurement “${one}”`)(asked)
  const tables = names.flatMap(measure)
  const missed = tables.flatMap((table) => table.missed)
  const lines = [
    `seed ${seed}; ${machineText()}`,
    ...tables.flatMap((table) => tableLines(table)),
    ...missed.map((one) => `Missed: ${one}`),
  ]
  const counts = new Map([
    ['tables', tables.length],
    ['bounds missed', missed.length],
  ])
  return { traceHash: 'none', counts, lines }
}

function wholeOption(
  options: ScenarioOptions,
  { least, name }: { readonly name: string; readonly least: number },
): number | undefined {
  const given = options.get(name)
  if (given === undefined) return undefined
  const number = Number(given)
  assert(Number.isInteger(number) && number >= least, `--${name} takes a number from ${least} on`)
  return number
}
