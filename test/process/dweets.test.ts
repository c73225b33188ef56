/**
 * The microblog on real processes: each of the eight actions at another member than the one before,
 * also while one of three is dead.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'

import { isAnilloError, type ErrorCode } from '../../src/base/errors.ts'
import type { AnilloClient } from '../../src/client/client.ts'
import { allOf, listed } from '../../src/effects/listed.ts'
import type { NewDweets, Publication } from '../../src/wire/api-dweets.ts'
import { PATIENCE_MS } from '../../tools/lib/patience.ts'
import { DweetPerson as Person } from './dweet-person.ts'
import { RealRing } from './ring.ts'

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts')
const MEMBERS = 3
const LOOK_MS = 100

function textOf(one: Publication): string {
  return one.kind === 'dweet' ? one.text : `${one.author.nick}: ${one.of?.text ?? 'deleted'}`
}

/** What is new, in all that `new` tells until nothing is unseen. */
async function unseen(who: Person, door: number): Promise<string[]> {
  const texts: string[] = []
  for (;;) {
    const fresh: NewDweets = await who.at(door).dweets.fresh(3)
    if (fresh.unseen === 0) return texts
    texts.push(...fresh.dweets.map(textOf))
    await who.at((door + 1) % MEMBERS).dweets.acknowledge(fresh.token)
  }
}

async function refused(work: Promise<unknown>, code: ErrorCode): Promise<void> {
  await assert.rejects(work, (thrown) => isAnilloError(thrown, code))
}

/** What comes as a message of the store is there some milliseconds later. */
async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS
  while (!(await isSo())) {
    assert.ok(performance.now() < endMs, what)
    await pause(LOOK_MS)
  }
}

test('the eight actions, each at another member, also with one of three dead', async (t) => {
  await using ring = await RealRing.start({ members: MEMBERS })
  const ana = new Person(ring, 'ana')
  const ben = new Person(ring, 'ben')
  await t.test('register, log in, and what needs a log-in without one', async () => {
    await ana.register(0)
    await ben.register(1)
    await refused(ana.at(2).dweets.fresh(), 'LOGIN_FIRST')
    await ana.logIn(1)
    await ben.logIn(2)
  })
  await t.test('follow, dweet, ask for what is new, redweet, look at a profile', async () => {
    await ana.at(2).dweets.follow('BEN')
    await refused(ana.at(0).dweets.follow('nobody'), 'NO_USER')
    const { id } = await ben.at(0).dweets.publish({ text: 'hola @ana #anillo' })
    const page = await ana.at(1).dweets.publicationsOf('ben')
    assert.deepEqual(page.items.map(textOf), ['hola @ana #anillo'])
    assert.deepEqual(await unseen(ana, 2), ['hola @ana #anillo'])
    assert.deepEqual(await unseen(ana, 0), [])
    await ana.at(1).dweets.redweet(id)
    await ana.at(0).dweets.like(id, true)
    const mine = await ben.at(2).dweets.publicationsOf('ana')
    assert.deepEqual(mine.items.map(textOf), ['ana: hola @ana #anillo'])
    assert.equal((await ben.at(1).dweets.profile('ana')).dweets, 1)
    await until(async () => {
      const { items } = await ben.at(0).dweets.notifications()
      return items.length === 3
    }, 'Ben is told of the follower, the redweet and the like')
    await until(
      async () => (await ben.at(1).dweets.tagged('ANILLO')).items.length === 1,
      'it is found by its tag',
    )
  })
  await t.test('a command is the same', () => commands(ring, ben))
  await t.test('who listens at another member hears what is published', () => listen(ana))
  await t.test('with one of three dead nothing is lost, and nothing comes twice', async () => {
    await ring.keepDown('n2')
    for (let n = 1; n <= 5; n++) {
      const key = crypto.randomUUID()
      const [one, two] = [ben.at(n % MEMBERS), ben.at((n + 1) % MEMBERS)]
      const dweet = { text: `number ${n}` }
      const first = await one.dweets.publish(dweet, { key })
      assert.equal((await two.dweets.publish(dweet, { key })).id, first.id)
    }
    const wanted = ['by command', 'number 1', 'number 2', 'number 3', 'number 4', 'number 5']
    assert.deepEqual(await unseen(ana, 1), wanted)
    const all = await allOf(
      listed((after) => ana.at(0).dweets.publicationsOf('ben', { limit: 2, ...after })),
    )
    assert.deepEqual(all.map(textOf), [...wanted.toReversed(), 'hola @ana #anillo'])
    ring.bringBack()
  })
  await t.test('logged out, a token reads nothing at any member', async () => {
    await ana.at(0).accounts.logOut({ everywhere: false })
    for (const door of [0, 1, 2]) await refused(ana.at(door).dweets.home(), 'LOGIN_FIRST')
  })
})

/** Nobody is told from when on they are listened to: something is published until it is heard. */
async function listen(who: Person): Promise<void> {
  const stop = new AbortController()
  let isHeard = false
  const heard = firstPublished(who.at(1), stop.signal).then((text) => {
    isHeard = true
    return text
  })
  let count = 0
  await until(async () => {
    await who.at(2).dweets.publish({ text: `is this heard? ${++count}` })
    return isHeard
  }, 'the stream tells of it')
  assert.match((await heard) ?? '', /^is this heard/)
  stop.abort()
}

async function firstPublished(
  { dweets }: AnilloClient,
  signal: AbortSignal,
): Promise<string | undefined> {
  for await (const event of dweets.events(signal)) {
    if (event.kind === 'published') return textOf(event.publication)
  }
  return undefined
}

async function commands(ring: RealRing, { token }: Person): Promise<void> {
  const env = { ...process.env, NO_COLOR: '1', ANILLO_TOKEN: token }
  const words = ['dweet', 'post', 'by command', '--at', ring.door(2), '--json']
  const child = spawn(process.execPath, [MAIN, ...words], { env })
  const texts = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (texts.out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (texts.err += text))
  const [code] = (await once(child, 'close')) as [number | null]
  assert.equal(code, 0, texts.err)
  assert.equal(JSON.parse(texts.out).text, 'by command')
}
