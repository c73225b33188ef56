/**
 * Rings of containers, from the compose files that people are given: built, brought up, disturbed
 * and taken down. Needs podman, netavark, aardvark-dns, iptables and podman-compose.
 */
import assert from 'node:assert/strict'
import { after, before, test, type TestContext } from 'node:test'

import { PATIENCE_MS } from '../../tools/lib/patience.ts'
import { IMAGE, Podman, type Compose } from './podman.ts'

const READY = /^anillo ready http/
const PASSWORD = 'a password of the administrator'
/** A container that does not end is killed after 30 seconds (`stop_grace_period`). */
const DOWN_MS_MAX = 25_000
const URL_OF_ENTRIES = 'https://anillo:9100'
const STORES = ['s1', 's2', 's3'] as const
const ENTRIES = ['e1', 'e2'] as const
const CLI = '/anillo/bin/anillo'
const CLIENT_SIDE = '/anillo/test/interop/client-side.ts'

interface Ring {
  readonly members: readonly { readonly name: string; readonly state: string }[]
  readonly authorityFingerprint?: string
  readonly mayFail: number
}

/** With the image; the reason as text where containers cannot be had here. */
let opened: Podman | string

before(async () => {
  opened = await Podman.open()
  if (typeof opened !== 'string') await done(opened.build())
})
after(async () => {
  if (typeof opened !== 'string') await opened[Symbol.asyncDispose]()
})

/** With no container. */
async function openOrSkip(t: TestContext): Promise<Podman | undefined> {
  if (typeof opened !== 'string') {
    await done(opened.run('rm', '--all', '--force', '--time', '0'))
    return opened
  }
  t.skip(opened)
  return undefined
}

/** Runs to its end, well. @returns what it said */
async function done(ending: ReturnType<Podman['run']>): Promise<string> {
  const { err, exitCode, out } = await ending
  assert.equal(exitCode, 0, `${out}\n${err}`)
  return out
}

async function ready(podman: Podman, container: string): Promise<void> {
  const log = podman.log(container)
  await log.says(READY)
  await log.stop()
}

async function ringAt(podman: Podman, container: string): Promise<Ring> {
  return JSON.parse(await done(podman.run('exec', container, 'anillo', 'status', '--json')))
}

/** A member hears of the others within some seconds: asked until they are so. */
async function until(
  podman: Podman,
  container: string,
  isSo: (ring: Ring) => boolean,
): Promise<Ring> {
  const deadlineMs = performance.now() + PATIENCE_MS
  for (;;) {
    const ring = await ringAt(podman, container)
    if (isSo(ring)) return ring
    assert.ok(performance.now() < deadlineMs, JSON.stringify(ring.members))
  }
}

const upAmong = ({ members }: Ring): number => members.filter(({ state }) => state === 'up').length

async function takeDown(t: TestContext, compose: Compose): Promise<void> {
  const startMs = performance.now()
  await done(compose.run('down', '--volumes'))
  const tookMs = performance.now() - startMs
  t.diagnostic(`down took ${Math.round(tookMs)} ms`)
  assert.ok(tookMs < DOWN_MS_MAX, `down took ${Math.round(tookMs)} ms`)
}

test('one service, scaled: members find each other, more come, and all go on with their data', async (t) => {
  const podman = await openOrSkip(t)
  if (podman === undefined) return
  const compose = podman.compose('deploy/compose.yaml', { ANILLO_ADMIN_PASSWORD: PASSWORD })
  const name = (number: number): string => compose.name('member', number)
  await done(compose.run('up', '--detach'))
  for (const number of [1, 2, 3]) await ready(podman, name(number))
  await until(podman, name(1), (ring) => upAmong(ring) === 3)
  await done(podman.run('healthcheck', 'run', name(2)))
  await done(podman.run('exec', name(2), 'anillo', 'kv', 'put', 't', 'p', 's', 'kept'))

  // Containers are made anew, as by an update; each is the member again that it was.
  await done(compose.run('down'))
  podman.compose('deploy/compose.yaml', { ANILLO_MEMBERS: '4' })
  await done(compose.run('up', '--detach'))
  for (const number of [1, 2, 3, 4]) await ready(podman, name(number))
  const { members } = await until(podman, name(4), (ring) => upAmong(ring) === 4)
  assert.deepEqual(members.map((one) => one.name).toSorted(), ['m1', 'm2', 'm3', 'm4'])
  const got = podman.run('exec', name(4), 'anillo', 'kv', 'get', 't', 'p', 's')
  assert.equal(await done(got), 'kept')
  await takeDown(t, compose)
})

test('two networks: clients reach the entries alone, and notice nothing of what happens behind', async (t) => {
  const podman = await openOrSkip(t)
  if (podman === undefined) return
  const file = 'deploy/two-networks/compose.yaml'
  const compose = podman.compose(file, { ANILLO_ADMIN_PASSWORD: PASSWORD })
  await done(compose.run('up', '--detach'))
  for (const name of [...STORES, ...ENTRIES]) await ready(podman, compose.name(name))
  const whole = await until(podman, compose.name('s1'), (ring) => upAmong(ring) === 5)
  podman.set('ANILLO_CA', whole.authorityFingerprint ?? assert.fail())
  podman.set('ANILLO_NICK', 'admin')
  podman.set('ANILLO_PASSWORD', PASSWORD)
  const clients = compose.network('clients')
  const atClient = (...words: readonly string[]): Promise<string> =>
    done(podman.at(clients, CLI, ...words, '--at', URL_OF_ENTRIES))
  const put = (key: string): Promise<string> => atClient('kv', 'put', 't', 'p', key, key)
  const get = (key: string): Promise<string> => atClient('kv', 'get', 't', 'p', key)

  const reach = ['reach', 'anillo', '9100', '9300', '9500']
  const doors = await done(podman.run('run', '--rm', ...plain(clients), CLIENT_SIDE, ...reach))
  assert.deepEqual(JSON.parse(doors), ['open', 'closed', 'open'])
  const beyond = ['reach', compose.name('s1'), '9100', '9300']
  const behind = await done(podman.run('run', '--rm', ...plain(clients), CLIENT_SIDE, ...beyond))
  assert.deepEqual(JSON.parse(behind), ['ENOTFOUND', 'ENOTFOUND'])
  await put('whole')

  // One that stores is killed, then started; another sleeps; a third loses its network.
  await done(podman.run('kill', compose.name('s1')))
  assert.equal(await get('whole'), 'whole')
  await put('killed')
  await done(podman.run('start', compose.name('s1')))
  await until(podman, compose.name('s2'), (ring) => upAmong(ring) === 5)
  await done(podman.run('pause', compose.name('s2')))
  await put('paused')
  await done(podman.run('unpause', compose.name('s2')))
  const servers = compose.network('servers')
  await until(podman, compose.name('s1'), (ring) => upAmong(ring) === 5)
  await done(podman.run('network', 'disconnect', servers, compose.name('s3')))
  await put('disconnected')
  const again = ['network', 'connect', '--alias', 's3', servers, compose.name('s3')]
  await done(podman.run(...again))
  await until(podman, compose.name('s1'), (ring) => upAmong(ring) === 5)

  // The name of the entries leads to the one that is left.
  await done(podman.run('stop', compose.name('e1')))
  for (const key of ['killed', 'paused', 'disconnected']) assert.equal(await get(key), key)
  await takeDown(t, compose)
})

/** Words of a container that knows nothing of the ring. */
function plain(network: string): readonly string[] {
  return ['--network', network, '--entrypoint', 'node', IMAGE]
}
