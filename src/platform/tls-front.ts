/**
 * TLS in front of an HTTP server: clients beyond loopback get in here and nowhere else. One front
 * listens on any number of addresses, which may change, as may the certificate that it shows.
 */
import type { Socket } from 'node:net'
import {
  createSecureContext,
  createServer,
  type SecureContextOptions,
  type Server,
  type TLSSocket,
} from 'node:tls'

import type { Log } from '../effects/log.ts'
import type { Endpoint } from '../effects/net.ts'
import { HostServers } from './host-servers.ts'
import { TLS_13 } from './tls-context.ts'

/** A handshake takes milliseconds; whoever dawdles holds a socket and 50 KiB. */
export const CLIENT_HANDSHAKE_TIMEOUT_MS = 10_000

/** Under way at once, on all addresses; what comes above is closed, and comes again. */
export const CLIENT_HANDSHAKES_MAX = 512
/** Of one address: a browser opens six connections at once. */
export const CLIENT_HANDSHAKES_PER_REMOTE_MAX = 64

/** As PEM; the certificate with its chain. */
export interface DoorPapers {
  readonly certificatePem: string
  readonly privateKeyPem: string
}

export interface TlsFrontOptions {
  readonly log: Pick<Log, 'warn'>
  /** Takes over a connection whose handshake is done. */
  readonly secured: (socket: TLSSocket) => void
}

export class TlsFront {
  readonly #options: TlsFrontOptions
  readonly #servers: HostServers<Server>
  readonly #handshakes = new Handshakes()
  #papers: DoorPapers | undefined

  constructor(options: TlsFrontOptions) {
    this.#options = options
    this.#servers = new HostServers(options.log)
  }

  /** Addresses that are listened on, as they were given. */
  get hosts(): readonly string[] {
    return this.#servers.hosts
  }

  /**
   * From now on, for connections that come. @throws Error where the key is not the certificate's,
   * or one of them cannot be read; then nothing changes
   */
  show(papers: DoorPapers): void {
    createSecureContext(contextOf(papers))
    this.#papers = papers
    for (const server of this.#servers.all()) server.setSecureContext(contextOf(papers))
  }

  /** After the first `show`. @throws Error as the system tells it, e.g. EADDRINUSE */
  listen(endpoint: Endpoint): Promise<Endpoint> {
    return this.#servers.listen(this.#server(), endpoint)
  }

  /** Takes no further connection there; those that are open go on. */
  leave(host: string): void {
    this.#servers.leave(host)
  }

  /** As `leave`, everywhere; whoever speaks HTTP over the open ones ends them. */
  close(): void {
    this.#servers.close()
  }

  #server(): Server {
    const papers = this.#papers
    const server = createServer({
      ...(papers === undefined ? TLS_13 : contextOf(papers)),
      ALPNProtocols: ['http/1.1'],
      handshakeTimeout: CLIENT_HANDSHAKE_TIMEOUT_MS,
      noDelay: true,
    })
    // Before the server's own listener, which begins the handshake.
    server.prependListener('connection', (socket) => this.#arrived(socket))
    server.on('secureConnection', (socket) => {
      this.#handshakes.end(socket)
      this.#options.secured(socket)
    })
    server.on('tlsClientError', (_error, socket) => {
      this.#handshakes.end(socket)
      socket.on('error', () => undefined)
      socket.destroy()
    })
    return server
  }

  #arrived(socket: Socket): void {
    if (!this.#handshakes.begin(socket)) socket.destroy()
  }
}

/** Of connections that have not shown yet whether they speak TLS. */
class Handshakes {
  readonly #underWay = new Set<string>()
  readonly #ofRemote = new Map<string, number>()

  begin(socket: Socket): boolean {
    const remote = socket.remoteAddress ?? ''
    const count = this.#ofRemote.get(remote) ?? 0
    const isFull = this.#underWay.size >= CLIENT_HANDSHAKES_MAX
    if (isFull || count >= CLIENT_HANDSHAKES_PER_REMOTE_MAX) return false
    const key = keyOf(socket)
    this.#underWay.add(key)
    this.#ofRemote.set(remote, count + 1)
    socket.once('close', () => this.#forget(key, remote))
    return true
  }

  end(socket: Socket): void {
    this.#forget(keyOf(socket), socket.remoteAddress ?? '')
  }

  #forget(key: string, remote: string): void {
    if (!this.#underWay.delete(key)) return
    const left = (this.#ofRemote.get(remote) ?? 1) - 1
    if (left === 0) this.#ofRemote.delete(remote)
    else this.#ofRemote.set(remote, left)
  }
}

function keyOf({ localAddress, remoteAddress, remotePort }: Socket): string {
  return `${localAddress} ${remoteAddress} ${remotePort}`
}

function contextOf({ certificatePem, privateKeyPem }: DoorPapers): SecureContextOptions {
  return { ...TLS_13, cert: certificatePem, key: privateKeyPem }
}
