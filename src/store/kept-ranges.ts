/**
 * Ranges that a member reads again and again, kept by it as what is made of their records. Each
 * reading asks the store what changed since the one before, so that reads stay linearizable and
 * cost little where nothing did. Of a long range its last records are kept.
 *
 * Who asks for one range at once shares a read: one is under way, one waits. Who comes while one is
 * under way takes the next, never one that began before they came.
 */
import { compareUtf8 } from '../base/utf8-order.ts'
import type { StoredRecord } from './partition/procedure.ts'
import type { RangeAnswer, Store, Version } from './types.ts'

export interface Wanted {
  readonly table: string
  readonly pk: string
  readonly prefix: string
  /** So many of the last, where there are; more may be told. */
  readonly last: number
}

/** The same object as long as nothing of it changed. */
export interface KeptRange<T> {
  /** In byte order of their sort keys. */
  readonly rows: readonly T[]
  /** All of the range; else what lies before these is not among them. */
  readonly isWhole: boolean
}

export interface KeepingOptions<T> {
  readonly store: Pick<Store, 'read'>
  /** `undefined`: the record is passed over. */
  readonly rowOf: (record: StoredRecord, wanted: Wanted) => T | undefined
  /** Of all ranges; those that were not asked for longest go first, and each counts one more. */
  readonly rowsMax: number
}

interface Flight<T> {
  /** Of those who came since it began, and how many rows one of them wants. */
  next: (PromiseWithResolvers<KeptRange<T>> & { last: number }) | undefined
}

export class KeptRanges<T> {
  readonly #options: KeepingOptions<T>
  readonly #flights = new Map<string, Flight<T>>()
  /** Least recently asked for first. */
  readonly #kept = new Map<string, Kept<T>>()
  #rows = 0

  constructor(options: KeepingOptions<T>) {
    this.#options = options
  }

  /** @throws AnilloError BAD_REQUEST, STORE_UNAVAILABLE */
  of(wanted: Wanted): Promise<KeptRange<T>> {
    const name = `${wanted.table}\0${wanted.pk}\0${wanted.prefix}`
    const flight = this.#flights.get(name)
    if (flight === undefined) return this.#begin(name, wanted)
    flight.next ??= { ...Promise.withResolvers<KeptRange<T>>(), last: wanted.last }
    flight.next.last = Math.max(flight.next.last, wanted.last)
    return flight.next.promise
  }

  async #begin(name: string, wanted: Wanted): Promise<KeptRange<T>> {
    const flight: Flight<T> = { next: undefined }
    this.#flights.set(name, flight)
    try {
      return await this.#read(name, wanted)
    } finally {
      const { next } = flight
      if (next === undefined) this.#flights.delete(name)
      else this.#begin(name, { ...wanted, last: next.last }).then(next.resolve, next.reject)
    }
  }

  async #read(name: string, wanted: Wanted): Promise<KeptRange<T>> {
    const { rowOf, store } = this.#options
    const before = this.#kept.get(name)
    const since = before?.has(wanted.last) === true ? before.version : undefined
    const { pk, prefix, table } = wanted
    const last = Math.max(wanted.last, before?.last ?? 0)
    const question = { table, pk, prefix, reverse: true, limit: last }
    const answer = await store.read(since === undefined ? question : { ...question, since })
    const read = (record: StoredRecord): T | undefined => rowOf(record, wanted)
    const kept =
      answer.kind === 'page' || before === undefined
        ? keptOf(answer, last, read)
        : before.changed(answer, read)
    this.#keep(name, kept)
    return kept.range
  }

  #keep(name: string, kept: Kept<T>): void {
    this.#rows += weightOf(kept) - weightOf(this.#kept.get(name))
    this.#kept.delete(name)
    this.#kept.set(name, kept)
    for (const [oldest, one] of this.#kept) {
      if (this.#rows <= this.#options.rowsMax) return
      this.#kept.delete(oldest)
      this.#rows -= weightOf(one)
    }
  }
}

type Read<T> = (record: StoredRecord) => T | undefined

interface Contents<T> {
  readonly version: Version | undefined
  /** How many were asked for. */
  readonly last: number
  /** Where the stretch that is known begins; '': with the range. */
  readonly from: string
  readonly sks: readonly string[]
  readonly range: KeptRange<T>
}

/** One range at one version. */
class Kept<T> {
  readonly version: Version | undefined
  readonly last: number
  readonly range: KeptRange<T>
  readonly #from: string
  readonly #sks: readonly string[]

  constructor({ from, last, range, sks, version }: Contents<T>) {
    this.version = version
    this.last = last
    this.range = range
    this.#from = from
    this.#sks = sks
  }

  has(last: number): boolean {
    return this.range.isWhole || this.last >= last
  }

  changed({ changes, version }: Extract<RangeAnswer, { kind: 'changes' }>, read: Read<T>): Kept<T> {
    const sks = [...this.#sks]
    const rows = [...this.range.rows]
    const { isWhole } = this.range
    let isChanged = false
    for (const change of changes) {
      const sk = change.kind === 'put' ? change.record.sk : change.sk
      if (!isWhole && compareUtf8(sk, this.#from) < 0) continue
      isChanged = true
      const at = placeOf(sks, sk)
      const found = sks[at] === sk ? 1 : 0
      const row = change.kind === 'put' ? read(change.record) : undefined
      if (row === undefined) {
        sks.splice(at, found)
        rows.splice(at, found)
      } else {
        sks.splice(at, found, sk)
        rows.splice(at, found, row)
      }
    }
    if (!isChanged) return this.#as({ version })
    return this.#fitting({
      version,
      last: this.last,
      from: this.#from,
      sks,
      range: { rows, isWhole },
    })
  }

  /** Neither twice as long as was asked for, nor half as long where there are more. */
  #fitting(contents: Contents<T>): Kept<T> {
    const { last, range, sks } = contents
    if (sks.length > 2 * last) {
      const cut = sks.slice(-last)
      const rows = range.rows.slice(-last)
      return new Kept({
        ...contents,
        from: cut[0] ?? '',
        sks: cut,
        range: { rows, isWhole: false },
      })
    }
    const isShort = !range.isWhole && 2 * sks.length < last
    return new Kept(isShort ? { ...contents, version: undefined } : contents)
  }

  #as(changed: Pick<Contents<T>, 'version'>): Kept<T> {
    const { last, range } = this
    return new Kept({ last, range, from: this.#from, sks: this.#sks, ...changed })
  }
}

function keptOf<T>(answer: RangeAnswer, last: number, read: Read<T>): Kept<T> {
  const { hasMore, items, version } =
    answer.kind === 'page' ? answer : { items: [], hasMore: false, version: undefined }
  const sks: string[] = []
  const rows: T[] = []
  for (let at = items.length - 1; at >= 0; at--) {
    const record = items[at]
    const row = record && read(record)
    if (record === undefined || row === undefined) continue
    sks.push(record.sk)
    rows.push(row)
  }
  const from = hasMore ? (items.at(-1)?.sk ?? '') : ''
  return new Kept({ version, last, from, sks, range: { rows, isWhole: !hasMore } })
}

/** Where it stands, or is to stand. */
function placeOf(sks: readonly string[], sk: string): number {
  let [low, high] = [0, sks.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareUtf8(sks[middle] ?? '', sk) < 0) low = middle + 1
    else high = middle
  }
  return low
}

function weightOf(kept: Kept<unknown> | undefined): number {
  return kept === undefined ? 0 : kept.range.rows.length + 1
}
