/** The member door: one port for members and for newcomers, told apart by ALPN. */
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { createServer, type Server, type TLSSocket } from 'node:tls'

import { SECOND_MS } from '../base/limits.ts'
import type { Endpoint, Listener, ListenOptions } from '../effects/net.ts'
import { memberStream, remoteOf, strangerStream } from './byte-stream.ts'
import { fingerprintOf } from './crypto.ts'
import { MEMBER_DOOR, errnoOf, listenError } from './listen-error.ts'
import { proveMember } from './proven-peer.ts'
import { ALPN_MEMBER, ALPN_STRANGER, tlsContextOf, type TlsContext } from './tls-context.ts'

/** A handshake takes milliseconds; whoever dawdles holds a socket and 50 KiB. */
export const HANDSHAKE_TIMEOUT_MS = 10 * SECOND_MS

/** Connections that have proved nothing yet. Beyond it the newest is dropped: members try again. */
export const HANDSHAKES_MAX = 256

/** @throws AnilloError PORT_IN_USE */
export async function listen(options: ListenOptions): Promise<Listener> {
  const door = new Door(options)
  await door.open()
  return door
}

class Door implements Listener {
  readonly #options: ListenOptions
  readonly #server: Server
  readonly #handshakes = new Set<string>()
  #context: TlsContext
  #port = 0

  constructor(options: ListenOptions) {
    this.#options = options
    this.#context = tlsContextOf(options.credentials())
    this.#server = createServer({
      ...this.#context.options,
      ALPNProtocols: [ALPN_MEMBER, ALPN_STRANGER],
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      noDelay: true,
      requestCert: true,
      // Decided after the handshake: a newcomer has no certificate, and dates do not count.
      rejectUnauthorized: false,
    })
    // Before the server's own listener, which begins the handshake.
    this.#server.prependListener('connection', (socket) => this.#arrived(socket))
    this.#server.on('secureConnection', (socket) => this.#shaken(socket))
    this.#server.on('tlsClientError', (error, socket) => {
      this.#refuse(socket, `handshake: ${errnoOf(error)}`)
    })
  }

  get endpoint(): Endpoint {
    return { host: this.#options.endpoint.host, port: this.#port }
  }

  async open(): Promise<void> {
    const { host, port } = this.#options.endpoint
    try {
      this.#server.listen({ host, port })
      await once(this.#server, 'listening')
    } catch (thrown) {
      throw listenError(thrown, this.#options.endpoint, MEMBER_DOOR)
    }
    // Running out of file descriptors, say: one connection lost, the door stays.
    this.#server.on('error', (error) => this.#options.refused({ host, port }, errnoOf(error)))
    const address = this.#server.address()
    if (address !== null && typeof address === 'object') this.#port = address.port
  }

  async close(): Promise<void> {
    // Resolves when it no longer listens: `close` of the server would wait for its connections.
    if (this.#server.listening) this.#server.close()
  }

  #arrived(socket: Socket): void {
    const remote = remoteOf(socket)
    const key = keyOf(remote)
    if (this.#options.isHeard?.(remote.host) === false) {
      socket.destroy()
      this.#options.refused(remote, 'it comes from a network that is not the ring’s')
      return
    }
    if (this.#handshakes.size >= HANDSHAKES_MAX) {
      socket.destroy()
      this.#options.refused(remote, 'too many handshakes at once')
      return
    }
    this.#handshakes.add(key)
    socket.once('close', () => this.#handshakes.delete(key))
    this.#renewContext()
  }

  /** A renewed certificate is shown from the next connection on. */
  #renewContext(): void {
    const context = tlsContextOf(this.#options.credentials())
    if (context === this.#context) return
    this.#context = context
    this.#server.setSecureContext(context.options)
  }

  #shaken(socket: TLSSocket): void {
    this.#handshakes.delete(keyOf(remoteOf(socket)))
    if (socket.alpnProtocol === ALPN_MEMBER) return this.#member(socket)
    if (socket.alpnProtocol === ALPN_STRANGER) return this.#stranger(socket)
    this.#refuse(socket, 'it names no protocol of anillo')
  }

  #member(socket: TLSSocket): void {
    const proof = proveMember(socket.getPeerX509Certificate(), ...this.#context.trusted)
    if (proof.kind === 'refused') return this.#refuse(socket, proof.problem)
    this.#options.connected(memberStream(socket, proof))
  }

  #stranger(socket: TLSSocket): void {
    const { stranger } = this.#options
    if (stranger === undefined) return this.#refuse(socket, 'newcomers are not let in here')
    stranger(strangerStream(socket, fingerprintOf(this.#context.trusted[0])))
  }

  #refuse(socket: TLSSocket, problem: string): void {
    const remote = remoteOf(socket)
    this.#handshakes.delete(keyOf(remote))
    socket.on('error', () => undefined)
    socket.destroy()
    this.#options.refused(remote, problem)
  }
}

function keyOf(remote: Endpoint): string {
  return `${remote.host} ${remote.port}`
}
