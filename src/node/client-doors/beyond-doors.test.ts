import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import { connect } from 'node:tls'

import { isAnilloError } from '../../base/errors.ts'
import { parseMemberId, parseRingId } from '../../base/ids.ts'
import { SECOND_MS } from '../../base/limits.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { makeCrypto } from '../../platform/crypto.ts'
import { TlsFront } from '../../platform/tls-front.ts'
import { DOOR_VALID_MS, issueDoor, type DoorRequest } from '../enrolment/door-certificate.ts'
import { fakeLog } from '../enrolment/fakes.test-helper.ts'
import { BeyondDoors } from './beyond-doors.ts'
import type { DoorPlan } from './door-plan.ts'

const SELF = { memberId: parseMemberId('cd'.repeat(16)) }
const RING = parseRingId('ab'.repeat(16))
/** TLS goes by the real clock. */
const NOW_MS = Date.now()

const NO_TIMERS = { after: () => ({ cancel: () => undefined }), soon: () => undefined }

async function doorsFor(t: TestContext, plan: Partial<DoorPlan>) {
  const clock = new ManualClock()
  const crypto = makeCrypto()
  const authority = await crypto.makeAuthority(RING, NOW_MS - DOOR_VALID_MS)
  const machine = { addresses: ['127.0.0.6'], ring: true }
  const wall = { ...NO_TIMERS, wallMs: () => NOW_MS, nowMs: () => clock.nowMs() }
  const doors = new BeyondDoors({
    effects: {
      clock,
      crypto,
      log: fakeLog(),
      dns: { resolve: async (host) => [{ address: host, family: 4 }] },
    },
    localNetworks: { ownAddresses: () => machine.addresses },
    plan: { host: '127.0.0.5', names: [], given: undefined, ...plan },
    self: SELF,
  })
  const front = new TlsFront({ log: fakeLog(), secured: (socket) => socket.destroy() })
  t.after(() => doors.close())
  const issuer = {
    authorityPem: () => authority.certificatePem,
    certify: async (request: DoorRequest) => {
      if (!machine.ring) throw new Error('nobody answers')
      return issueDoor({ clock: wall, crypto }, { ringId: RING, authority }, request)
    },
  }
  const port = await freePort()
  const open = () => doors.open([{ front, port }], issuer)
  const shown = async (host: string): Promise<string | undefined> => {
    const socket = connect({ host, port, rejectUnauthorized: false })
    await once(socket, 'secureConnect')
    const names = socket.getPeerCertificate().subjectaltname
    socket.destroy()
    return names
  }
  return { clock, doors, front, machine, open, port, shown }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.5')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}

test('BeyondDoors opens on the told address, under the told names, and tells the first', async (t) => {
  const { doors, open, shown } = await doorsFor(t, { names: ['a.test', '10.0.0.1'] })
  await open()
  assert.equal(await shown('127.0.0.5'), 'DNS:a.test, IP Address:10.0.0.1')
  assert.deepEqual(doors.origins({ http: 1, replay: 2, share: 4, ftp: 3 }, 'ftp'), {
    url: 'https://a.test:1',
    replayUrl: 'https://a.test:2',
    shareUrl: 'http://a.test:4',
    ftp: 'ftp://a.test:3',
  })
})

test('BeyondDoors on all addresses follows those that the machine has', async (t) => {
  const { clock, doors, front, machine, open, shown } = await doorsFor(t, { host: '0.0.0.0' })
  await open()
  assert.deepEqual(front.hosts, ['127.0.0.6'])
  machine.addresses = ['127.0.0.7']
  clock.advance(10 * SECOND_MS)
  await until(() => front.hosts.join() === '127.0.0.7')
  assert.deepEqual(doors.names(), ['127.0.0.7'])
  assert.equal(await shown('127.0.0.7'), 'IP Address:127.0.0.7')
})

test('BeyondDoors waits for a ring that cannot issue a certificate yet', async (t) => {
  const { clock, front, machine, open } = await doorsFor(t, {})
  machine.ring = false
  const opened = open()
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(front.hosts, [])
  machine.ring = true
  let isOpen = false
  void opened.then(() => (isOpen = true))
  while (!isOpen) {
    clock.advance(SECOND_MS)
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.deepEqual(front.hosts, ['127.0.0.5'])
})

test('BeyondDoors says at once that a port is in use, or an address not of this machine', async (t) => {
  const { open, port } = await doorsFor(t, {})
  const other = createServer().listen(port, '127.0.0.5')
  await once(other, 'listening')
  t.after(() => other.close())
  await assert.rejects(open(), (thrown) => isAnilloError(thrown, 'PORT_IN_USE'))
  const elsewhere = await doorsFor(t, { host: 'elsewhere.test' })
  await assert.rejects(elsewhere.open(), (thrown) => isAnilloError(thrown, 'USAGE'))
})
