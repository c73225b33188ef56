/**
 * The contacts of a node (Maymounkov and Mazières, *Kademlia*, 2002, 2.4): a bucket for each number
 * of leading bits shared with the own id; only the last, which holds the own neighbourhood, is
 * split. All here have answered a question and said who they are (admission.ts).
 *
 * Beyond that, the k known closest to the own id are always kept, though their bucket be full: who
 * keeps what depends on the neighbourhood being known exactly.
 */
import { assert, present } from '../base/assert.ts'
import type { NodeContact } from '../wire/kademlia/answers.ts'
import { KEY_BITS, type KeyId } from '../wire/kademlia/key-id.ts'
import { networkOf } from './networks.ts'
import {
  K,
  MISSES_DOUBTED,
  MISSES_GONE,
  NETWORK_A_BUCKET,
  NETWORK_A_TABLE,
  REPLACEMENTS_MAX,
  SILENT_GONE_MS,
} from './settings.ts'

/** A contact and what is known of it; changes in place, since there are many. */
export class Entry {
  readonly contact: NodeContact
  readonly isCapable: boolean
  /** `undefined`: its network counts for no limit. */
  readonly network: string | undefined
  seenMs: number
  /** Smoothed; below 0 before the first. */
  roundTripMs = -1
  /** Questions in a row that it did not answer. */
  misses = 0

  constructor(
    contact: NodeContact,
    known: { readonly isCapable: boolean; readonly nowMs: number },
  ) {
    this.contact = contact
    this.isCapable = known.isCapable
    this.network = networkOf(contact.host)
    this.seenMs = known.nowMs
  }
}

interface Bucket {
  readonly entries: Entry[]
  /** Heard of, not asked who they are; the latest last. */
  readonly replacements: NodeContact[]
  lookedUpMs: number
}

/** What became of a newcomer. */
export type Place = 'kept' | 'full' | 'crowded' | 'self'

const MEAN_WEIGHT = 1 / 8

export class Table {
  readonly self: KeyId
  readonly #byId = new Map<string, Entry>()
  #buckets: Bucket[]
  /** The k closest to the own id, closest first. */
  #near: Entry[] = []

  constructor(self: KeyId, nowMs: number) {
    this.self = self
    this.#buckets = [emptyBucket(nowMs)]
  }

  get size(): number {
    return this.#byId.size
  }

