import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { test } from 'node:test'

import { isAnilloError } from '../base/errors.ts'
import { checkPorts, portsAt, probePorts } from './ports.ts'

test('portsAt() keeps the distances between the doors', () => {
  assert.deepEqual(portsAt(9_100), { http: 9_100, rpc: 9_300, replay: 9_500 })
  assert.deepEqual(portsAt(19_103), { http: 19_103, rpc: 19_303, replay: 19_503 })
})

test('checkPorts() refuses doors that no machine has', () => {
  checkPorts(9_100, 8)
  checkPorts(1_024, 1)
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
  const ports = { http: port, rpc: port, replay: port }
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
