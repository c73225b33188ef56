/**
 * Upgrades, simulated: members are restarted one after the other with a build that knows the next
 * feature level, while clients write; the level rises with the last one, and not before.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { utf8 } from '../../src/base/bytes.ts'
import { isAnilloError } from '../../src/base/errors.ts'
import { defineProcedure } from '../../src/store/partition/procedures.ts'
import { commonLevel } from '../../src/store/placement/common-level.ts'
import { partitionOf, RING_PARTITION } from '../../src/wire/partition.ts'
import { idOf, PlacedRing, type Build } from './placed-ring.test-helper.ts'

const TABLE = 'things'
const GROUP = partitionOf(TABLE, 'apple')
const GROUPS = [RING_PARTITION, GROUP]
const FIVE = [1, 2, 3, 4, 5]
const UPGRADE_WITHIN_MS = 600_000
const TRY_MS = 10_000
/** A member that stopped answers nothing. */
const SILENCE_MS = 12_000
const PAUSE_MS = 20

/** What the next level brings. */
const double = defineProcedure({
  name: 'number.double',
  tables: ['numbers'],
  sinceLevel: 2,
  readInput: (value) => (typeof value === 'number' ? value : undefined),
  run: (_work, input: number) => 2 * input,
})

const OLD: Build = { levels: { from: 1, to: 1 }, procedures: [] }
const NEW: Build = { levels: { from: 1, to: 2 }, procedures: [double] }
/** Knows the first level no more. */
const NEWER: Build = { levels: { from: 2, to: 3 }, procedures: [double] }

async function oldRing(seed: number): Promise<PlacedRing> {
  const ring = await PlacedRing.founded({ seed, groups: GROUPS, build: OLD })
  for (const number of FIVE.slice(1)) await ring.join(number)
  const isGrown = (): boolean => {
    const configurations = ring.configurations()
    return configurations.length === 2 && configurations.every(([voters]) => voters === 5)
  }
  await ring.until(isGrown, 'five voters', 120_000)
  return ring
}

/** Writes at members in turn until it is told to end; the errors that anybody saw. */
class Load {
  readonly errors: string[] = []
  readonly #ring: PlacedRing
  readonly #done: Promise<void>
  acknowledged = 0
  #isOver = false

  constructor(ring: PlacedRing) {
    this.#ring = ring
    this.#done = this.#write()
  }

  async end(): Promise<void> {
    this.#isOver = true
    await this.#ring.settle(this.#done, 'the load ends')
  }

  async #write(): Promise<void> {
    for (let at = 0; !this.#isOver; at++) {
      const running = FIVE.filter((number) => this.#ring.isUp(number))
      const door = running[at % running.length] ?? 1
      const write = { kind: 'put', sk: `${at % 50}`, value: utf8(`${at}`) } as const
      const request = { table: TABLE, pk: 'apple', conditions: [], writes: [write] }
      const asked = this.#ring.at(door)
      const outcome = await Promise.race([
        asked.store.transact(request, { timeoutMs: TRY_MS }).then(
          () => 'done',
          (thrown: unknown) => String(thrown),
        ),
        this.#after(SILENCE_MS, 'silence'),
      ])
      if (outcome === 'done') this.acknowledged++
      // A door that was stopped under the client is no error of the ring: another one is asked.
      else if (this.#ring.isUp(door) && this.#ring.at(door) === asked) this.errors.push(outcome)
      await this.#after(PAUSE_MS, 'pause')
    }
  }

  #after(delayMs: number, what: string): Promise<string> {
    return new Promise((resolve) => {
      this.#ring.world.scheduler.after(delayMs, what, () => resolve(what))
    })
  }
}

function levelAt(ring: PlacedRing, number: number): readonly number[] {
  const { host, keeper } = ring.at(number)
  return [keeper.roster.level, ...GROUPS.map((group) => host.replica(group)?.featureLevel ?? 0)]
}

async function doubled(ring: PlacedRing, at: number): Promise<unknown> {
  return ring.settle(ring.at(at).store.call(GROUP, double, 21, { timeoutMs: 5_000 }), 'doubling')
}

test('the level rises when the last member was upgraded, under load, without an error', async () => {
  const ring = await oldRing(1)
  const load = new Load(ring)
  ring.build = NEW
  for (const number of FIVE) {
    assert.deepEqual(levelAt(ring, 1), [1, 1, 1], `before ${number} is upgraded`)
    await ring.restart(number)
    await ring.world.pass(20_000)
    if (number === 5) break
    await assert.rejects(doubled(ring, number), (thrown) => isAnilloError(thrown, 'BAD_REQUEST'))
  }
  const hasRisen = (): boolean =>
    FIVE.every((number) => levelAt(ring, number).every((level) => level === 2))
  await ring.until(hasRisen, 'the level rises everywhere', UPGRADE_WITHIN_MS)
  await load.end()
  assert.deepEqual(load.errors, [])
  assert.ok(load.acknowledged > 500, `${load.acknowledged} writes`)
  assert.equal(await doubled(ring, 3), 42)
})

test('before the level rises a member goes back to the old build; afterwards it does not start', async () => {
  const ring = await oldRing(2)
  ring.build = NEW
  for (const number of [1, 2, 3]) await ring.restart(number)
  ring.build = OLD
  await ring.restart(2)
  await ring.world.pass(30_000)
  assert.deepEqual(levelAt(ring, 2), [1, 1, 1])
  ring.build = NEW
  for (const number of [2, 4, 5]) await ring.restart(number)
  const hasRisen = (): boolean => FIVE.every((number) => levelAt(ring, number)[2] === 2)
  await ring.until(hasRisen, 'the level rises', UPGRADE_WITHIN_MS)
  ring.build = OLD
  await assert.rejects(ring.restart(2), (thrown) => isAnilloError(thrown, 'VERSION_TOO_OLD'))
  ring.build = NEW
  await ring.start(2)
  await ring.until(() => levelAt(ring, 2)[2] === 2, 'it goes on with the new build')
})

test('a build that does not know the level of the ring is not let in, older or newer', async () => {
  const ring = await oldRing(3)
  ring.build = NEWER
  await assert.rejects(ring.enrol(6), (thrown) => isAnilloError(thrown, 'VERSION_TOO_NEW'))
  ring.build = NEW
  for (const number of FIVE) await ring.restart(number)
  await ring.until(() => levelAt(ring, 1)[0] === 2, 'the level rises', UPGRADE_WITHIN_MS)
  ring.build = OLD
  await assert.rejects(ring.enrol(6), (thrown) => isAnilloError(thrown, 'VERSION_TOO_OLD'))
  ring.build = NEWER
  await ring.enrol(6)
})

test('commonLevel() is what all know who belong to the ring; who says nothing knows the first', () => {
  const member = (to: number | undefined, state: 'active' | 'draining' | 'gone' | 'removed') => ({
    id: idOf(1),
    name: 'n',
    address: 'a:1',
    host: 'h',
    roles: ['tweeter' as const],
    state,
    ...(to === undefined ? {} : { levels: { from: 1, to } }),
  })
  assert.equal(commonLevel([]), 1)
  assert.equal(commonLevel([member(3, 'active'), member(2, 'draining')]), 2)
  assert.equal(commonLevel([member(3, 'active'), member(1, 'gone'), member(1, 'removed')]), 3)
  assert.equal(commonLevel([member(3, 'active'), member(undefined, 'active')]), 1)
})
