import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { test } from 'node:test'

import { isAnilloError } from '../base/errors.ts'
import { checkPorts, parsePortRange, portShare, portsAt, probePorts } from './ports.ts'

test('portsAt() keeps the distances between the doors', () => {
  assert.deepEqual(portsAt(9_100), {
    http: 9_100,
    rpc: 9_300,
    replay: 9_500,
    share: 9_400,
    ftp: 2_121,
  })
  const other = { http: 19_103, rpc: 19_303, replay: 19_503, share: 19_403 }
  assert.deepEqual(portsAt(19_103), { ...other, ftp: 12_124 })
  assert.deepEqual(portsAt(19_103, 5_000), { ...other, ftp: 5_000 })
})

test('portsAt() gives FTP no port that needs rights', () => {
  assert.equal(portsAt(8_003).ftp, 1_024)
  assert.equal(portsAt(8_002).ftp, 65_535)
  assert.equal(portsAt(1_024).ftp, 58_557)
})

test('parsePortRange() takes two ports, the lower one first', () => {
  assert.deepEqual(parsePortRange('30000-30999'), { first: 30_000, last: 30_999 })
  for (const text of ['', '30000', '30999-30000', '80-90', '30000-70000', '30000-x']) {
    assert.equal(parsePortRange(text), undefined, text)
  }
})

test('portShare() gives each member ports of its own', () => {
  const range = { first: 30_000, last: 30_999 }
  assert.deepEqual(portShare(range, { index: 0, members: 8 }), { first: 30_000, last: 30_124 })
  assert.deepEqual(portShare(range, { index: 7, members: 8 }), { first: 30_875, last: 30_999 })
  const small = { first: 30_000, last: 30_001 }
  assert.deepEqual(portShare(small, { index: 5, members: 8 }), { first: 30_001, last: 30_001 })
})

test('checkPorts() refuses doors that no machine has', () => {
  checkPorts(9_100, 8)
  checkPorts(1_024, 1)
  checkPorts(9_100, 8, 2_121)
  for (const ftp of [21, 65_530]) {
    assert.throws(
      () => checkPorts(9_100, 8, ftp),
      (thrown) => isAnilloError(thrown, 'USAGE') && thrown.message.includes('--ftp'),
    )
  }
  for (const [http, members] of [
    [80, 5],
    [65_535, 1],
    [65_130, 10],
  ] as const) {
    assert.throws(
      () => checkPorts(http, members),
      (thrown) => isAnilloError(thrown, 'USAGE'),
    )
  }
})

test('probePorts() tells the port in use and the flag, and leaves free ports free', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const ports = { http: port, rpc: port, replay: port, share: port, ftp: port }
  await assert.rejects(
    probePorts([ports]),
    (thrown) =>
      isAnilloError(thrown, 'PORT_IN_USE') && thrown.message.includes(`${port} (the page)`),
  )
  taken.close()
  await once(taken, 'close')
  await probePorts([ports])
  await probePorts([ports])
})
