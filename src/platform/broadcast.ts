/**
 * The address that reaches all of one network (RFC 919). 255.255.255.255 would not do: it fails on
 * a machine without a default route, and goes out by one interface only.
 */

/** Both in dotted decimal, IPv4. */
export function directedBroadcast(address: string, netmask: string): string {
  const mask = netmask.split('.').map(Number)
  return address
    .split('.')
    .map((octet, index) => (Number(octet) | ~(mask[index] ?? 0)) & 0xff)
    .join('.')
}
