/**
 * The microblog on a real ring of five members, of which two are killed for good while people
 * publish, follow and read: nothing acknowledged is lost, nothing is there twice, everything new is
 * shown once. `ANILLO_DWEETS_FULL=1` has 20,000 dweets, and a profile of 5,000.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import type { Publication } from '../../src/wire/api-dweets.ts'
import { RealRing } from '../process/ring.ts'
import { Crowd } from './dweet-crowd.ts'

const IS_FULL = process.env['ANILLO_DWEETS_FULL'] === '1'
const MEMBERS = 5
const PEOPLE = 32
const DWEETS = IS_FULL ? 20_000 : 600
const PROFILE = IS_FULL ? 5_000 : 150
const DEAD = ['n4', 'n5']

let ring: RealRing
before(async () => {
  const flags = ['--no-restart', '--max-members', `${MEMBERS}`]
  const env = { ANILLO_DWEET_RATE: '1000000' }
  ring = await RealRing.start({ members: MEMBERS, flags, env })
})
after(() => ring[Symbol.asyncDispose]())

test('two of five are killed under load: nothing is lost, nothing is there twice', async (t) => {
  const progress = (acknowledged: number): void => {
    if (acknowledged === DWEETS >> 1) for (const name of DEAD) void ring.signal(name, 'SIGKILL')
  }
  const crowd = await Crowd.gather({
    ring,
    members: MEMBERS,
    people: PEOPLE,
    dweets: DWEETS,
    progress,
  })
  const { acknowledged, failed, longestGapMs, operations, seconds } = await crowd.run()
  // After its time of grace a dead one is told no more.
  await ring.until(0, ({ members }) => {
    const up = members.filter(({ state }) => state === 'up').map(({ name }) => name)
    return up.length === MEMBERS - DEAD.length && !DEAD.some((name) => up.includes(name))
  })
  let there = 0
  const all = new Map<string, readonly Publication[]>()
  for (const person of crowd.people) {
    there += await person.checkProfile()
    all.set(person.nick, await person.profile())
  }
  assert.ok(there >= acknowledged)
  let shown = 0
  for (const person of crowd.people) shown += await person.checkNew(all)
  t.diagnostic(
    `${operations} operations in ${Math.round(seconds)} s, ${acknowledged} acknowledged dweets, ` +
      `${failed.length} requests failed (${failed[0] ?? 'none'}); ` +
      `longest time without a change that was told: ${Math.round(longestGapMs)} ms; ` +
      `${shown} were new to those who follow, each shown once`,
  )

  await t.test('a long profile is paged to its end, each once, in order', async (part) => {
    const [person] = crowd.people
    assert.ok(person)
    while ((await person.dweets.profile(person.nick)).dweets < PROFILE) {
      await Promise.all(Array.from({ length: 16 }, () => person.publish()))
    }
    part.diagnostic(`${await person.checkProfile()} dweets of ${person.nick}`)
  })
})
