/** Addresses of data connections: PORT and PASV (RFC 959), EPRT and EPSV (RFC 2428). Pure. */
import type { Endpoint } from '../../effects/net.ts'
import { ACTIVE_PORT_MIN } from './limits.ts'

/** IPv4 within IPv6 (RFC 4291 section 2.5.5.2) is what it stands for. */
export function plainHost(host: string): string {
  return host.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '').toLowerCase()
}

export function isIpv6(host: string): boolean {
  return host.includes(':')
}

export function isLoopback(host: string): boolean {
  const plain = plainHost(host)
  return plain === '::1' || plain.startsWith('127.')
}

/** Of a network that the internet does not route (RFC 1918, 3927, 4193, 6598). */
export function isPrivate(host: string): boolean {
  const plain = plainHost(host)
  if (isIpv6(plain)) return /^f[cde]/.test(plain) || plain === '::1'
  const [a = 0, b = 0] = plain.split('.').map(Number)
  if (a === 10 || a === 127) return true
  if (a === 172) return b >= 16 && b < 32
  if (a === 100) return b >= 64 && b < 128
  return (a === 192 && b === 168) || (a === 169 && b === 254)
}

/** `h1,h2,h3,h4,p1,p2`; `undefined` for what is none. */
export function parsePort(argument: string): Endpoint | undefined {
  const found = /^(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3})$/.exec(argument)
  const numbers = found?.slice(1).map(Number)
  if (numbers === undefined || numbers.some((number) => number > 255)) return undefined
  const [high = 0, low = 0] = numbers.slice(4)
  return { host: numbers.slice(0, 4).join('.'), port: high * 256 + low }
}

/** `h1,h2,h3,h4,p1,p2` of an IPv4 address. */
export function portText({ host, port }: Endpoint): string {
  return [...plainHost(host).split('.'), port >> 8, port & 255].join(',')
}

/** `|1|192.0.2.1|5000|`: any character divides. */
export function parseExtended(argument: string): Endpoint | 'unknown protocol' | undefined {
  const divider = argument[0]
  if (divider === undefined || /[\w.:]/.test(divider)) return undefined
  const parts = argument.split(divider)
  const [, protocol, host, port] = parts
  if (parts.length !== 5 || parts[4] !== '' || !/^\d{1,5}$/.test(port ?? '')) return undefined
  if (protocol !== '1' && protocol !== '2') return 'unknown protocol'
  if (host === undefined || isIpv6(host) !== (protocol === '2')) return undefined
  if (protocol === '1' ? !isIpv4(host) : !/^[\da-f:.]+$/i.test(host)) return undefined
  const number = Number(port)
  return number <= 0xffff ? { host, port: number } : undefined
}

function isIpv4(host: string): boolean {
  return /^(\d{1,3}\.){3}\d{1,3}$/.test(host) && host.split('.').every((part) => Number(part) < 256)
}

/** Whether data may go there: to the client itself alone, and to no service of its system. */
export function isOwn({ host, port }: Endpoint, client: string): boolean {
  return port >= ACTIVE_PORT_MIN && plainHost(host) === plainHost(client)
}
