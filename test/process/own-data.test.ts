/** One account leaves a ring of processes, and comes into another one, of which a member dies. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { allOf, listed } from '../../src/effects/listed.ts'
import type { Publication } from '../../src/wire/api-dweets.ts'
import { DweetPerson } from './dweet-person.ts'
import { RealRing } from './ring.ts'

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts')
const DWEETS = 150

function all(who: DweetPerson, first: number): Promise<Publication[]> {
  return allOf(listed((after) => who.at(first).dweets.publicationsOf(who.nick, { ...after })))
}

function said(one: Publication) {
  const { createdAt, id, kind } = one
  return kind === 'redweet' ? { kind, id, createdAt } : { kind, id, createdAt, text: one.text }
}

/** `anillo dweet WORDS` at these doors. */
async function command({ token }: DweetPerson, doors: readonly string[], words: readonly string[]) {
  const env = { ...process.env, NO_COLOR: '1', ANILLO_TOKEN: token }
  const at = doors.flatMap((door) => ['--at', door])
  const child = spawn(process.execPath, [MAIN, 'dweet', ...words, ...at, '--json'], { env })
  const texts = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (texts.out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (texts.err += text))
  const [code] = (await once(child, 'close')) as [number | null]
  assert.equal(code, 0, texts.err)
  return JSON.parse(texts.out)
}

/** An import under way: a dweet of it is there. */
async function begun(who: DweetPerson, first: number): Promise<void> {
  for (;;) {
    const { dweets } = await who.at(first).dweets.profile(who.nick)
    if (dweets > 0) return
  }
}

test('the same dweets, times and follows in another ring, while one of its members dies', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'anillo-own-data-'))
  const path = join(folder, 'mine.zip')
  await using here = await RealRing.start({ members: 1, env: { ANILLO_DWEET_RATE: '1000' } })
  const ana = new DweetPerson(here, 'ana', 1)
  const ben = new DweetPerson(here, 'ben', 1)
  for (const who of [ana, ben]) {
    await who.register(0)
    await who.logIn(0)
  }
  const theirs = await ben.at(0).dweets.publish({ text: 'theirs' })
  for (let n = 1; n <= DWEETS; n++) await ana.at(0).dweets.publish({ text: `number ${n}` })
  await ana.at(0).dweets.redweet(theirs.id)
  await ana.at(0).dweets.follow('ben')
  const before = await all(ana, 0)
  const { bytes } = await command(ana, [here.door(0)], ['export', '--out', path])
  assert.ok(bytes > 0)

  await using there = await RealRing.start({ members: 3 })
  const [moved, friend] = [new DweetPerson(there, 'ana'), new DweetPerson(there, 'ben')]
  for (const who of [moved, friend]) {
    await who.register(0)
    await who.logIn(1)
  }
  await friend.at(1).dweets.follow('ana')
  const doors = [0, 1, 2].map((index) => there.door(index))
  const importing = command(moved, doors, ['import', path])
  await begun(moved, 1)
  await there.keepDown('n1')
  const tally = await importing
  assert.deepEqual([tally.imported.follow, tally.skippedCount], [1, 0])
  const after = await all(moved, 1)
  assert.deepEqual(after.map(said), before.map(said))
  const again = await command(moved, doors, ['import', path])
  assert.deepEqual(again.imported, {})
  assert.deepEqual((await all(moved, 2)).map(said), before.map(said))
  const following = await moved.at(1).dweets.following('ana')
  assert.deepEqual(
    following.items.map(({ nick }) => nick),
    ['ben'],
  )
  assert.equal((await friend.at(2).dweets.fresh()).unseen, 0)
  await rm(folder, { recursive: true })
})
