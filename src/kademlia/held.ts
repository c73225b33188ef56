/**
 * What this node keeps for others: under each key one plain value, as stock nodes do, and one
 * signed record a publisher. All of it is soft: it expires, and over the bound what was longest not
 * asked for goes, plain values first.
 */
import { assert } from '../base/assert.ts'
import { compareBytes } from '../base/bytes.ts'
import { HOUR_MS, SECOND_MS } from '../base/limits.ts'
import type { KeyId } from '../wire/kademlia/key-id.ts'
import { LIST_BYTES_MAX, LIST_VALUES_MAX } from '../wire/kademlia/limits.ts'
import {
  storedList,
  storedText,
  textsOf,
  type StoredValue,
  type ValueKinds,
} from '../wire/kademlia/stored-value.ts'
import { RECORD_LIFE_MS, VALUE_LIFE_MS } from '../wire/kademlia/times.ts'
import {
  HELD_BYTES_MAX,
  HELD_OVERHEAD_BYTES,
  RECORD_AHEAD_MS,
  RECORDS_A_KEY,
  RECORDS_A_NETWORK,
} from './settings.ts'

/** A record whose signature holds, with what decides about it. */
export interface CheckedRecord {
  readonly bytes: Uint8Array
  /** Of its publisher. */
  readonly publicKey: Uint8Array
  readonly sequence: number
  readonly expiresAtS: number
  /** The first of its addresses; `undefined`: it is taken back. */
  readonly url: string | undefined
}

export interface HeldRecord extends CheckedRecord {
  /** Of who brought it, where that is counted. */
  readonly network: string | undefined
  /** On this machine’s clock, which others’ need not agree with. */
  readonly untilMs: number
}

export interface HeldValue {
  readonly value: StoredValue
  readonly untilMs: number
}

interface Keyed {
  readonly key: KeyId
  value: HeldValue | undefined
  /** By publisher. */
  readonly records: Map<string, HeldRecord>
  /** The same in the order of their publishers; made when asked for, as long as nothing changes. */
  inOrder: readonly HeldRecord[] | undefined
  /** What a stock node is told of them; likewise. */
  told: StoredValue | 'nothing' | undefined
  /** When somebody last said any of it. */
  saidMs: number
}

export type Kept =
  | 'kept'
  /** The same is here already. */
  | 'known'
  /** There is a later one of this publisher. */
  | 'outdated'
  /** It is past its end, or says that it is good for days. */
  | 'expired'
  /** Too many of this key, or of one network. */
  | 'crowded'

/** Two clocks: one that goes on evenly, and the one of the calendar. */
export interface Times {
  readonly nowMs: number
  readonly wallMs: number
}

export class Held {
  readonly #kinds: ValueKinds
  /** In the order in which they were last asked for or said. */
  readonly #keys = new Map<string, Keyed>()
  /** Those of them that have a plain value, in the same order. */
  readonly #valued = new Map<string, Keyed>()
  #bytes = 0
  #records = 0

  constructor(kinds: ValueKinds) {
    this.#kinds = kinds
  }

