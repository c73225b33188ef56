/**
 * How much one source may ask, and be given: a host, or one port of a host that many share. Past
 * that its questions are dropped; nothing of it is told, since that would cost more than dropping.
 */
import { byteText } from '../base/bytes.ts'
import { ipBytes } from '../base/ip-bytes.ts'
import { fullBucket, take, type Bucket, type Rate } from '../base/token-bucket.ts'
import type { Endpoint } from '../effects/net.ts'
import { addressText } from './calls.ts'
import { networkOf } from './networks.ts'
import {
  HANDINGS_A_HOST,
  HANDINGS_A_LOCAL_PORT,
  QUESTIONS_A_HOST,
  QUESTIONS_A_LOCAL_PORT,
  SOURCES_MAX,
  WRITES_A_HOST,
  WRITES_A_LOCAL_PORT,
} from './settings.ts'

interface Rates {
  readonly host: Rate
  readonly localPort: Rate
}

const QUESTIONS: Rates = { host: QUESTIONS_A_HOST, localPort: QUESTIONS_A_LOCAL_PORT }
const WRITES: Rates = { host: WRITES_A_HOST, localPort: WRITES_A_LOCAL_PORT }
const HANDINGS: Rates = { host: HANDINGS_A_HOST, localPort: HANDINGS_A_LOCAL_PORT }

/** Of IPv6 an owner has a /64 at least. */
const V6_OWNER_BYTES = 8

export class Sources {
  readonly #questions = new Map<string, Bucket>()
  readonly #writes = new Map<string, Bucket>()
  readonly #handings = new Map<string, Bucket>()

  mayAsk(from: Endpoint, nowMs: number): boolean {
    return taken(this.#questions, { from, nowMs, rates: QUESTIONS })
  }

  mayWrite(from: Endpoint, nowMs: number): boolean {
    return taken(this.#writes, { from, nowMs, rates: WRITES })
  }

  mayBeHanded(to: Endpoint, nowMs: number): boolean {
    return taken(this.#handings, { from: to, nowMs, rates: HANDINGS })
  }
}

function taken(
  buckets: Map<string, Bucket>,
  {
    from,
    nowMs,
    rates,
  }: { readonly from: Endpoint; readonly nowMs: number; readonly rates: Rates },
): boolean {
  const isShared = networkOf(from.host) === undefined
  const rate = isShared ? rates.localPort : rates.host
  const source = isShared ? addressText(from) : ownerOf(from.host)
  const before = buckets.get(source) ?? fullBucket(rate, nowMs)
  const [after, waitMs] = take(before, { amount: 1, nowMs, rate })
  // Who is refused owes nothing for it: else a flood would shut its source out for long after.
  buckets.delete(source)
  buckets.set(source, waitMs === 0 ? after : { ...after, tokens: after.tokens + 1 })
  const [oldest] = buckets.keys()
  if (buckets.size > SOURCES_MAX && oldest !== undefined) buckets.delete(oldest)
  return waitMs === 0
}

function ownerOf(host: string): string {
  const bytes = ipBytes(host)
  return bytes?.length === 16 ? byteText(bytes.subarray(0, V6_OWNER_BYTES)) : host
}
