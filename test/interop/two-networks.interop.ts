/**
 * From the clients' network only the doors of the entry member answer, and it holds nothing. Two
 * bridges between network namespaces; left out, with a word, where this account may make none.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import type { Ring } from '../../src/wire/api.ts'
import type { Running } from './places.ts'
import {
  ADMIN_PASSWORD,
  CLIENTS,
  DISCOVERY_PORT,
  ENTRY_NUMBER,
  FTP_PORT,
  HTTP_PORT,
  openTwoNetworks,
  REPLAY_PORT,
  SHARE_PORT,
  RPC_PORT,
  SERVERS,
  type Machine,
  type TwoNetworks,
} from './two-networks.ts'

const READY = /^anillo ready http/
const NAME = 'anillo.test'
const ENTRY = `${CLIENTS}.${ENTRY_NUMBER}`
const URL_OF_ENTRY = `https://${ENTRY}:${HTTP_PORT}`
/** Of an entry: files, the page and API, what is shared with everybody, the archive. */
const CLIENT_PORTS = [FTP_PORT, HTTP_PORT, SHARE_PORT, REPLAY_PORT]
/** Planted: no disk of the entry may show it. */
const SECRET = 'the secret that was planted here'
const STORES = ['--roles', 'chord,tweeter'] as const

async function tokenAt(machine: Machine): Promise<string> {
  const { err, out } = await machine.start('token').ended
  return /anillo1-\S+/.exec(out)?.[0] ?? assert.fail(err)
}

/** @returns the entry, as it joined */
async function startRing({ entry, servers }: TwoNetworks): Promise<Running> {
  const [first, ...others] = servers
  await first.start('init', ...STORES).says(READY)
  for (const server of others) {
    await server.start('join', await tokenAt(first), ...STORES).says(READY)
  }
  const doors = ['--http-host', ENTRY, '--http-name', ENTRY, '--http-name', NAME]
  const joins = entry.start('join', await tokenAt(first), '--roles', 'entry,chord', ...doors)
  await joins.says(READY)
  assert.ok(joins.hasSaid(/clients of other machines come by https:/))
  return joins
}

/** What client-side.ts found. */
async function atClient<T>(networks: TwoNetworks, ...words: readonly string[]): Promise<T> {
  const { err, out } = await networks.atClient(...words)
  assert.notEqual(out, '', err)
  return JSON.parse(out)
}

/** Ports of a member that answer at that address. */
async function openAmong(networks: TwoNetworks, host: string): Promise<readonly number[]> {
  const ports = [FTP_PORT, HTTP_PORT, RPC_PORT, SHARE_PORT, REPLAY_PORT]
  const found: readonly string[] = await atClient(networks, 'reach', host, ...ports.map(String))
  return ports.filter((_, index) => found[index] === 'open')
}

/** Everything that stands on the disk of a machine. */
function filesIn(path: string): readonly Buffer[] {
  const entries = readdirSync(path, { recursive: true, withFileTypes: true })
  return entries
    .filter((one) => one.isFile())
    .map((one) => readFileSync(join(one.parentPath, one.name)))
}

function openOrSkip(t: TestContext): TwoNetworks | undefined {
  const networks = openTwoNetworks()
  if (networks === undefined) t.skip('this account may make no network namespaces')
  return networks
}

test('an entry that is started again without its flags opens the same doors and no others', async (t) => {
  await using networks = openOrSkip(t)
  if (networks === undefined) return
  const joined = await startRing(networks)
  const { entry } = networks
  await joined.stop()
  const again = entry.start('member')
  await again.says(READY)
  assert.ok(again.hasSaid(/clients of other machines come by https:/))
  assert.deepEqual(await openAmong(networks, ENTRY), CLIENT_PORTS)
  networks.routeThroughEntry()
  const address = `${SERVERS}.${ENTRY_NUMBER}`
  assert.equal(await atClient(networks, 'shake', address, String(RPC_PORT)), null)
  // Who stores nothing takes no part in the election, and knows of it all the same.
  const { out } = await entry.start('status', '--json').ended
  assert.match(JSON.parse(out).coordinator.id, /^[0-9a-f]{32}$/)
  assert.match(JSON.parse(out).authorityFingerprint, /^[0-9a-f]{64}$/)
})

