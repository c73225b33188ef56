/**
 * Which addresses are likely one owner’s: a /24 of IPv4, a /48 of IPv6. Loopback and private ranges
 * (RFC 1918, 3927, 4193, 6598; RFC 4291, 2.5.3 and 2.5.6) are exempt: many nodes share them.
 */
import { byteText } from '../base/bytes.ts'
import { ipBytes } from '../base/ip-bytes.ts'

/** The network of an address, as text; `undefined` where it is exempt, or no address. */
export function networkOf(host: string): string | undefined {
  const bytes = ipBytes(host)
  if (bytes === undefined) return undefined
  if (bytes.length === 4) return isLocalV4(bytes) ? undefined : byteText(bytes.subarray(0, 3))
  if (isMappedV4(bytes)) {
    const v4 = bytes.subarray(12)
    return isLocalV4(v4) ? undefined : byteText(v4.subarray(0, 3))
  }
  return isLocalV6(bytes) ? undefined : byteText(bytes.subarray(0, 6))
}

function isLocalV4(bytes: Uint8Array): boolean {
  const [a = 0, b = 0] = bytes
  if (a === 127 || a === 10 || a === 0) return true
  if (a === 172) return b >= 16 && b <= 31
  if (a === 192) return b === 168
  if (a === 169) return b === 254
  return a === 100 && b >= 64 && b <= 127
}

function isLocalV6(bytes: Uint8Array): boolean {
  const [a = 0, b = 0] = bytes
  if ((a & 0xfe) === 0xfc) return true
  if (a === 0xfe && (b & 0xc0) === 0x80) return true
  return bytes.subarray(0, 15).every((byte) => byte === 0) && (bytes[15] ?? 0) <= 1
}

function isMappedV4(bytes: Uint8Array): boolean {
  return (
    bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff
  )
}
