/** `Cache-Control` of answers (RFC 9111, 5.2.2): what a shared cache heeds of it. */
import type { Headers } from '../fetch/http-message.ts'

export interface CacheControl {
  readonly noStore: boolean
  /** For certain fields too: we would have to leave them out, and ask instead. */
  readonly noCache: boolean
  readonly isPrivate: boolean
  /** 0 where it cannot be read, the least where it is said twice (RFC 9111, 4.2.1). */
  readonly maxAgeMs: number | undefined
  readonly sharedMaxAgeMs: number | undefined
}

export function cacheControlOf(headers: Headers): CacheControl {
  const values = new Map<string, string>()
  for (const [name, value] of headers) {
    if (name.toLowerCase() !== 'cache-control') continue
    for (const found of value.matchAll(DIRECTIVE)) {
      const key = (found[1] ?? '').toLowerCase()
      const told = found[2] ?? found[3] ?? ''
      const known = values.get(key)
      values.set(key, known === undefined || seconds(told) < seconds(known) ? told : known)
    }
  }
  const msOf = (name: string): number | undefined => {
    const value = values.get(name)
    return value === undefined ? undefined : seconds(value) * 1_000
  }
  return {
    noStore: values.has('no-store'),
    noCache: values.has('no-cache'),
    isPrivate: values.has('private'),
    maxAgeMs: msOf('max-age'),
    sharedMaxAgeMs: msOf('s-maxage'),
  }
}

/** A name, and a value with or without quotes. Linear: no two parts can take the same character. */
const DIRECTIVE = /([^\s=,;"]+)(?:=(?:"([^"]*)"|([^\s,;"]*)))?/g

/** Longer than any page lives (RFC 9111, 1.2.2). */
const SECONDS_MAX = 2 ** 31

function seconds(text: string): number {
  return /^\d+$/.test(text) ? Math.min(Number(text), SECONDS_MAX) : 0
}
