import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isAnilloError } from '../../base/errors.ts'
import { memberDoorPlace, type PlaceAsked } from './member-door-place.ts'

const OWN = ['10.77.0.4', '10.78.0.4']
const networkOf = (address: string): string => address.split('.').slice(0, 3).join('.')

/** A machine with one cable to the servers and one to the clients. */
const effects = {
  dns: {
    resolve: async (host: string) => {
      const address = host === 'ring.test' ? '10.77.0.4' : host
      return [{ address, family: 4 as const }]
    },
  },
  localNetworks: {
    isAttached: (address: string) => OWN.some((own) => networkOf(own) === networkOf(address)),
    isBeside: (own: string, address: string) => networkOf(own) === networkOf(address),
    ownAddresses: () => OWN,
  },
}

const CLIENT = '10.78.0.9'
const SERVER = '10.77.0.1'
const BEHIND_A_ROUTER = '192.168.1.1'

function placeFor(asked: Partial<PlaceAsked>) {
  const whole = { rpcHost: '', advertised: '10.77.0.4', hasDoor: true, ...asked }
  return memberDoorPlace(effects, whole)
}

test('memberDoorPlace() hears on all addresses, from everywhere, where no client comes', async () => {
  const place = await placeFor({ hasDoor: false })
  assert.equal(place.host, '0.0.0.0')
  assert.ok(place.mayCall(CLIENT) && place.isHeard(CLIENT))
})

test('memberDoorPlace() beside a door hears the network of its address and those behind it', async () => {
  const place = await placeFor({})
  assert.equal(place.host, '10.77.0.4')
  for (const from of [SERVER, BEHIND_A_ROUTER, '127.0.0.1']) {
    assert.ok(place.mayCall(from) && place.isHeard(from), from)
  }
  assert.ok(!place.mayCall(CLIENT) && !place.isHeard(CLIENT))
})

test('memberDoorPlace() at a told address answers datagrams of its network alone', async () => {
  for (const rpcHost of ['10.77.0.4', 'ring.test']) {
    const place = await placeFor({ rpcHost, hasDoor: false })
    assert.equal(place.host, '10.77.0.4')
    assert.ok(place.isHeard(SERVER) && place.mayCall(SERVER))
    assert.ok(!place.isHeard(BEHIND_A_ROUTER) && place.mayCall(BEHIND_A_ROUTER))
    assert.ok(!place.isHeard(CLIENT) && !place.mayCall(CLIENT))
  }
})

test('memberDoorPlace() leaves a name, a translated address, loopback and 0.0.0.0 as they are', async () => {
  const cases = [
    [{ advertised: 'ring.test' }, '0.0.0.0'],
    [{ advertised: '203.0.113.9' }, '0.0.0.0'],
    [{ advertised: '127.0.0.2' }, '127.0.0.2'],
    [{ rpcHost: '0.0.0.0' }, '0.0.0.0'],
  ] as const
  for (const [asked, host] of cases) {
    const place = await placeFor(asked)
    assert.equal(place.host, host)
    assert.ok(place.mayCall(CLIENT) && place.isHeard(CLIENT))
  }
})

test('memberDoorPlace() refuses a name that leads elsewhere', async () => {
  await assert.rejects(placeFor({ rpcHost: 'elsewhere.test' }), (thrown) =>
    isAnilloError(thrown, 'USAGE'),
  )
})
