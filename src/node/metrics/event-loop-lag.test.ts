import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as passed } from 'node:timers/promises'

import { Registry } from 'prom-client'

import { countLoopLag } from './event-loop-lag.ts'

const LOOK_MS = 200
const BLOCKED_MS = 400

async function secondsOf(registry: Registry, name: string): Promise<number> {
  const row = await registry.getSingleMetric(`nodejs_eventloop_lag_${name}_seconds`)?.get()
  return row?.values[0]?.value ?? Number.NaN
}

function block(forMs: number): void {
  const untilMs = performance.now() + forMs
  while (performance.now() < untilMs);
}

test('countLoopLag() tells how late the loop is beyond the time between two looks', async () => {
  const registry = new Registry()
  const begin = countLoopLag(registry, LOOK_MS)
  assert.equal(await secondsOf(registry, 'p99'), 0, 'nothing was looked at yet')
  await passed(5 * LOOK_MS)
  // Whatever else runs on this machine, some look is in time.
  assert.ok((await secondsOf(registry, 'min')) < LOOK_MS / 2_000)
  begin()
  await passed(2 * LOOK_MS)
  block(BLOCKED_MS + LOOK_MS)
  await passed(2 * LOOK_MS)
  const most = await secondsOf(registry, 'max')
  assert.ok(most >= BLOCKED_MS / 2_000 && most < 60, `${most} s`)
  assert.ok((await secondsOf(registry, 'stddev')) > 0)
})
