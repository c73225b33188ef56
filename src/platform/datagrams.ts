import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

import type { DatagramOptions, DatagramSocket, Endpoint } from '../effects/net.ts'
import { DISCOVERY_DOOR, listenError } from './listen-error.ts'

/** @throws AnilloError PORT_IN_USE */
export async function openDatagrams(options: DatagramOptions): Promise<DatagramSocket> {
  const { host, port } = options.endpoint
  const type = host.includes(':') ? 'udp6' : 'udp4'
  const socket = createSocket({ type, reuseAddr: options.shared })
  socket.on('message', (bytes, from) => {
    options.received(bytes, { host: from.address, port: from.port })
  })
  try {
    socket.bind({ address: host, port, exclusive: !options.shared })
    await once(socket, 'listening')
  } catch (thrown) {
    socket.close()
    throw listenError(thrown, options.endpoint, options.words ?? DISCOVERY_DOOR)
  }
  // A late error of the network (an interface went away) concerns single datagrams, which may be
  // lost.
  socket.on('error', () => undefined)
  if (type === 'udp4') socket.setBroadcast(true)
  return new UdpSocket(socket, { host, port: socket.address().port })
}

class UdpSocket implements DatagramSocket {
  readonly endpoint: Endpoint
  readonly #socket: Socket
  #closed = false

  constructor(socket: Socket, endpoint: Endpoint) {
    this.#socket = socket
    this.endpoint = endpoint
  }

  send(bytes: Uint8Array, to: Endpoint): void {
    if (this.#closed) return
    this.#socket.send(bytes, to.port, to.host, () => undefined)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const closed = once(this.#socket, 'close')
    this.#socket.close()
    await closed
  }
}
