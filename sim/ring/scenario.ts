/** `npx anillo sim ring`: the seeds, the planted bugs, and the numbers. */
import { assert, present } from '../../src/base/assert.ts'
import type { ScenarioOptions, ScenarioReport } from '../scenario.ts'
import { huntPlanted, PLANTED_BUGS, plantedLine } from './planted.ts'
import { runRing } from './runs.ts'

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

/** Runs a seed twice and compares the traces; `planted` and `numbers` do those instead. */
export async function runRingScenario(
  seed: number,
  options: ScenarioOptions,
): Promise<ScenarioReport> {
  const planted = options.get('planted')
  if (planted !== undefined) return reportPlanted(planted)
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

async function reportPlanted(name: string): Promise<ScenarioReport> {
  const bugs = PLANTED_BUGS.filter((bug) => name === 'all' || bug.name === name)
  assert(
    bugs.length > 0,
    `no bug is named “${name}”: ${PLANTED_BUGS.map((bug) => bug.name).join(' ')}`,
  )
  const lines: string[] = []
  let missed = 0
  for (const bug of bugs) {
    const caught = await huntPlanted(bug)
    if (caught.seed === undefined) missed++
    lines.push(plantedLine(present(bug, 'bug'), caught))
  }
  assert(missed === 0, `${missed} planted bugs were not found:\n${lines.join('\n')}`)
  return { traceHash: 'none', counts: new Map([['planted bugs found', bugs.length]]), lines }
}