  /** Contacts that are not doubted. */
  get trusted(): number {
    let count = 0
    for (const { misses } of this.#byId.values()) if (misses < MISSES_DOUBTED) count++
    return count
  }

  get(id: KeyId): Entry | undefined {
    return this.#byId.get(id.text)
  }

  entries(): Iterable<Entry> {
    return this.#byId.values()
  }

  /** For pictures: shared bits, contacts, how many replace them. */
  buckets(): readonly (Bucket & { readonly sharedBits: number })[] {
    return this.#buckets.map((bucket, sharedBits) => ({ ...bucket, sharedBits }))
  }

  /** Whether it would be kept if it proved who it is. */
  hasRoomFor(contact: NodeContact): boolean {
    return this.#placeOf(contact) === 'kept'
  }

  /** Known by that id at that address. */
  holds({ host, id, port }: NodeContact): boolean {
    const entry = this.#byId.get(id.text)
    return entry !== undefined && entry.contact.host === host && entry.contact.port === port
  }

  add(contact: NodeContact, known: { readonly isCapable: boolean; readonly nowMs: number }): Place {
    const before = this.#byId.get(contact.id.text)
    if (before !== undefined) this.#take(before)
    const place = this.#placeOf(contact)
    if (place !== 'kept') {
      if (before !== undefined) this.#put(before)
      if (place === 'full') this.#remember(contact)
      return place
    }
    this.#forgetAt(contact)
    this.#put(new Entry(contact, known))
    return this.#byId.has(contact.id.text) ? 'kept' : 'full'
  }

  /** Of one address the latest that proved itself holds: a node that began anew has another id. */
  #forgetAt({ host, port }: NodeContact): void {
    const isThere = ({ contact }: Entry): boolean => contact.host === host && contact.port === port
    for (const entry of [...this.#byId.values()].filter(isThere)) this.#take(entry)
  }

  /** Somebody told of it: it may take the place of one that is gone. */
  heardOf(contact: NodeContact): void {
    if (contact.id.equals(this.self) || this.#byId.has(contact.id.text)) return
    this.#remember(contact)
  }

  answered(
    id: KeyId,
    { nowMs, tookMs }: { readonly nowMs: number; readonly tookMs: number },
  ): void {
    const entry = this.#byId.get(id.text)
    if (entry === undefined) return
    entry.seenMs = nowMs
    entry.misses = 0
    const before = entry.roundTripMs
    entry.roundTripMs = before < 0 ? tookMs : before + MEAN_WEIGHT * (tookMs - before)
  }

  /** @returns who may take its place: to be asked who it is */
  missed(id: KeyId, nowMs: number): NodeContact | undefined {
    const entry = this.#byId.get(id.text)
    if (entry === undefined) return undefined
    entry.misses++
    if (entry.misses < MISSES_DOUBTED) return undefined
    const bucket = this.#bucketOf(id)
    const replacement = bucket.replacements.pop()
    const isGone = entry.misses >= MISSES_GONE && nowMs - entry.seenMs > SILENT_GONE_MS
    if (replacement !== undefined || isGone) this.remove(id)
    return replacement
  }

  remove(id: KeyId): void {
    const entry = this.#byId.get(id.text)
    if (entry !== undefined) this.#take(entry)
  }

  /** The closest to a key that are known and not doubted, closest first: exactly those. */
  closest(
    key: KeyId,
    count = K,
    except?: { readonly host: string; readonly port: number },
  ): Entry[] {
    const found: Entry[] = []
    const byDistance = (a: Entry, b: Entry): number =>
      key.compareDistance(a.contact.id, b.contact.id)
    for (const bucket of this.#outwards(key)) {
      const fit = bucket.filter(({ contact, misses }) => {
        if (misses >= MISSES_DOUBTED) return false
        return except === undefined || contact.host !== except.host || contact.port !== except.port
      })
      found.push(...fit.sort(byDistance))
      if (found.length >= count) break
    }
    return found.slice(0, count)
  }

  /** The closest to a key of those that are doubted, closest first: for who trusts nobody. */
  doubted(key: KeyId): readonly Entry[] {
    return [...this.#byId.values()]
      .filter(({ misses }) => misses >= MISSES_DOUBTED)
      .sort((a, b) => key.compareDistance(a.contact.id, b.contact.id))
      .slice(0, K)
  }

  /** The k closest to the own id. */
  get neighbours(): readonly Entry[] {
    return this.#near
  }

  lookedUp(key: KeyId, nowMs: number): void {
    this.#bucketOf(key).lookedUpMs = nowMs
  }

  /** Buckets, by the bits shared, in which nothing was looked up since then. */
  lonely(sinceMs: number): readonly number[] {
    return this.#buckets.flatMap(({ lookedUpMs }, bits) => (lookedUpMs < sinceMs ? [bits] : []))
  }

  /**
   * Those that missed a question, or were not heard of since then: neighbours first, then the
   * longest silent.
   */
  stale(
    since: { readonly ms: number; readonly ofNeighboursMs: number },
    count: number,
  ): readonly Entry[] {
    const near = new Set(this.#near)
    const stale = [...this.#byId.values()].filter((entry) => {
      const sinceMs = near.has(entry) ? since.ofNeighboursMs : since.ms
      return entry.misses > 0 || entry.seenMs < sinceMs
    })
    const rank = (entry: Entry): number => (near.has(entry) ? 0 : 1)
    return stale.sort((a, b) => rank(a) - rank(b) || a.seenMs - b.seenMs).slice(0, count)
  }

  /**
   * Entries by growing distance to the key, in groups: those of its own bucket share more bits with
   * it than all others, those of later buckets as many as the own id, then come earlier ones.
   */
  *#outwards(key: KeyId): Iterable<readonly Entry[]> {
    const at = this.#indexOf(key)
    const last = this.#buckets.length - 1
    const isSplitOff = at < last
    yield this.#entriesAt(at)
    if (isSplitOff) yield this.#buckets.slice(at + 1).flatMap(({ entries }) => entries)
    for (let before = at - 1; before >= 0; before--) yield this.#entriesAt(before)
  }

  #entriesAt(index: number): readonly Entry[] {
    return present(this.#buckets[index], 'bucket').entries
  }

  #indexOf(id: KeyId): number {
    return Math.min(this.self.sharedBits(id), this.#buckets.length - 1)
  }

  #bucketOf(id: KeyId): Bucket {
    return present(this.#buckets[this.#indexOf(id)], 'bucket')
  }

  #placeOf(contact: NodeContact): Place {
    if (contact.id.equals(this.self)) return 'self'
    const bucket = this.#bucketOf(contact.id)
    const network = networkOf(contact.host)
    if (network !== undefined && this.#isCrowded(bucket, network)) return 'crowded'
    if (bucket.entries.length < K || this.#isNear(contact.id)) return 'kept'
    return bucket === this.#buckets.at(-1) && this.#buckets.length < KEY_BITS ? 'kept' : 'full'
  }

  #isCrowded({ entries }: Bucket, network: string): boolean {
    const inBucket = entries.filter((entry) => entry.network === network).length
    if (inBucket >= NETWORK_A_BUCKET) return true
    let inTable = 0
    for (const entry of this.#byId.values()) if (entry.network === network) inTable++
    return inTable >= NETWORK_A_TABLE
  }

  #isNear(id: KeyId): boolean {
    const last = this.#near[K - 1]
    return last === undefined || this.self.compareDistance(id, last.contact.id) < 0
  }

  #remember(contact: NodeContact): void {
    const { replacements } = this.#bucketOf(contact.id)
    const at = replacements.findIndex(({ id }) => id.equals(contact.id))
    if (at >= 0) replacements.splice(at, 1)
    replacements.push(contact)
    if (replacements.length > REPLACEMENTS_MAX) replacements.shift()
  }

  #put(entry: Entry): void {
    assert(!this.#byId.has(entry.contact.id.text), 'one entry a contact')
    this.#byId.set(entry.contact.id.text, entry)
    const bucket = this.#bucketOf(entry.contact.id)
    bucket.entries.push(entry)
    const waiting = bucket.replacements.findIndex(({ id }) => id.equals(entry.contact.id))
    if (waiting >= 0) bucket.replacements.splice(waiting, 1)
    const displaced = this.#nearer(entry)
    while (this.#last().entries.length > K && this.#buckets.length < KEY_BITS) this.#split()
    if (displaced !== undefined) this.#trim(displaced)
  }

  #last(): Bucket {
    return present(this.#buckets.at(-1), 'last bucket')
  }

  /** @returns who is not one of the k closest to the own id: the newcomer, or whom it pushed out */
  #nearer(entry: Entry): Entry | undefined {
    if (!this.#isNear(entry.contact.id)) return entry
    const farther = (other: Entry): boolean =>
      this.self.compareDistance(entry.contact.id, other.contact.id) < 0
    const at = this.#near.findIndex(farther)
    this.#near.splice(at < 0 ? this.#near.length : at, 0, entry)
    return this.#near.length > K ? this.#near.pop() : undefined
  }

  /** One that was kept for its nearness alone makes room when it is no longer near. */
  #trim(displaced: Entry): void {
    const bucket = this.#bucketOf(displaced.contact.id)
    if (bucket.entries.length <= K) return
    bucket.entries.splice(bucket.entries.indexOf(displaced), 1)
    this.#byId.delete(displaced.contact.id.text)
    this.#remember(displaced.contact)
  }

  #split(): void {
    const old = this.#last()
    const bits = this.#buckets.length - 1
    const isDeeper = (id: KeyId): boolean => this.self.sharedBits(id) > bits
    const part = (deeper: boolean): Bucket => ({
      entries: old.entries.filter(({ contact }) => isDeeper(contact.id) === deeper),
      replacements: old.replacements.filter(({ id }) => isDeeper(id) === deeper),
      lookedUpMs: old.lookedUpMs,
    })
    this.#buckets.splice(-1, 1, part(false), part(true))
  }

  #take(entry: Entry): void {
    this.#byId.delete(entry.contact.id.text)
    const { entries } = this.#bucketOf(entry.contact.id)
    const at = entries.indexOf(entry)
    assert(at >= 0, 'an entry lies in its bucket')
    entries.splice(at, 1)
    if (!this.#near.includes(entry)) return
    const near: Entry[] = []
    const byDistance = (a: Entry, b: Entry): number =>
      this.self.compareDistance(a.contact.id, b.contact.id)
    for (const bucket of this.#buckets.toReversed()) {
      near.push(...bucket.entries.toSorted(byDistance))
      if (near.length >= K) break
    }
    this.#near = near.slice(0, K)
  }
}

function emptyBucket(nowMs: number): Bucket {
  return { entries: [], replacements: [], lookedUpMs: nowMs }
}
