/** One server an address, of any number of addresses, which may change. */
import { once } from 'node:events'
import type { Server } from 'node:net'

import type { Log } from '../effects/log.ts'
import type { Endpoint } from '../effects/net.ts'

export class HostServers<S extends Server> {
  readonly #log: Pick<Log, 'warn'>
  readonly #servers = new Map<string, S>()

  constructor(log: Pick<Log, 'warn'>) {
    this.#log = log
  }

  /** Addresses that are listened on, as they were given. */
  get hosts(): readonly string[] {
    return [...this.#servers.keys()]
  }

  all(): Iterable<S> {
    return this.#servers.values()
  }

  /** @returns where it listens. @throws Error as the system tells it, e.g. EADDRINUSE */
  async listen(server: S, { host, port }: Endpoint): Promise<Endpoint> {
    server.listen({ host, port })
    await once(server, 'listening')
    server.on('error', (error) => this.#log.warn('a door could not take a connection', { error }))
    this.#servers.set(host, server)
    const bound = server.address()
    return { host, port: typeof bound === 'object' && bound !== null ? bound.port : port }
  }

  /** Takes no further connection there; those that are open go on. */
  leave(host: string): void {
    this.#servers.get(host)?.close()
    this.#servers.delete(host)
  }

  /** As `leave`, everywhere. */
  close(): void {
    for (const host of this.hosts) this.leave(host)
  }
}
