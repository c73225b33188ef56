/** What every Net keeps of datagrams, where none is lost. */
import assert from 'node:assert/strict'

import { tryText, utf8 } from '../../src/base/bytes.ts'
import type { DatagramSocket, Endpoint, Net } from '../../src/effects/net.ts'
import { rejectsWith } from './disk.ts'
import { promise, type Suite } from './subject.ts'

const ANY_PORT = { host: '127.0.0.1', port: 0 }

interface Heard {
  readonly text: string | undefined
  readonly from: Endpoint
}

interface Ear {
  readonly socket: DatagramSocket
  next(): Promise<Heard>
}

async function open(net: Net, endpoint: Endpoint, shared: boolean): Promise<Ear> {
  const heard: Heard[] = []
  const waiting: ((heard: Heard) => void)[] = []
  const received = (bytes: Uint8Array, from: Endpoint): void => {
    const packet = { text: tryText(bytes), from }
    const listener = waiting.shift()
    if (listener === undefined) heard.push(packet)
    else listener(packet)
  }
  const socket = await net.datagrams({ endpoint, shared, received })
  const next = async (): Promise<Heard> =>
    heard.shift() ?? new Promise((resolve) => waiting.push(resolve))
  return { socket, next }
}

export function datagramSuite(suite: Suite<'net'>): void {
  promise(suite, 'DatagramSocket.send() reaches the other with the way back', async ({ net }) => {
    const one = await open(net, ANY_PORT, false)
    const two = await open(net, ANY_PORT, false)
    one.socket.send(utf8('hello'), { host: '127.0.0.1', port: two.socket.endpoint.port })
    const { text, from } = await two.next()
    assert.equal(text, 'hello')
    assert.equal(from.port, one.socket.endpoint.port)
    two.socket.send(utf8('back'), from)
    assert.equal((await one.next()).text, 'back')
    await one.socket.close()
    await two.socket.close()
  })

  promise(suite, 'Net.datagrams() shares a port only when all want to', async ({ net }) => {
    const one = await open(net, ANY_PORT, true)
    const { port } = one.socket.endpoint
    const endpoint = { host: '127.0.0.1', port }
    await rejectsWith('PORT_IN_USE', () => open(net, endpoint, false))
    const two = await open(net, endpoint, true)
    await one.socket.close()
    await two.socket.close()
    const own = await open(net, endpoint, false)
    await own.socket.close()
    await own.socket.close()
  })

  promise(suite, 'DatagramSocket.send() to nobody does nothing', async ({ net }) => {
    const one = await open(net, ANY_PORT, false)
    one.socket.send(utf8('anyone?'), { host: '127.0.0.1', port: 9 })
    one.socket.send(utf8('me'), { host: '127.0.0.1', port: one.socket.endpoint.port })
    assert.equal((await one.next()).text, 'me')
    await one.socket.close()
    one.socket.send(utf8('late'), { host: '127.0.0.1', port: 9 })
  })

  promise(suite, 'Net.broadcastAddresses() are dotted addresses', async ({ net }) => {
    const addresses = net.broadcastAddresses()
    assert.ok(addresses.length > 0)
    for (const address of addresses) assert.match(address, /^\d+\.\d+\.\d+\.\d+$/)
  })
}
