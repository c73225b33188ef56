/**
 * Members on three machines that know nothing of one another find each other. The machines are
 * network namespaces, or loopback addresses where this account may make none.
 */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import { PATIENCE_MS } from '../../tools/lib/patience.ts'
import { openPlaces, type Place, type Running } from './places.ts'

const READY = /^anillo ready http/
const CODE = /with the code (\d{6})/

interface RingState {
  readonly ringId: string
  readonly members: readonly { readonly name: string; readonly state: string }[]
  readonly waiting: readonly { readonly code: string; readonly name: string }[]
}

async function stateAt(place: Place): Promise<RingState> {
  const { exitCode, out, err } = await place.run('status', '--json')
  assert.equal(exitCode, 0, err)
  return JSON.parse(out)
}

/** A fresh member hears of the others within some stabilise periods: asked until it knows them. */
async function seesAll(place: Place, names: readonly string[]): Promise<void> {
  const deadlineMs = performance.now() + PATIENCE_MS
  for (;;) {
    const { members } = await stateAt(place)
    const up = members.filter(({ state }) => state === 'up').map(({ name }) => name)
    if (names.every((name) => up.includes(name))) return
    assert.ok(performance.now() < deadlineMs, `${place.name} sees only ${up.join(', ')}`)
  }
}

async function three(t: TestContext): Promise<readonly [Place, Place, Place]> {
  const places = openPlaces()
  t.after(() => places[Symbol.asyncDispose]())
  t.diagnostic(
    places.kind === 'namespaces'
      ? 'three network namespaces on a bridge'
      : 'network namespaces are not allowed here: three loopback addresses instead',
  )
  const [first, second, third] = places.all
  assert.ok(first && second && third)
  return [first, second, third]
}

async function ready(place: Place, ...words: readonly string[]): Promise<Running> {
  const member = place.start(...words)
  await member.says(READY)
  return member
}

test('init --admit-local and join --discover alone make a ring of three', async (t) => {
  const [first, second, third] = await three(t)
  await ready(first, 'init', '--admit-local', '10')
  const joined = await Promise.all([
    ready(second, 'join', '--discover'),
    ready(third, 'join', '--discover'),
  ])
  for (const member of joined) assert.ok(!member.hasSaid(CODE), 'nobody needs a code')
  for (const place of [first, second, third]) await seesAll(place, ['m1', 'm2', 'm3'])
  const told = await third.run('status')
  assert.match(told.out, /m1 lets in whoever joins from its network, without asking, until 2/)
})

test('join --discover is let in by nobody before a person admits it', async (t) => {
  const [first, second, third] = await three(t)
  await ready(first, 'init')
  const newcomer = second.start('join', '--discover')
  const code = (await newcomer.says(CODE))[1] ?? ''
  const before = await stateAt(first)
  assert.deepEqual(
    before.waiting.map((one) => one.code),
    [code],
  )
  assert.deepEqual(
    before.members.map(({ name }) => name),
    ['m1'],
  )

  const wrong = code === '000000' ? '000001' : '000000'
  const refused = await first.run('member', 'admit', wrong)
  assert.equal(refused.exitCode, 1, refused.err)
  assert.match(refused.err, /ADMISSION_UNKNOWN/)
  assert.ok(!newcomer.hasSaid(READY))
  assert.equal((await stateAt(first)).members.length, 1)

  const admitted = await first.run('member', 'admit', code)
  assert.equal(admitted.exitCode, 0, admitted.err)
  await newcomer.says(READY)

  // The third waits wherever it was heard first; it is admitted at the other member.
  const last = third.start('join', '--discover')
  const other = (await last.says(CODE))[1] ?? ''
  const far = await second.run('member', 'admit', other)
  assert.equal(far.exitCode, 0, far.err)
  await last.says(READY)
  for (const place of [first, second, third]) await seesAll(place, ['m1', 'm2', 'm3'])
})

test('token and join make a ring, and a token serves once', async (t) => {
  const [first, second, third] = await three(t)
  await ready(first, 'init')
  const { out } = await first.run('token')
  const token = /anillo1-\S+/.exec(out)?.[0] ?? ''
  await ready(second, 'join', token)
  await seesAll(second, ['m1', 'm2'])
  const again = await third.run('join', token)
  assert.equal(again.exitCode, 1)
  assert.match(again.err, /TOKEN_USED/)
  const torn = await third.run('join', token.slice(0, -9))
  assert.equal(torn.exitCode, 2)
  assert.match(torn.err, /TOKEN_MALFORMED/)
})

test('join --discover tells of two rings and joins the one that is named', async (t) => {
  const [first, second, third] = await three(t)
  await Promise.all([
    ready(first, 'init', '--admit-local', '10'),
    ready(second, 'init', '--admit-local', '10'),
  ])
  const unsure = await third.run('join', '--discover')
  assert.equal(unsure.exitCode, 1)
  assert.match(unsure.err, /RING_AMBIGUOUS/)
  const { ringId } = await stateAt(second)
  assert.ok(unsure.err.includes(ringId), 'the rings are named')
  await ready(third, 'join', '--discover', '--ring', ringId.slice(0, 8))
  assert.equal((await stateAt(third)).ringId, ringId)
  assert.equal((await stateAt(first)).members.length, 1)
})

test('a ring of one goes on after its member was killed as soon as it was ready', async (t) => {
  const [first] = await three(t)
  const member = await ready(first, 'init')
  await member.kill()
  await ready(first, 'init')
  assert.equal((await stateAt(first)).members.length, 1)
})

test('join --discover says that there is no ring', async (t) => {
  const [first] = await three(t)
  const alone = await first.run('join', '--discover')
  assert.equal(alone.exitCode, 1)
  assert.match(alone.err, /RING_NOT_FOUND/)
})
