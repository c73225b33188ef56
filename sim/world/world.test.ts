import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isAnilloError } from '../../src/base/errors.ts'
import type { Effects } from '../../src/effects/effects.ts'
import type { OutgoingRequest } from '../../src/effects/http.ts'
import { FaultDirector } from './director.ts'
import { FAULTS, type FaultName } from './faults.ts'
import type { Running } from './machine.ts'
import { runTwice, simulate } from './simulate.ts'
import { World } from './world.ts'

const MINUTE_MS = 60_000

function sleep(effects: Pick<Effects, 'clock'>, ms: number): Promise<void> {
  return new Promise((resolve) => effects.clock.after(ms, resolve))
}

/** Ticks every second, and tells each tick. */
function ticker(tell: () => void) {
  return async (effects: Effects): Promise<Running> => {
    let isStopped = false
    const tick = (): void => {
      if (isStopped) return
      tell()
      effects.clock.after(1_000, tick)
    }
    tick()
    return {
      stop: async () => {
        isStopped = true
      },
    }
  }
}

test('Scheduler runs what a promise settled before the next event', async () => {
  const world = new World({ seed: 1 })
  const order: string[] = []
  const { clock } = world.machine().effects()
  clock.after(5, () => {
    void Promise.resolve()
      .then(() => order.push('first'))
      .then(() => order.push('second'))
  })
  clock.after(5, () => order.push('third'))
  await world.pass(10)
  assert.deepEqual(order, ['first', 'second', 'third'])
})

test('Machine.kill() ends timers and leaves promises open; restart() begins anew', async () => {
  const world = new World({ seed: 1 })
  const machine = world.machine()
  let ticks = 0
  await machine.start(ticker(() => ticks++))
  await world.pass(2_500)
  assert.equal(ticks, 3)
  machine.kill()
  await world.pass(10_000)
  assert.equal(ticks, 3)
  await machine.restart()
  await world.pass(500)
  assert.equal(ticks, 4)
  assert.equal(machine.lives, 2)
  await world.settle(machine.stop(), 'it stops', 1_000)
  await world.pass(10_000)
  assert.equal(ticks, 4)
})

test('Machine.start() rejects with what the program threw, and can be tried again', async () => {
  const world = new World({ seed: 1 })
  const machine = world.machine()
  const program = async (): Promise<Running> => {
    throw new Error('no luck')
  }
  await assert.rejects(machine.start(program), /no luck/)
  assert.equal(machine.isRunning, false)
  await machine.start(ticker(() => {}))
})

test('Machine.pause() holds all of it back; resume() runs what has become due, in order', async () => {
  const world = new World({ seed: 1 })
  const machine = world.machine()
  const effects = machine.effects()
  const done: number[] = []
  for (const ms of [300, 100, 200]) void sleep(effects, ms).then(() => done.push(ms))
  machine.pause()
  await world.pass(1_000)
  assert.deepEqual(done, [])
  assert.equal(effects.clock.nowMs(), 1_000)
  machine.resume()
  await world.pass(1)
  assert.deepEqual(done, [100, 200, 300])
})

test('MachineTime drifts and jumps for its own machine only', async () => {
  const world = new World({ seed: 1 })
  const [fast, even] = [world.machine(), world.machine()]
  fast.time.drift(1.01)
  const [clock, other] = [fast.effects().clock, even.effects().clock]
  const wallBefore = clock.wallMs()
  let firedAtMs = 0
  clock.after(10_100, () => {
    firedAtMs = world.nowMs
  })
  fast.time.jump(-5_000)
  assert.equal(clock.wallMs(), wallBefore - 5_000)
  await world.pass(20_000)
  assert.ok(Math.abs(firedAtMs - 10_000) < 1)
  assert.ok(Math.abs(clock.nowMs() - 20_200) < 1)
  assert.equal(other.nowMs(), 20_000)
})

test('Clock.after() does not fire early when the drift changes meanwhile', async () => {
  const world = new World({ seed: 1 })
  const machine = world.machine()
  const { clock } = machine.effects()
  let firedAtMs: number | undefined
  clock.after(1_000, () => {
    firedAtMs = clock.nowMs()
  })
  await world.pass(500)
  machine.time.drift(0.5)
  await world.pass(1_500)
  assert.ok(firedAtMs !== undefined && firedAtMs >= 1_000)
})

function request(url: string, signal = new AbortController().signal): OutgoingRequest {
  return {
    url: new URL(url),
    address: { address: '203.0.113.7', family: 4 },
    method: 'GET',
    headers: [],
    connectTimeoutMs: 10_000,
    headersTimeoutMs: 15_000,
    headerBytesMax: 65_536,
    headersCountMax: 200,
    signal,
  }
}

