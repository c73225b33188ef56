import assert from 'node:assert/strict'
import { test } from 'node:test'

import { parseBootstrap } from './bootstrap.ts'
import { hostFor } from './member-outside.ts'

test('parseBootstrap() reads hosts and ports, up to sixteen', () => {
  assert.deepEqual(parseBootstrap(''), [])
  assert.deepEqual(parseBootstrap('a.test:8468, 192.0.2.1:1,[2001:db8::1]:65535'), [
    { host: 'a.test', port: 8468 },
    { host: '192.0.2.1', port: 1 },
    { host: '2001:db8::1', port: 65_535 },
  ])
  for (const wrong of ['a', 'a:', 'a:0', 'a:65536', 'a:1,', 'a:1 b:2', 'a:1,'.repeat(17)]) {
    assert.equal(parseBootstrap(wrong), undefined, wrong)
  }
})

test('a node of a loopback ring stays on loopback, unless others are named to start from', () => {
  const [loopback, away] = ['127.0.0.1', '0.0.0.0']
  const bootstrap = [{ host: 'localhost', port: 1 }]
  const outside = [...bootstrap, { host: '192.0.2.1', port: 1 }]
  assert.equal(hostFor('', { listenHost: loopback, bootstrap: [] }), loopback)
  assert.equal(hostFor('', { listenHost: loopback, bootstrap }), loopback)
  assert.equal(hostFor('', { listenHost: loopback, bootstrap: outside }), away)
  assert.equal(hostFor('', { listenHost: '192.0.2.7', bootstrap: [] }), '192.0.2.7')
  assert.equal(hostFor('', { listenHost: '::', bootstrap: [] }), away)
  assert.equal(hostFor('127.0.0.9', { listenHost: loopback, bootstrap: outside }), '127.0.0.9')
})
