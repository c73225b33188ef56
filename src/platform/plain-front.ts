/**
 * A further way to an HTTP server for clients of other machines, without TLS: for what is
 * everybody’s anyway. It listens on any number of addresses, which may change.
 */
import { createServer, type Server, type Socket } from 'node:net'

import type { Log } from '../effects/log.ts'
import type { Endpoint } from '../effects/net.ts'
import { HostServers } from './host-servers.ts'

export interface PlainFrontOptions {
  readonly log: Pick<Log, 'warn'>
  /** Takes over a connection. */
  readonly opened: (socket: Socket) => void
}

export class PlainFront {
  readonly #opened: PlainFrontOptions['opened']
  readonly #servers: HostServers<Server>

  constructor({ log, opened }: PlainFrontOptions) {
    this.#opened = opened
    this.#servers = new HostServers(log)
  }

  /** Addresses that are listened on, as they were given. */
  get hosts(): readonly string[] {
    return this.#servers.hosts
  }

  /** It has no certificate to show. */
  show(): void {}

  /** @throws Error as the system tells it, e.g. EADDRINUSE */
  listen(endpoint: Endpoint): Promise<Endpoint> {
    return this.#servers.listen(createServer({ noDelay: true }, this.#opened), endpoint)
  }

  /** Takes no further connection there; those that are open go on. */
  leave(host: string): void {
    this.#servers.leave(host)
  }

  close(): void {
    this.#servers.close()
  }
}
