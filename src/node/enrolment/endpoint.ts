/** `host:port` as people and members write it, an IPv6 host in brackets. */
import type { Endpoint } from '../../effects/net.ts'

const ADDRESS = /^(?:\[([0-9A-Fa-f:.%]+)\]|([^[\]:/\s]+)):([0-9]{1,5})$/
const PORT_MAX = 65_535

/** `undefined` where it is none. */
export function parseAddress(text: string): Endpoint | undefined {
  const match = ADDRESS.exec(text)
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3])
  if (host === undefined || port < 1 || port > PORT_MAX) return undefined
  return { host, port }
}

export function addressText({ host, port }: Endpoint): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]:${port}` : `${host}:${port}`
}

/** A socket for both families tells IPv4 addresses as `::ffff:10.0.0.1`. */
export function plainHost(host: string): string {
  return host.replace(/^::ffff:(?=\d+\.)/i, '')
}

export function isLoopback(host: string): boolean {
  const plain = plainHost(host)
  return plain === 'localhost' || plain === '::1' || /^127(\.\d{1,3}){3}$/.test(plain)
}
