/** CRC-32 (ISO 3309, as in zlib and Ethernet): notices damage, proves nothing about intent. */

const POLYNOMIAL = 0xedb88320

const table = Uint32Array.from({ length: 256 }, (_, first) => {
  let value = first
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1
  return value
})

/**
 * An unsigned 32-bit number. For headers: some 2 ns a byte.
 * @param before that of the bytes before these
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  let value = before ^ 0xffffffff
  for (const byte of bytes) value = (table[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8)
  return (value ^ 0xffffffff) >>> 0
}
