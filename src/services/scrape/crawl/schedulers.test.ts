import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Clock } from '../../../effects/clock.ts'
import type { Overlay } from '../../../overlay/types.ts'
import { SILENT } from '../pages/page-ring.test-helper.ts'
import type { Frontier } from './frontier.ts'
import { readHost } from './hosts.ts'
import { Schedulers } from './schedulers.ts'

const HOST = readHost('http://a.test') ?? assert.fail('a host')
const [OLD, NEW] = ['a', 'b'].map((digit) => digit.repeat(32)) as [string, string]

/** Time passes at once. @param looks what stands in the frontier, look by look */
function hearing(looks: readonly (readonly string[])[]) {
  const heard: string[] = []
  let [looked, periods] = [0, 0]
  const clock: Clock = {
    nowMs: () => 0,
    wallMs: () => 0,
    soon: (run) => setImmediate(run),
    after: (_delayMs, run) => {
      // The first is that of the look around, which is not tried here.
      const due = ++periods === 1 ? undefined : setImmediate(run)
      return { cancel: () => clearImmediate(due) }
    },
  }
  const ended = Promise.withResolvers<void>()
  const active: Frontier['active'] = async () =>
    (looks[Math.min(looked++, looks.length - 1)] ?? []).map((crawl) => ({ crawl, host: HOST }))
  const schedulers = new Schedulers({
    clock,
    log: SILENT,
    // eslint-disable-next-line typescript/no-unsafe-type-assertion
    overlay: {
      joined: true,
      owns: () => true,
      onNeighbours: () => () => undefined,
    } as unknown as Overlay,
    frontier: { active } as unknown as Frontier,
    schedule: () => ({
      hear: (crawl) => {
        if (!heard.includes(crawl)) heard.push(crawl)
        return true
      },
      close: async () => ended.resolve(),
      ended: ended.promise,
    }),
  })
  return { heard, schedulers }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}

test('the URLs of a second crawl are waited for though the host has another crawl already', async () => {
  const world = hearing([[OLD], [OLD], [OLD, NEW]])
  world.schedulers.hear(HOST)
  await until(() => world.heard.includes(OLD))
  world.schedulers.hear(HOST)
  await until(() => world.heard.includes(NEW))
  assert.deepEqual(world.heard, [OLD, NEW])
  await world.schedulers.close()
})
