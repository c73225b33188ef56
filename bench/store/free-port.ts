import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'

import { HOST } from './cluster.ts'

/** A port from which on `count` are free, each of them looked at. */
export async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = FIRST + Math.floor(Math.random() * (LAST - FIRST - count))
    const ports = Array.from({ length: count }, (_, at) => first + at)
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) return first
  }
}

/** Below those that systems give to outgoing connections. */
const FIRST = 20_000
const LAST = 30_000

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  server.listen({ host: HOST, port, exclusive: true })
  try {
    await once(server, 'listening')
    return (server.address() as AddressInfo).port === port
  } catch {
    return false
  } finally {
    server.close()
  }
}
