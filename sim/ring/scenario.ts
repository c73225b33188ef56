/** `npx anillo sim ring`: the seeds, the planted bugs, and the numbers. */
import { assert, present } from '../../src/base/assert.ts'
import { writeSection } from '../measurements.ts'
import { reportPlanted } from '../planting.ts'
import type { ScenarioOptions, ScenarioReport } from '../scenario.ts'
import { machineText, NUMBERS, tableLines } from './numbers.ts'
import { huntPlanted, PLANTED_BUGS } from './planted.ts'
import { runRing } from './runs.ts'
import { enumerateAll } from './small.ts'
import { Tally } from './tally.ts'

/** What each run of both modes must have met: otherwise its seed proves little. */
const ALWAYS = [
  'fault: join',
  'fault: crash',
  'check: principals',
  'check: ordered ring',
  'check: connected appendages',
  'check: quiet leads to ideal',
  'check: heals to the ideal ring',
  'check: look-ups end at the owner',
] as const

/** Runs a seed twice and compares the traces; `planted`, `numbers` and `small` do those instead. */
export async function runRingScenario(
  seed: number,
  options: ScenarioOptions,
): Promise<ScenarioReport> {
  const planted = options.get('planted')
  if (planted !== undefined) return reportPlanted(planted, PLANTED_BUGS, huntPlanted)
  const numbers = options.get('numbers')
  if (numbers !== undefined) return reportNumbers(seed, numbers)
  const small = options.get('small')
  if (small !== undefined) return reportSmall(Number(small))
  const members = options.get('members')
  const run = () => runRing({ seed, members: members === undefined ? undefined : Number(members) })
  const first = run()
  const second = run()
  assert(first.tally.hash === second.tally.hash, `seed ${seed} ran differently the second time`)
  first.tally.demand(ALWAYS)
  const size = `${first.members} members, lists of ${first.successorsMax}`
  const healed = `ideal ${first.healPeriods} periods after the last fault`
  return { traceHash: first.tally.hash, counts: first.tally.counts, lines: [`${size}; ${healed}`] }
}

/** States after which an enumeration is cut off: each takes about 3 KiB and a millisecond. */
const STATES_MAX = 200_000

/**
 * Small rings, enumerated to the depth; two less from the ideal ring, where more can happen at
 * once.
 */
async function reportSmall(depth: number): Promise<ScenarioReport> {
  assert(Number.isInteger(depth) && depth >= 3, '--small takes a depth of 3 or more')
  const tally = new Tally()
  const depths = { founder: depth, ideal: depth - 2 }
  const { states, isWhole } = enumerateAll(depths, STATES_MAX, tally)
  const extent = isWhole ? 'all of them' : `cut off at ${STATES_MAX} a ring`
  const lines = [`${states} states of rings of 2 to 4 with lists of 1 to 3, ${extent}`]
  return { traceHash: 'none', counts: tally.counts, lines }
}

/** All of them go into `docs/measurements.md`; a single one, by name, is only printed. */
async function reportNumbers(seed: number, name: string): Promise<ScenarioReport> {
  const isAll = name === 'true' || name === 'all'
  const names = isAll ? Object.keys(NUMBERS) : [name]
  const tables = names.flatMap((one) => present(NUMBERS[one], `measurement “${one}”`)(seed))
  const lines = tables.flatMap((table) => tableLines(table))
  const missed = tables.flatMap((table) => table.missed)
  assert(missed.length === 0, `bounds not kept: ${missed.join('; ')}\n${lines.join('\n')}`)
  const about = `\`npx anillo sim ring --numbers\`, seed ${seed}; ${machineText()}.`
  if (isAll) await writeSection('Ring', [about, '', ...lines])
  return { traceHash: 'none', counts: new Map([['tables', tables.length]]), lines }
}
