/** Digests as HTTP writes them (RFC 9530). Pure. */

/** SHA-256 of a `Repr-Digest` (section 3), hex; `undefined`: it tells of none. */
export function hexIn(digest: string): string | undefined {
  const [, base64 = ''] = /sha-256=:([A-Za-z0-9+/]+=*):/.exec(digest) ?? []
  if (base64 === '') return undefined
  return Array.from(atob(base64), (unit) => unit.charCodeAt(0).toString(16).padStart(2, '0')).join(
    '',
  )
}
