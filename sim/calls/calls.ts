/**
 * Members that only call one another, under every fault of machines, links and clocks. Each call
 * must end once, in its time, with its own answer or an error that was to be expected; nothing is
 * carried out twice; nothing grows without bound; and soon after the healing all reach all.
 */
import { assert, present } from '../../src/base/assert.ts'
import { OUT_BYTES_MAX } from '../../src/rpc/limits.ts'
import type { Target } from '../../src/rpc/types.ts'
import type { ScenarioRun } from '../scenario.ts'
import { certify } from '../world/credentials.ts'
import { FaultDirector } from '../world/director.ts'
import type { Machine } from '../world/machine.ts'
import { runTwice } from '../world/simulate.ts'
import type { World } from '../world/world.ts'
import { runCaller, targetOf, type RunningCaller } from './caller.ts'
import { Ledger } from './ledger.ts'
import { echo } from './methods.ts'

const MEMBERS = 5
const STORM_MS = 120_000
const LOOK_MS = 500
/** A dead connection is found within DEAD_AFTER_MS of rpc/limits.ts; then one more is opened. */
const HEALED_WITHIN_MS = 30_000
const LAST_CALL_MS = 5_000

const WEIGHTS = {
  kill: 3,
  powerLoss: 2,
  pause: 3,
  partition: 2,
  oneWayPartition: 2,
  nonTransitivePartition: 2,
  lossyLinks: 2,
  slowLinks: 2,
  brokenConnections: 3,
  clockJump: 1,
  clockDrift: 1,
}

/** Options: `--seconds` of storm. Each seed runs twice and must do the same. */
export const run: ScenarioRun = (seed, options) => {
  const stormMs = Number(options.get('seconds') ?? STORM_MS / 1_000) * 1_000
  return runTwice({ name: 'calls', seed, scenario: (world) => storm(world, stormMs) })
}

async function storm(world: World, stormMs: number): Promise<readonly string[]> {
  world.tally.want(['check: waiting bytes bounded', 'check: reached after healing'])
  const ledger = new Ledger(world)
  const machines = Array.from({ length: MEMBERS }, () => world.machine())
  const running = await startAll(world, machines, ledger)
  const director = new FaultDirector({
    world,
    machines,
    weights: WEIGHTS,
    intervalMsMean: 1_500,
    durationMsMax: 20_000,
    downMax: 2,
  })
  director.start()
  const endMs = world.nowMs + stormMs
  while (world.nowMs < endMs) await passAndCheck(world, ledger)
  director.heal()
  const healedMs = world.nowMs + HEALED_WITHIN_MS
  while (world.nowMs < healedMs) await passAndCheck(world, ledger)
  await reachAll(world, machines, running)
  return [`${MEMBERS} members, ${ledger.asked} calls in ${(world.nowMs / 1_000).toFixed(0)} s`]
}

async function startAll(
  world: World,
  machines: readonly Machine[],
  ledger: Ledger,
): Promise<ReadonlyMap<Machine, RunningCaller>> {
  const running = new Map<Machine, RunningCaller>()
  const credentials = await certify(world.machine().effects().crypto, machines.length)
  const targets = machines.map((machine, index) => targetOf(machine, index))
  for (const [index, machine] of machines.entries()) {
    const own = present(credentials[index], 'credentials')
    const others = (): Target[] => targets.filter((_, other) => other !== index)
    await world.start(machine, async (effects) => {
      const caller = await runCaller(effects, { machine, credentials: own, others, ledger })
      running.set(machine, caller)
      return caller
    })
  }
  return running
}

async function passAndCheck(world: World, ledger: Ledger): Promise<void> {
  await world.pass(LOOK_MS)
  ledger.checkOpen()
  for (const stream of world.net.streams) {
    world.tally.add('check: waiting bytes bounded')
    const { unsentBytes } = stream
    assert(unsentBytes <= OUT_BYTES_MAX, `${unsentBytes} bytes wait on one connection`)
  }
}

async function reachAll(
  world: World,
  machines: readonly Machine[],
  running: ReadonlyMap<Machine, RunningCaller>,
): Promise<void> {
  for (const from of machines) {
    const { node } = present(running.get(from), 'running caller')
    for (const [index, to] of machines.entries()) {
      if (from === to) continue
      const question = { id: `${from.name} to ${to.name}`, padding: '', waitMs: 0 }
      const call = node.call(targetOf(to, index), echo, question, { timeoutMs: LAST_CALL_MS })
      const { id } = await world.settle(call, question.id, 2 * LAST_CALL_MS)
      world.tally.add('check: reached after healing')
      assert(id === question.id, 'the right answer')
    }
  }
}
