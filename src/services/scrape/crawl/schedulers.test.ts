import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AnilloError } from '../../../base/errors.ts'
import type { Clock } from '../../../effects/clock.ts'
import { ManualClock } from '../../../effects/manual-clock.test-helper.ts'
import type { Overlay } from '../../../overlay/types.ts'
import { FIRST_LOOK_MS, LOOK_SOON_MS } from '../lookout/limits.ts'
import { SILENT } from '../pages/page-ring.test-helper.ts'
import type { Frontier } from './frontier.ts'
import { readHost } from './hosts.ts'
import { headOfHost, type CrawlOnHost } from './places.ts'
import { Schedulers } from './schedulers.ts'

const HOST = readHost('http://a.test') ?? assert.fail('a host')
const OTHER = readHost('http://b.test') ?? assert.fail('a host')
const SELF = { member: 'c'.repeat(32), life: 'd'.repeat(32) }
const [OLD, NEW] = ['a', 'b'].map((digit) => digit.repeat(32)) as [string, string]

// eslint-disable-next-line typescript/no-unsafe-type-assertion
const OWNER = {
  joined: true,
  owns: () => true,
  onNeighbours: () => () => undefined,
} as unknown as Overlay

/** On a ring on which this member owns every place. */
function schedulersOf(
  options: Pick<ConstructorParameters<typeof Schedulers>[0], 'clock' | 'schedule'>,
  frontier: Partial<Frontier>,
): Schedulers {
  // eslint-disable-next-line typescript/no-unsafe-type-assertion
  return new Schedulers({ log: SILENT, overlay: OWNER, frontier: frontier as Frontier, ...options })
}

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
  const schedule = () => ({
    hear: (crawl: string) => {
      if (!heard.includes(crawl)) heard.push(crawl)
      return true
    },
    close: async () => ended.resolve(),
    ended: ended.promise,
  })
  return { heard, schedulers: schedulersOf({ clock, schedule }, { active }) }
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

/** Of hosts that are taken. */
function trial(clock: Clock, frontier: Partial<Frontier>) {
  const taken = new Set<string>()
  const schedule = (host: string) => ({
    hear: () => {
      taken.add(host)
      return true
    },
    close: async () => undefined,
    ended: new Promise<never>(() => undefined),
  })
  const open = async () => new Set([OLD])
  return { taken, schedulers: schedulersOf({ clock, schedule }, { open, ...frontier }) }
}

const OWN = { sum: async () => ({ fetched: 0, by: SELF }), wasEarlier: () => true }

test('a look around takes what it finds, though a part of the store cannot be read', async () => {
  const clock = new ManualClock()
  const failed = new Set<string>()
  const active = async (head: string): Promise<CrawlOnHost[]> => {
    if (head === '00') {
      failed.add(head)
      throw new AnilloError('STORE_UNAVAILABLE')
    }
    return head === headOfHost(HOST) ? [{ crawl: OLD, host: HOST }] : []
  }
  const { schedulers, taken } = trial(clock, { active, ...OWN })
  clock.advance(LOOK_SOON_MS)
  await until(() => taken.size > 0)
  assert.deepEqual([...taken, ...failed], [HOST, '00'])
  // And again, soon, for the rest.
  failed.clear()
  await new Promise((resolve) => setImmediate(resolve))
  clock.advance(LOOK_SOON_MS)
  await until(() => failed.size > 0)
  await schedulers.close()
})

test('the first look takes what was this member’s before, the second one all', async () => {
  const clock = new ManualClock()
  const active = async (head: string): Promise<CrawlOnHost[]> =>
    [HOST, OTHER].filter((host) => head === headOfHost(host)).map((host) => ({ crawl: OLD, host }))
  const { schedulers, taken } = trial(clock, {
    active,
    sum: async ({ host }) => ({ fetched: 0, ...(host === HOST ? { by: SELF } : {}) }),
    wasEarlier: () => true,
  })
  clock.advance(FIRST_LOOK_MS)
  await until(() => clock.waiting > 0)
  assert.deepEqual([...taken], [HOST])
  clock.advance(LOOK_SOON_MS)
  await until(() => taken.size > 1)
  await schedulers.close()
})
