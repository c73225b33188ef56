/**
 * Addresses as they are written (RFC 4291, 2.2; RFC 3986, 3.2.2), as bytes: for what must tell
 * networks apart without asking anybody.
 */

/** 4 or 16 bytes; `undefined` for what is no address. Zones (`%eth0`) are none of it. */
export function ipBytes(text: string): Uint8Array | undefined {
  return text.includes(':') ? ipv6Bytes(text) : ipv4Bytes(text)
}

const IPV4_CHARACTERS_MAX = 15
const ZERO = 0x30
const DOT = 0x2e

/** Digit by digit: nodes read thousands a second. */
function ipv4Bytes(text: string): Uint8Array | undefined {
  if (text.length > IPV4_CHARACTERS_MAX) return undefined
  const bytes = new Uint8Array(4)
  let part = 0
  let value = 0
  let digits = 0
  for (let at = 0; at <= text.length; at++) {
    const unit = at === text.length ? DOT : text.charCodeAt(at)
    if (unit === DOT) {
      if (digits === 0 || part > 3) return undefined
      bytes[part++] = value
      value = 0
      digits = 0
      continue
    }
    const digit = unit - ZERO
    // A leading zero is octal to some programs and decimal to others.
    if (digit < 0 || digit > 9 || (digits > 0 && value === 0)) return undefined
    value = 10 * value + digit
    if (value > 255) return undefined
    digits++
  }
  return part === 4 ? bytes : undefined
}

const IPV6_BYTES = 16
const IPV6_GROUPS = 8
const IPV6_CHARACTERS_MAX = 45
const GROUP = /^[0-9a-fA-F]{1,4}$/

function ipv6Bytes(text: string): Uint8Array | undefined {
  if (text.length > IPV6_CHARACTERS_MAX) return undefined
  const [before = '', after, ...more] = text.split('::')
  if (more.length > 0) return undefined
  const head = groupsOf(before)
  const tail = after === undefined ? [] : groupsOf(after)
  if (head === undefined || tail === undefined) return undefined
  const missing = IPV6_GROUPS - head.length - tail.length
  if (after === undefined ? missing !== 0 : missing < 1) return undefined
  const groups = [...head, ...Array.from({ length: missing }, () => 0), ...tail]
  const bytes = new Uint8Array(IPV6_BYTES)
  groups.forEach((group, at) => bytes.set([group >> 8, group & 0xff], 2 * at))
  return bytes
}

/** Of one side of `::`; the last may be an IPv4 address, which makes two. */
function groupsOf(side: string): readonly number[] | undefined {
  if (side === '') return []
  const groups: number[] = []
  const parts = side.split(':')
  for (const [at, part] of parts.entries()) {
    const v4 = at === parts.length - 1 && part.includes('.') ? ipv4Bytes(part) : undefined
    if (v4 !== undefined) {
      const [a = 0, b = 0, c = 0, d = 0] = v4
      groups.push((a << 8) | b, (c << 8) | d)
    } else if (GROUP.test(part)) groups.push(Number.parseInt(part, 16))
    else return undefined
  }
  return groups
}
