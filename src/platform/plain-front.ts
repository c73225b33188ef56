/**
 * A further way to an HTTP server for clients of other machines, without TLS: for what is
 * everybody’s anyway. It listens on any number of addresses, which may change.
 */
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'

import type { Log } from '../effects/log.ts'
import type { Endpoint } from '../effects/net.ts'

export interface PlainFrontOptions {
  readonly log: Pick<Log, 'warn'>
  /** Takes over a connection. */
  readonly opened: (socket: Socket) => void
}

export class PlainFront {
  readonly #options: PlainFrontOptions
  readonly #servers = new Map<string, Server>()

  constructor(options: PlainFrontOptions) {
    this.#options = options
  }

  /** Addresses that are listened on, as they were given. */
  get hosts(): readonly string[] {
    return [...this.#servers.keys()]
  }

  /** It has no certificate to show. */
  show(): void {}

  /** @throws Error as the system tells it, e.g. EADDRINUSE */
  async listen({ host, port }: Endpoint): Promise<Endpoint> {
    const { log, opened } = this.#options
    const server = createServer({ noDelay: true }, opened)
    server.listen({ host, port })
    await once(server, 'listening')
    server.on('error', (error) => log.warn('a door could not take a connection', { error }))
    this.#servers.set(host, server)
    const bound = server.address()
    return { host, port: typeof bound === 'object' && bound !== null ? bound.port : port }
  }

  /** Takes no further connection there; those that are open go on. */
  leave(host: string): void {
    this.#servers.get(host)?.close()
    this.#servers.delete(host)
  }

  close(): void {
    for (const host of this.hosts) this.leave(host)
  }
}
