import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { test } from 'node:test'

import { goneSignal, whenOver } from './gone.ts'
import { Places } from './places.ts'

test('a place is given back, and work called off, though the client left before either began', async () => {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
    client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    const [, raw] = (await once(server, 'request')) as [unknown, ServerResponse]
    const early = goneSignal({ raw })
    assert(!early.aborted)
    client.destroy()
    await once(raw, 'close')
    assert(early.aborted)
    assert(goneSignal({ raw }).aborted)
    const places = new Places('things', 1)
    for (let times = 0; times < 2; times++) {
      const place = places.take()
      whenOver({ raw }, () => place[Symbol.dispose]())
    }
  } finally {
    server.close()
  }
})
