/**
 * What a crawl is polite to: a host and port (RFC 9309 and RFC 6454 both judge by it), named by
 * scheme, host and port as the canonical URL has them.
 */
import { sha256Hex } from '../../../base/hash.ts'
import { parsePosition, type Position } from '../../../base/ids.ts'
import type { CanonicalUrl } from '../urls/canonical-url.ts'

declare const hostTag: unique symbol

/** An origin, e.g. `https://example.org` or `http://localhost:8000`. */
export type Host = string & { readonly [hostTag]: true }

export function hostOf(url: CanonicalUrl): Host {
  return new URL(url).origin as Host
}

/** `undefined` when the text is no origin as `hostOf` gives them. */
export function readHost(text: string): Host | undefined {
  if (!URL.canParse(text)) return undefined
  return new URL(text).origin === text ? (text as Host) : undefined
}

/** Its place on the ring: the first member at or after it schedules the host. */
export function hostPosition(host: Host): Position {
  return parsePosition(sha256Hex(host))
}

export function hostsOf(groups: readonly { readonly host: string }[]): readonly Host[] {
  return groups.flatMap(({ host }) => readHost(host) ?? [])
}