  get size(): { readonly keys: number; readonly records: number; readonly bytes: number } {
    return { keys: this.#keys.size, records: this.#records, bytes: this.#bytes }
  }

  keys(): Iterable<KeyId> {
    return [...this.#keys.values()].map(({ key }) => key)
  }

  value(key: KeyId, nowMs: number): StoredValue | undefined {
    const held = this.#touched(key, nowMs)?.value
    return held?.value
  }

  /** Those taken back too, in the order of their publishers. */
  records(key: KeyId, nowMs: number): readonly HeldRecord[] {
    const keyed = this.#touched(key, nowMs)
    return keyed === undefined ? [] : inOrder(keyed)
  }

  /**
   * The one text that a stock node is given: what a stock node said, else the first address of the
   * record with the greatest number, of equal ones that with the lowest bytes. So all who keep the
   * same say the same.
   */
  plain(key: KeyId, nowMs: number): StoredValue | undefined {
    const keyed = this.#touched(key, nowMs)
    if (keyed === undefined) return undefined
    if (keyed.value !== undefined) return keyed.value.value
    keyed.told ??= toldOf(inOrder(keyed), this.#kinds) ?? 'nothing'
    return keyed.told === 'nothing' ? undefined : keyed.told
  }

  putValue(key: KeyId, said: StoredValue, nowMs: number, untilMs = nowMs + VALUE_LIFE_MS): void {
    const keyed = this.#touched(key, nowMs) ?? this.#made(key, nowMs)
    const value = this.#kinds === 'lists' ? merged(keyed.value?.value, said) : said
    this.#count(-costOf(keyed.value?.value))
    keyed.value = { value, untilMs }
    this.#valued.delete(key.text)
    this.#valued.set(key.text, keyed)
    keyed.saidMs = nowMs
    this.#count(costOf(value))
    this.#makeRoom()
  }

  putRecord(
    key: KeyId,
    record: CheckedRecord,
    { network, nowMs, wallMs }: Times & { readonly network: string | undefined },
  ): Kept {
    const leftMs = record.expiresAtS * SECOND_MS - wallMs
    if (leftMs <= 0 || leftMs > RECORD_AHEAD_MS) return 'expired'
    const keyed = this.#touched(key, nowMs) ?? this.#made(key, nowMs)
    const publisher = publisherText(record)
    const before = keyed.records.get(publisher)
    const known = before === undefined ? undefined : order(record, before)
    if (known !== undefined && known <= 0) {
      if (known === 0) keyed.saidMs = nowMs
      return known === 0 ? 'known' : 'outdated'
    }
    if (before === undefined && isCrowded(keyed, network)) {
      this.#dropIfEmpty(keyed)
      return 'crowded'
    }
    const untilMs = nowMs + Math.min(leftMs, RECORD_LIFE_MS + HOUR_MS)
    this.#count(-costOf(before?.bytes))
    if (before === undefined) this.#records++
    keyed.records.set(publisher, { ...record, network, untilMs })
    forgetMade(keyed)
    keyed.saidMs = nowMs
    this.#count(costOf(record.bytes))
    this.#makeRoom()
    return 'kept'
  }

  /** Keys that nobody said for so long, so many of them. */
  unsaid(sinceMs: number, count: number): readonly KeyId[] {
    const found: KeyId[] = []
    for (const { key, saidMs } of this.#keys.values()) {
      if (saidMs < sinceMs) found.push(key)
      if (found.length === count) break
    }
    return found
  }

  said(key: KeyId, nowMs: number): void {
    const keyed = this.#keys.get(key.text)
    if (keyed !== undefined) keyed.saidMs = nowMs
  }

  /** For the disk: all that has not expired. */
  *all(nowMs: number): Iterable<{
    readonly key: KeyId
    readonly value: HeldValue | undefined
    readonly records: readonly HeldRecord[]
  }> {
    for (const { key } of this.#keys.values()) {
      const keyed = this.#fresh(key, nowMs)
      if (keyed === undefined) continue
      yield { key, value: keyed.value, records: [...keyed.records.values()] }
    }
  }

  expire(nowMs: number): void {
    for (const { key } of this.#keys.values()) this.#fresh(key, nowMs)
  }

  #made(key: KeyId, nowMs: number): Keyed {
    const keyed: Keyed = {
      key,
      value: undefined,
      records: new Map(),
      inOrder: undefined,
      told: undefined,
      saidMs: nowMs,
    }
    this.#keys.set(key.text, keyed)
    return keyed
  }

  /** Moved to the end: it goes last. */
  #touched(key: KeyId, nowMs: number): Keyed | undefined {
    const keyed = this.#fresh(key, nowMs)
    if (keyed === undefined) return undefined
    this.#keys.delete(key.text)
    this.#keys.set(key.text, keyed)
    if (this.#valued.delete(key.text)) this.#valued.set(key.text, keyed)
    return keyed
  }

  #fresh(key: KeyId, nowMs: number): Keyed | undefined {
    const keyed = this.#keys.get(key.text)
    if (keyed === undefined) return undefined
    if (keyed.value !== undefined && keyed.value.untilMs <= nowMs) this.#dropValue(keyed)
    for (const [publisher, { untilMs }] of keyed.records) {
      if (untilMs <= nowMs) this.#dropRecord(keyed, publisher)
    }
    return this.#dropIfEmpty(keyed) ? undefined : keyed
  }

  #makeRoom(): void {
    for (const keyed of this.#valued.values()) {
      if (this.#bytes <= HELD_BYTES_MAX) return
      this.#dropValue(keyed)
      this.#dropIfEmpty(keyed)
    }
    if (this.#bytes <= HELD_BYTES_MAX) return
    for (const keyed of this.#keys.values()) {
      for (const publisher of keyed.records.keys()) {
        if (this.#bytes <= HELD_BYTES_MAX) return
        this.#dropRecord(keyed, publisher)
      }
      this.#dropIfEmpty(keyed)
    }
  }

  #dropValue(keyed: Keyed): void {
    this.#count(-costOf(keyed.value?.value))
    keyed.value = undefined
    this.#valued.delete(keyed.key.text)
  }

  #dropRecord(keyed: Keyed, publisher: string): void {
    this.#count(-costOf(keyed.records.get(publisher)?.bytes))
    if (keyed.records.delete(publisher)) this.#records--
    forgetMade(keyed)
  }

  #dropIfEmpty({ key, records, value }: Keyed): boolean {
    if (value !== undefined || records.size > 0) return false
    this.#keys.delete(key.text)
    return true
  }

  #count(bytes: number): void {
    this.#bytes += bytes
    assert(this.#bytes >= 0, 'what is held is counted once')
  }
}

function inOrder(keyed: Keyed): readonly HeldRecord[] {
  keyed.inOrder ??= [...keyed.records.values()].sort((a, b) =>
    compareBytes(a.publicKey, b.publicKey),
  )
  return keyed.inOrder
}

function forgetMade(keyed: Keyed): void {
  keyed.inOrder = undefined
  keyed.told = undefined
}

function toldOf(records: readonly HeldRecord[], kinds: ValueKinds): StoredValue | undefined {
  const latestFirst = (a: HeldRecord, b: HeldRecord): number => order(b, a)
  const alive = records.filter(({ url }) => url !== undefined).toSorted(latestFirst)
  const urls = alive.flatMap(({ url }) => (url === undefined ? [] : [url]))
  const [first] = urls
  if (first === undefined) return undefined
  return kinds === 'lists' ? bounded(urls) : storedText(first)
}

function costOf(bytes: Uint8Array | undefined): number {
  return bytes === undefined ? 0 : bytes.length + HELD_OVERHEAD_BYTES
}

export function publisherText({ publicKey }: Pick<CheckedRecord, 'publicKey'>): string {
  return String.fromCharCode(...publicKey)
}

/**
 * Above 0 where the first is later; two of one number are ordered by their bytes, the same
 * everywhere.
 */
export function order(a: CheckedRecord, b: CheckedRecord): number {
  return a.sequence - b.sequence || compareBytes(b.bytes, a.bytes)
}

function isCrowded({ records }: Keyed, network: string | undefined): boolean {
  if (records.size >= RECORDS_A_KEY) return true
  if (network === undefined) return false
  const ofNetwork = [...records.values()].filter((record) => record.network === network)
  return ofNetwork.length >= RECORDS_A_NETWORK
}

/** Of a network of iic2523: all that were said; of too many the oldest go. */
function merged(before: StoredValue | undefined, said: StoredValue): StoredValue {
  const added = textsOf(said)
  const kept = (before === undefined ? [] : textsOf(before)).filter((text) => !added.includes(text))
  return bounded([...kept, ...new Set(added)].toReversed(), 'newest last')
}

/** Those that there is room for, from the first on. */
function bounded(texts: readonly string[], way?: 'newest last'): StoredValue {
  const kept: string[] = []
  let bytes = LIST_HEAD_BYTES
  for (const text of texts.slice(0, LIST_VALUES_MAX)) {
    const more = storedText(text).length
    // One that fits nowhere takes nobody else’s room.
    if (bytes + more > LIST_BYTES_MAX) continue
    bytes += more
    kept.push(text)
  }
  return storedList(way === undefined ? kept : kept.toReversed())
}

const LIST_HEAD_BYTES = 3
