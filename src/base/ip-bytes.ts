/**
 * Addresses as they are written (RFC 4291, 2.2; RFC 3986, 3.2.2), as bytes: for what must tell
 * networks apart without asking anybody.
 */

/** 4 or 16 bytes; `undefined` for what is no address. Zones (`%eth0`) are none of it. */
export function ipBytes(text: string): Uint8Array | undefined {
  return text.includes(':') ? ipv6Bytes(text) : ipv4Bytes(text)
}

const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/

function ipv4Bytes(text: string): Uint8Array | undefined {
  const parts = IPV4.exec(text)?.slice(1)
  if (parts === undefined) return undefined
  // A leading zero is octal to some programs and decimal to others.
  if (parts.some((part) => Number(part) > 255 || (part.length > 1 && part.startsWith('0')))) {
    return undefined
  }
  return Uint8Array.from(parts, Number)
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
