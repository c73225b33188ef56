/** Enrolment with real TLS, certificates and files, on loopback. */
import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { parseMemberId, positionOf } from '../../base/ids.ts'
import { HOUR_MS, SECOND_MS } from '../../base/limits.ts'
import type { Connection, Listener } from '../../effects/net.ts'
import { platformCipher } from '../../platform/cipher.ts'
import { platformClock } from '../../platform/clock.ts'
import { makeCrypto } from '../../platform/crypto.ts'
import { platformDisk } from '../../platform/disk.ts'
import { platformLocalNetworks } from '../../platform/local-networks.ts'
import { makeNet } from '../../platform/net.ts'
import { platformRandom } from '../../platform/random.ts'
import type { RpcClient, RpcServer } from '../../rpc/types.ts'
import { FakePartition, storeOn } from '../../store/roster/fakes.test-helper.ts'
import { initRing, makeJoinToken } from './commands.ts'
import { parseAddress } from './endpoint.ts'
import { registerEnrolment, type Enrolment } from './enrolment.ts'
import { fakeLog } from './fakes.test-helper.ts'
import { newcomerOf } from './group-steps.test-helper.ts'
import { ALL_ROLES, filesIn, rejectsWith, Said } from './group.test-helper.ts'
import { joinWithToken } from './join.ts'
import { askToJoin } from './newcomer.ts'

const HOST = '127.0.0.1'
const SERVER: RpcServer = { handle: () => undefined, handleStream: () => undefined }
const CLIENT: RpcClient = {
  call: () => assert.fail('nobody else is there'),
  stream: () => assert.fail('nobody else is there'),
}

function effectsAt(path: string) {
  return {
    clock: platformClock(),
    random: platformRandom(),
    crypto: makeCrypto(),
    net: makeNet(),
    cipher: platformCipher(),
    disk: platformDisk(path),
    log: fakeLog(),
    localNetworks: platformLocalNetworks(),
  }
}

interface Founder {
  readonly root: string
  readonly effects: ReturnType<typeof effectsAt>
  readonly enrolment: Enrolment
  readonly listener: Listener
  readonly address: string
  readonly connected: Promise<Connection>
}

/** A founder at a free port, whose advertised address is changed to that port. */
async function startFounder(t: TestContext): Promise<Founder> {
  const root = await mkdtemp(join(tmpdir(), 'anillo-doors-'))
  const effects = effectsAt(join(root, 'founder'))
  const self = { name: 'ana', port: 9300, host: HOST, roles: ALL_ROLES, hostLabel: 'ana' }
  const { directory } = await initRing(effects, self)
  const { files, key } = await filesIn(effects, directory)
  const { memberId: id, name } = files.identity
  const late: { address: string } = { address: '' }
  const overlaySelf = {
    id,
    name,
    get address() {
      return late.address
    },
    position: positionOf('ana'),
  }
  const enrolment = registerEnrolment(SERVER, {
    effects: { ...effects, disk: platformDisk(join(root, 'founder', directory)) },
    localNetworks: effects.localNetworks,
    client: CLIENT,
    overlay: { self: overlaySelf, successors: () => [] },
    store: storeOn(new FakePartition()),
    members: async () => [],
    files,
    isEntry: () => true,
    key,
    papersChanged: () => undefined,
    tell: () => undefined,
    admitLocalMs: 0,
  })
  const connected = Promise.withResolvers<Connection>()
  const listener = await effects.net.listen({
    endpoint: { host: HOST, port: 0 },
    credentials: () => enrolment.credentials(),
    connected: (connection) => {
      connection.receive({
        bytes: () => undefined,
        drained: () => undefined,
        closed: () => undefined,
      })
      connected.resolve(connection)
    },
    stranger: (connection) => enrolment.stranger(connection),
    refused: () => undefined,
  })
  late.address = `${HOST}:${listener.endpoint.port}`
  t.after(async () => {
    enrolment.close()
    await listener.close()
    await rm(root, { recursive: true })
  })
  return { root, effects, enrolment, listener, address: late.address, connected: connected.promise }
}

test('a token opens a real door once, and the papers it gives open the ring', async (t) => {
  const founder = await startFounder(t)
  const { text } = await makeJoinToken(founder.effects, {
    validForMs: HOUR_MS,
    peers: [founder.address],
  })
  const effects = effectsAt(join(founder.root, 'berta'))
  const { say } = new Said()
  const self = { name: 'berta', port: 9300, roles: ALL_ROLES, hostLabel: 'berta' }
  const opened = await joinWithToken(effects, self, { token: text, say })
  assert.equal(opened.files.identity.address, `${HOST}:9300`)
  const endpoint = parseAddress(founder.address) ?? assert.fail()
  const { credentials, identity, ringId } = (await filesIn(effects, opened.directory)).files
  const connection = await effects.net.connect({ endpoint, credentials, timeoutMs: 5 * SECOND_MS })
  assert.deepEqual((await founder.connected).peer, { ringId, memberId: identity.memberId })
  connection.receive({ bytes: () => undefined, drained: () => undefined, closed: () => undefined })
  connection.end()

  const other = effectsAt(join(founder.root, 'carla'))
  await rejectsWith(
    'TOKEN_USED',
    joinWithToken(other, { ...self, name: 'carla' }, { token: text, say }),
  )
})

test('every file of a member is for its account alone', async (t) => {
  const { root } = await startFounder(t)
  const names = await readdir(root, { recursive: true, withFileTypes: true })
  assert.ok(names.some(({ name }) => name === 'ca.key'))
  for (const entry of names) {
    const { mode } = await stat(join(entry.parentPath, entry.name))
    assert.equal(mode & 0o077, 0, entry.name)
  }
})

test('a person opens a real door by the code that both sides have worked out', async (t) => {
  const founder = await startFounder(t)
  const effects = effectsAt(join(founder.root, 'berta'))
  const { requestPem } = await effects.crypto.makeRequest(parseMemberId('b'.repeat(32)))
  const shown = Promise.withResolvers<string>()
  const joining = askToJoin(effects, {
    newcomer: newcomerOf(requestPem, 'berta'),
    claim: { kind: 'code' },
    addresses: [founder.address],
    say: (news) => void (news.kind === 'code' && shown.resolve(news.code)),
  })
  const code = await shown.promise
  const waiting = await founder.enrolment.waiting()
  assert.deepEqual(
    waiting.map((one) => [one.code, one.address]),
    [[code, HOST]],
  )
  await founder.enrolment.admit(code)
  assert.equal((await joining).entryAddresses[0], founder.address)
})
