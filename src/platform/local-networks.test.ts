import assert from 'node:assert/strict'
import { test } from 'node:test'

import {
  isAttachedTo,
  isBesideOf,
  platformLocalNetworks,
  reachable,
  type InterfaceAddress,
} from './local-networks.ts'

const INTERFACES: readonly InterfaceAddress[] = [
  { address: '127.0.0.1', family: 'IPv4', internal: true, cidr: '127.0.0.1/8' },
  { address: 'fd00::5', family: 'IPv6', internal: false, cidr: 'fd00::5/64' },
  { address: 'fe80::5', family: 'IPv6', internal: false, cidr: 'fe80::5/64' },
  { address: '10.1.2.3', family: 'IPv4', internal: false, cidr: '10.1.2.3/24' },
]

test('isAttachedTo() holds for the networks of the interfaces and no other', () => {
  const attached = ['10.1.2.200', '::ffff:10.1.2.200', '127.0.0.9', 'fd00::1', 'fe80::1%eth0']
  for (const address of attached) assert.ok(isAttachedTo(INTERFACES, address), address)
  const others = ['10.1.3.1', '::ffff:10.1.3.1', '8.8.8.8', 'fd01::1', 'example.org', '']
  for (const address of others) assert.ok(!isAttachedTo(INTERFACES, address), address)
})

test('isAttachedTo() holds for nothing on a machine without interfaces', () => {
  assert.ok(!isAttachedTo([], '127.0.0.1'))
})

test('isBesideOf() holds for the network of one interface alone', () => {
  assert.ok(isBesideOf(INTERFACES, '10.1.2.3', '::ffff:10.1.2.4'))
  assert.ok(!isBesideOf(INTERFACES, '10.1.2.3', 'fd00::1'))
  assert.ok(!isBesideOf(INTERFACES, '10.1.2.4', '10.1.2.5'), 'no address of this machine')
})

test('reachable() tells what others can use, IPv4 first', () => {
  assert.deepEqual(reachable(INTERFACES), ['10.1.2.3', 'fd00::5'])
})

test('platformLocalNetworks() knows the loopback of this machine', () => {
  assert.ok(platformLocalNetworks().isAttached('127.0.0.1'))
  assert.ok(!platformLocalNetworks().ownAddresses().includes('127.0.0.1'))
})
