import assert from 'node:assert/strict'
import { test } from 'node:test'

import { simCommand } from './main.ts'
import type { Scenario, ScenarioOptions } from './scenario.ts'

interface Asked {
  readonly seed: number
  readonly options: ScenarioOptions
}

function table(): { asked: Asked[]; lines: string[]; scenarios: Scenario[] } {
  const asked: Asked[] = []
  const scenario = (name: string): Scenario => ({
    name,
    description: `what ${name} does`,
    load: async () => async (seed, options) => {
      asked.push({ seed, options })
      if (options.get('fail') === String(seed)) throw new Error('a check failed')
      return { traceHash: 'abc', counts: new Map([['faults', 3]]), lines: ['12 members'] }
    },
  })
  return { asked, lines: [], scenarios: [scenario('first'), scenario('second')] }
}

async function command(text: string): Promise<{ code: number; asked: Asked[]; output: string }> {
  const { asked, lines, scenarios } = table()
  const args = text === '' ? [] : text.split(' ')
  const code = await simCommand(args, { scenarios, print: (line) => lines.push(line) })
  return { code, asked, output: lines.join('\n') }
}

test('simCommand() runs the named scenario with every seed of the range', async () => {
  const { code, asked, output } = await command('second --seeds 3..5')
  assert.equal(code, 0)
  assert.deepEqual(
    asked.map(({ seed }) => seed),
    [3, 4, 5],
  )
  assert.match(output, /second, seed 4: held, trace abc/)
  assert.match(output, /faults +3/)
  assert.match(output, /\nPassed: every check of second held with the seeds 3 to 5\.$/)
})

test('simCommand() runs the first N seeds with --seeds N, and the one with --seed N', async () => {
  const many = await command('second --seeds 3')
  assert.deepEqual(
    many.asked.map(({ seed }) => seed),
    [1, 2, 3],
  )
  const one = await command('second --seed 3')
  assert.deepEqual(
    one.asked.map(({ seed }) => seed),
    [3],
  )
})

test('simCommand() prints help without running anything', async () => {
  for (const text of ['--help', 'first --help', 'first --seed 3 -h']) {
    const { code, asked, output } = await command(text)
    assert.deepEqual({ code, asked }, { code: 0, asked: [] })
    assert.match(output, /Usage: anillo sim[\s\S]*what first does/)
  }
})

test('simCommand() without a name runs all of them', async () => {
  const { code, asked } = await command('')
  assert.equal(code, 0)
  assert.equal(asked.length, 2)
})

test('simCommand() hands other options to the scenario', async () => {
  const { asked } = await command('first --members 50 --seed 9')
  assert.equal(asked[0]?.seed, 9)
  assert.equal(asked[0]?.options.get('members'), '50')
})

test('simCommand() keeps --jobs to itself', async () => {
  const { code, asked } = await command('first --jobs 1 --seeds 2 --members 50')
  assert.equal(code, 0)
  assert.deepEqual(
    asked.map(({ options }) => [...options]),
    [[['members', '50']], [['members', '50']]],
  )
})

test('simCommand() prints the command that replays a failure, with its options', async () => {
  const { code, output } = await command('first --fail 8 --seeds 7..9')
  assert.equal(code, 1)
  assert.match(output, /a check failed/)
  assert.match(output, /Replay: npx anillo sim first --seed 8 --fail 8/)
})

const REFUSED = ['third', 'first --seed', 'first --seed x', 'first --seeds 5..3', 'first 7']
const NO_JOBS = ['first --jobs', 'first --jobs 0', 'first --jobs x', 'first --jobs --seed 3']

test('simCommand() refuses an unknown name, a flag without value, seeds and jobs that are none', async () => {
  for (const text of [...REFUSED, ...NO_JOBS]) {
    const { code, output } = await command(text)
    assert.equal(code, 2, text)
    assert.match(output, /Usage: anillo sim/)
  }
})