test('from the clients’ network only the doors of the entry answer, and it holds no data', async (t) => {
  await using networks = openOrSkip(t)
  if (networks === undefined) return
  await startRing(networks)
  const { entry, servers } = networks
  process.env['ANILLO_CA'] = join(servers[0].data, 'members', 's1', 'ca.pem')

  // None of the ring's own.
  const open = await atClient<readonly number[]>(networks, 'scan', ENTRY)
  assert.deepEqual(open, CLIENT_PORTS)
  for (const number of [1, 2, 3, ENTRY_NUMBER]) {
    const host = `${SERVERS}.${number}`
    assert.deepEqual(await openAmong(networks, host), [], host)
  }
  const asked = [ENTRY, `${CLIENTS}.255`, '255.255.255.255']
  const answers = await atClient<number>(networks, 'discover', String(DISCOVERY_PORT), ...asked)
  assert.equal(answers, 0, 'questions who is there are answered')

  // A client that sends packets for the servers' network to the entry comes no further.
  networks.routeThroughEntry()
  for (const number of [1, 2, 3]) {
    const host = `${SERVERS}.${number}`
    assert.deepEqual(await openAmong(networks, host), [], `${host} through the entry`)
  }
  const address = `${SERVERS}.${ENTRY_NUMBER}`
  assert.equal(await atClient(networks, 'shake', address, String(RPC_PORT)), null)
  assert.equal(await atClient(networks, 'discover', String(DISCOVERY_PORT), address), 0)

  // Who shows nothing is told of nobody.
  const paths = ['/', '/v1/ring', '/v1/ring/lookup?key=x', '/v1/ring/events', '/v1/ring/waiting']
  const more = ['/metrics', '/readyz', '/v1/auth/jwks', '/v1/openapi.json', '/v1/kv/t/p/s', '/no']
  const urls = [...paths, ...more].map((path) => `${URL_OF_ENTRY}${path}`)
  const told = await atClient<readonly { url: string; status: number; text: string }[]>(
    networks,
    'ask',
    ...urls,
    `https://${ENTRY}:${REPLAY_PORT}/2026/http://a.test/`,
  )
  for (const { status, text, url } of told) {
    assert.doesNotMatch(text, /10\.77\.0\.|\bs[123]\b/, `${url} tells of members`)
    assert.match(text, /strict-transport-security: max-age=/, url)
    if (url.includes('/v1/ring')) assert.equal(status, 401, url)
  }

  // Who may, uses the whole ring through the entry.
  const used = await atClient<{ put: number; got: string; ring: Ring }>(
    networks,
    'use',
    URL_OF_ENTRY,
    ADMIN_PASSWORD,
    SECRET,
  )
  assert.deepEqual([used.put, used.got], [201, SECRET])
  const urlOf = (name: string) => used.ring.members.find((member) => member.name === name)?.url
  assert.equal(urlOf('entry'), URL_OF_ENTRY)
  for (const { name } of servers) assert.equal(urlOf(name), '', 'no door that a client could use')

  // The entry is in no group, and its disk shows neither value nor the authority's key.
  const id = used.ring.members.find(({ name }) => name === 'entry')?.id ?? assert.fail()
  for (const { learners, voters } of used.ring.partitions) {
    assert.ok(![...voters, ...learners].includes(id))
  }
  assert.equal(used.ring.enrolled?.find((one) => one.id === id)?.holds, 0)
  for (const bytes of filesIn(entry.data)) assert.ok(!bytes.includes(SECRET))
  const names = readdirSync(join(entry.data, 'members', 'entry'))
  assert.ok(!names.includes('ca.key'), names.join())
})

test('a member that stores and has no role entry refuses to open a door to clients', async (t) => {
  await using networks = openOrSkip(t)
  if (networks === undefined) return
  const [first] = networks.servers
  const address = `${SERVERS}.1`
  const { err, exitCode } = await first.start('init', ...STORES, '--http-host', address).ended
  assert.equal(exitCode, 2)
  assert.match(err, /without the role entry opens no door to clients/)
})
