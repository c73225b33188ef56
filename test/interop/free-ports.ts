/** Ports that nobody listens at, whatever else runs on this machine. */
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'

/** All held at once, so that none is told twice. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, 'localhost'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}
