import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import type { Dns } from '../../../effects/dns.ts'
import { canonicalUrl } from '../urls/canonical-url.ts'
import { createAddressGate, judge, type GateRules } from './address-gate.ts'

const CLOSED: GateRules = { allowLoopback: false, ownPorts: () => [] }
const OPEN: GateRules = { allowLoopback: true, ownPorts: () => [9300, 9301, 2121] }

const REFUSED: readonly (readonly [address: string, reason: string])[] = [
  ['127.0.0.1', 'loopback'],
  ['127.255.255.254', 'loopback'],
  ['::1', 'loopback'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['::ffff:7f00:1', 'loopback'],
  ['64:ff9b::127.0.0.1', 'loopback'],
  ['0.0.0.0', 'unspecified'],
  ['0.1.2.3', 'unspecified'],
  ['::', 'unspecified'],
  ['::ffff:0:0', 'unspecified'],
  ['10.0.0.1', 'private'],
  ['172.16.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['192.168.1.1', 'private'],
  ['::ffff:192.168.1.1', 'private'],
  ['64:ff9b::10.0.0.1', 'private'],
  ['fc00::1', 'private'],
  ['fdff::1', 'private'],
  ['fec0::1', 'private'],
  ['169.254.0.1', 'link-local'],
  ['fe80::1', 'link-local'],
  ['169.254.169.254', 'metadata'],
  ['::ffff:169.254.169.254', 'metadata'],
  ['64:ff9b::a9fe:a9fe', 'metadata'],
  ['168.63.129.16', 'metadata'],
  ['100.100.100.200', 'metadata'],
  ['fd00:ec2::254', 'metadata'],
  ['100.64.0.1', 'carrier-grade NAT'],
  ['100.127.255.255', 'carrier-grade NAT'],
  ['224.0.0.1', 'multicast'],
  ['239.255.255.255', 'multicast'],
  ['ff02::1', 'multicast'],
  ['255.255.255.255', 'broadcast'],
  ['198.18.0.1', 'reserved'],
  ['198.19.255.255', 'reserved'],
  ['2001:2::1', 'benchmarking'],
  ['192.0.2.1', 'reserved'],
  ['198.51.100.1', 'reserved'],
  ['203.0.113.1', 'reserved'],
  ['240.0.0.1', 'reserved'],
  ['192.0.0.8', 'reserved'],
  ['2001:db8::1', 'reserved'],
  ['3fff::1', 'reserved'],
  ['100::1', 'reserved'],
  ['4000::1', 'reserved'],
  ['::127.0.0.1', 'reserved'],
  ['2002:7f00:1::', 'a tunnel'],
  ['2001:0:7f00:1::', 'a tunnel'],
  ['::ffff:0:127.0.0.1', 'an encoded IPv4 address'],
  ['64:ff9b:1::127.0.0.1', 'an encoded IPv4 address'],
  ['fe80::1%eth0', 'not an address'],
  ['2130706433', 'not an address'],
  ['0x7f.1', 'not an address'],
  ['0177.0.0.1', 'not an address'],
  ['127.1', 'not an address'],
  ['localhost', 'not an address'],
  ['', 'not an address'],
]

test('judge() refuses every kind of address that is not the open Internet', () => {
  for (const [address, reason] of REFUSED)
    assert.equal(judge(address, { port: 80, rules: CLOSED }), reason, address)
})

test('judge() lets the open Internet through', () => {
  for (const address of [
    '1.1.1.1',
    '93.184.216.34',
    '172.32.0.1',
    '100.128.0.1',
    '2606:4700::1111',
    '::ffff:1.1.1.1',
    '64:ff9b::1.1.1.1',
  ]) {
    assert.equal(judge(address, { port: 80, rules: CLOSED }), undefined, address)
  }
})

test('judge() on a loopback ring allows loopback alone, without the ring’s own doors', () => {
  for (const address of ['127.0.0.1', '127.0.0.9', '::1', '::ffff:127.0.0.1']) {
    assert.equal(judge(address, { port: 9100, rules: OPEN }), undefined, address)
    for (const port of [9300, 9301, 2121]) {
      assert.equal(judge(address, { port, rules: OPEN }), 'a door of the ring itself', address)
    }
  }
  for (const [address, reason] of REFUSED) {
    if (reason !== 'loopback')
      assert.equal(judge(address, { port: 80, rules: OPEN }), reason, address)
  }
})

test('judge() says of a mapped or translated address what it says of the IPv4 one inside', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.constantFrom('::ffff:', '64:ff9b::'), (inner, prefix) => {
      assert.equal(
        judge(`${prefix}${inner}`, { port: 80, rules: CLOSED }),
        judge(inner, { port: 80, rules: CLOSED }),
      )
    }),
    { numRuns: 2_000 },
  )
})