test('VirtualSites answer by script and keep a log', async () => {
  const world = new World({ seed: 1 })
  const { http, dns } = world.machine().effects()
  world.sites.name('site.test', '203.0.113.7')
  world.sites.page('http://site.test/', { body: new Uint8Array(40_000).fill(65), delayMs: 2_000 })
  world.sites.page('http://site.test/broken', { body: new Uint8Array(9), breaksAfterBytes: 5 })
  world.sites.page('http://site.test/slow', { delayMs: MINUTE_MS })
  const done = <T>(promise: Promise<T>): Promise<T> => world.settle(promise, 'it', MINUTE_MS)
  assert.equal((await done(dns.resolve('site.test')))[0]?.address, '203.0.113.7')
  const read = async (url: string): Promise<number> => {
    const { body } = await http.request(request(url))
    let length = 0
    for await (const piece of body) length += piece.length
    return length
  }
  assert.equal(await done(read('http://site.test/')), 40_000)
  assert.equal(world.sites.visitsOf('http://site.test/'), 1)
  const fails = (url: string, code: 'FETCH_BROKEN' | 'FETCH_TIMEOUT' | 'FETCH_REFUSED') =>
    assert.rejects(done(read(url)), (error) => isAnilloError(error, code))
  await fails('http://site.test/broken', 'FETCH_BROKEN')
  await fails('http://site.test/slow', 'FETCH_TIMEOUT')
  await fails('http://other.test/', 'FETCH_REFUSED')
  await assert.rejects(done(dns.resolve('none.test')), (e) => isAnilloError(e, 'HOST_UNKNOWN'))
})

test('VirtualSites stop for the signal of the one who asked', async () => {
  const world = new World({ seed: 1 })
  const { http } = world.machine().effects()
  world.sites.name('site.test', '203.0.113.7')
  world.sites.page('http://site.test/', { delayMs: 5_000 })
  const controller = new AbortController()
  const asking = http.request(request('http://site.test/', controller.signal))
  world.scheduler.after(100, 'stop', () => controller.abort(new Error('enough')))
  const ended = world.settle(asking, 'it ends', MINUTE_MS)
  await assert.rejects(ended, (error) => isAnilloError(error, 'RPC_CANCELLED'))
  assert.ok(world.nowMs < 5_000)
})

/** Every fault there is, on machines that talk to themselves. */
async function allFaults(world: World): Promise<readonly string[]> {
  const machines = Array.from({ length: 5 }, () => world.machine())
  let ticks = 0
  for (const machine of machines) {
    await world.start(machine, async (effects) => {
      const file = await effects.disk.open('ticks', 'write')
      const listener = await effects.net.datagrams({
        endpoint: { host: '0.0.0.0', port: 9_299 },
        shared: true,
        received: () => ticks++,
      })
      const tick = async (): Promise<void> => {
        await file.write(0, effects.random.bytes(100)).catch(() => undefined)
        await file.read(0, 100)
        listener.send(new Uint8Array(1), { host: '10.0.0.255', port: 9_299 })
        effects.clock.after(100, () => void tick())
      }
      void tick()
      return { stop: () => listener.close() }
    })
  }
  const director = new FaultDirector({
    world,
    machines,
    weights,
    intervalMsMean: 500,
    durationMsMax: 5_000,
    downMax: 2,
  })
  director.start()
  await world.pass(90_000)
  director.heal()
  await world.until(() => machines.every((m) => m.isRunning && !m.isPaused), 'all run', 10_000)
  return [`${ticks} ticks heard`]
}

const { brokenConnections: _, ...others } = FAULTS
const weights: Partial<Record<FaultName, number>> = {}
for (const name of Object.keys(others)) Object.assign(weights, { [name]: 1 })

test('FaultDirector strikes with each fault, heals all, and replays', async () => {
  const report = await runTwice({ name: 'faults', seed: 5, scenario: allFaults })
  for (const name of Object.keys(weights)) assert.ok((report.counts.get(`fault: ${name}`) ?? 0) > 0)
  const other = await simulate({ name: 'faults', seed: 6, scenario: allFaults })
  assert.notEqual(other.traceHash, report.traceHash)
})

test('runTwice() finds chance that is not the seed’s, and names the first event', async () => {
  let runs = 0
  const scenario = async (world: World): Promise<readonly string[]> => {
    runs++
    world.scheduler.after(1, 'same', () => {})
    world.scheduler.after(2, `differs ${runs}`, () => {})
    await world.pass(10)
    return []
  }
  await assert.rejects(runTwice({ name: 'chancy', seed: 3, scenario }), (error) => {
    assert.match(
      String(error),
      /event 1: first run “2.000 differs 3”, second run “2.000 differs 4”/,
    )
    assert.match(String(error), /npx anillo sim chancy --seed 3/)
    return true
  })
})

test('simulate() fails on what nobody catches and on faults that never struck', async () => {
  const never = async (world: World): Promise<readonly string[]> => {
    world.tally.want(['check: owners'])
    return []
  }
  await assert.rejects(simulate({ name: 'idle', seed: 1, scenario: never }), /check: owners/)
  const broken = async (world: World): Promise<readonly string[]> => {
    await world.until(() => false, 'the impossible', 100)
    return []
  }
  await assert.rejects(simulate({ name: 'idle', seed: 4, scenario: broken }), /--seed 4/)
})