test('judge() lets no IPv6 address through outside 2000::/3 but mapped and translated ones', () => {
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      if (judge(address, { port: 80, rules: CLOSED }) !== undefined) return
      assert.match(
        new URL(`http://[${address}]/`).hostname,
        /^\[(?:[23][0-9a-f]{3}:|::ffff:|64:ff9b::)/,
      )
    }),
    { numRuns: 5_000 },
  )
})

test('admit() refuses a name as soon as one of its addresses is forbidden', async () => {
  const gate = createAddressGate(
    fakeDns({ 'two.example': ['1.1.1.1', '10.0.0.1'], 'one.example': ['1.1.1.1', '2606:4700::1'] }),
    CLOSED,
  )
  const admitted = await gate.admit(new URL('https://one.example/'))
  assert.deepEqual(
    admitted.map((each) => each.address),
    ['1.1.1.1', '2606:4700::1'],
  )
  await assert.rejects(
    gate.admit(new URL('https://two.example/')),
    (thrown) =>
      isAnilloError(thrown, 'ADDRESS_FORBIDDEN') && thrown.details['address'] === '10.0.0.1',
  )
  await assert.rejects(gate.admit(new URL('https://none.example/')), (thrown) =>
    isAnilloError(thrown, 'HOST_UNKNOWN'),
  )
})

test('admit() covers literals in every spelling, which the URL parser makes plain', async () => {
  const gate = createAddressGate(fakeDns({}), CLOSED)
  for (const typed of [
    'http://127.0.0.1/',
    'http://127.0.0.1./',
    'http://[::ffff:127.0.0.1]/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://127.1/',
    'http://0/',
    'http://[::]/',
    'http://[::1]/',
    'http://１２７.0.0.1/',
    'http://0x7f000001/',
    'http://[64:ff9b::7f00:1]/',
    'http://[2002:7f00:1::]/',
    'http://169.254.169.254/latest/',
  ]) {
    await assert.rejects(
      gate.admit(new URL(canonicalUrl(typed))),
      (thrown) => isAnilloError(thrown, 'ADDRESS_FORBIDDEN'),
      typed,
    )
  }
})

test('confirm() judges where the socket ended, whatever the resolver had said', () => {
  const gate = createAddressGate(fakeDns({ 'a.example': ['1.1.1.1'] }), CLOSED)
  gate.confirm(new URL('http://a.example/'), '1.1.1.1')
  assert.throws(
    () => gate.confirm(new URL('http://a.example/'), '::ffff:10.0.0.1'),
    (thrown) => isAnilloError(thrown, 'ADDRESS_FORBIDDEN'),
  )
})

/** Knows these names; literals give themselves, as the contract of `Dns` says. */
function fakeDns(names: Readonly<Record<string, readonly string[]>>): Dns {
  return {
    async resolve(host) {
      const addresses = /^[\d.]+$|:/.test(host) ? [host] : names[host]
      if (addresses === undefined) throw new AnilloError('HOST_UNKNOWN', { host })
      return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    },
  }
}
