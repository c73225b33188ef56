/**
 * Who changed what in the tree: acts are gathered at each member, and many are written in one entry
 * of one log, so that a storm of uploads costs little more for being noted. Read over all
 * partitions, newest first.
 */
import { SECOND_MS } from '../../../base/limits.ts'
import { pick } from '../../../base/random.ts'
import type { Timer } from '../../../effects/clock.ts'
import type { Effects } from '../../../effects/effects.ts'
import type { CallOptions, Store } from '../../../store/types.ts'
import { ALL_PARTITIONS, pkIn, type PartitionId } from '../../../wire/partition.ts'
import { addActs, type ActInput } from './procedures.ts'
import { ACT_TEXT_BYTES_MAX, ACTS_AT_ONCE, ACTS_BYTES_AT_ONCE, ACTS_TABLE } from './rows.ts'
import { readActsRow, type ActRow } from './rows.ts'

/** What is noted is written after so long at the latest; a member that dies loses that much. */
export const ACTS_WAIT_MS = SECOND_MS
/** That wait to be written, 1 KiB each as a rule; beyond them they go to the member’s log. */
const WAITING_MAX = 8_192
/** Of each partition, for one page. */
const ROWS_AT_ONCE = 16

export interface ActsOptions {
  readonly effects: Pick<Effects, 'clock' | 'log' | 'random'>
  readonly store: Pick<Store, 'call' | 'list'>
}

/** What somebody did. `path` as they wrote it. */
export type Act = ActInput

export interface ActsAsk extends CallOptions {
  readonly limit: number
  /** An earlier page’s. */
  readonly cursor?: string
  /** Of this account alone. */
  readonly by?: string
  /** Of what lies there, or below; also where it was moved to. */
  readonly path?: string
}

export interface ActsPage {
  /** Newest first; may be empty though more come. */
  readonly items: readonly ActRow[]
  readonly cursor: string | undefined
}

export class FileActs {
  readonly #options: ActsOptions
  #waiting: Act[] = []
  #bytes = 0
  #timer: Timer | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(options: ActsOptions) {
    this.#options = options
  }

  /** Written soon. Never throws. */
  note(act: Act): void {
    const { clock, log } = this.#options.effects
    const noted = bounded({ ...act, atMs: clock.wallMs() })
    if (this.#waiting.length >= WAITING_MAX) {
      log.warn('files', { ...noted })
      return
    }
    this.#waiting.push(noted)
    this.#bytes += bytesOf(noted)
    if (this.#waiting.length >= ACTS_AT_ONCE || this.#bytes >= ACTS_BYTES_AT_ONCE) this.#flush()
    else this.#timer ??= clock.after(ACTS_WAIT_MS, () => this.#flush())
  }

  /** All that was noted is written, or in the member’s log. */
  async close(): Promise<void> {
    this.#flush()
    await this.#writing
  }

  #flush(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    // Those that come while one entry is written go with the next.
    this.#writing = this.#writing.then(() => this.#write())
  }

  async #write(): Promise<void> {
    const { effects, store } = this.#options
    const acts: Act[] = []
    let bytes = 0
    for (const act of this.#waiting) {
      bytes += bytesOf(act)
      if (acts.length === ACTS_AT_ONCE || (acts.length > 0 && bytes > ACTS_BYTES_AT_ONCE)) break
      acts.push(act)
    }
    if (acts.length === 0) return
    this.#waiting = this.#waiting.slice(acts.length)
    this.#bytes = this.#waiting.reduce((all, act) => all + bytesOf(act), 0)
    try {
      await store.call(pick(effects.random, ALL_PARTITIONS), addActs, { acts })
    } catch (error) {
      for (const act of acts) effects.log.warn('files', { ...act, error })
    }
    if (this.#waiting.length > 0) await this.#write()
  }

  /** @throws AnilloError STORE_UNAVAILABLE */
  async page({ by, cursor, limit, path, ...options }: ActsAsk): Promise<ActsPage> {
    const from = readCursor(cursor)
    const { floor, rows } = await this.#newest(from?.sk, options)
    const items: ActRow[] = []
    let last: string | undefined
    for (const { acts, sk } of rows) {
      const newest = acts.toReversed()
      const first = sk === from?.sk ? from.used : 0
      for (const [at, act] of newest.entries()) {
        if (at < first || !isAsked(act, { by, path })) continue
        if (items.length === limit) return { items, cursor: last }
        items.push(act)
        last = `${sk}/${at + 1}`
      }
      last = `${sk}/${newest.length}`
    }
    return { items, cursor: floor === undefined ? undefined : last }
  }

  /** Rows of all partitions down to where each of them was read. `floor`: there are more below. */
  async #newest(sk: string | undefined, options: CallOptions) {
    const end = sk === undefined ? {} : { end: `${sk}\0` }
    const lists = await Promise.all(
      ALL_PARTITIONS.map((partition) => this.#rowsOf(partition, end, options)),
    )
    const ends = lists.flatMap(({ cursor, items }) => {
      const lowest = cursor === undefined ? undefined : items.at(-1)?.sk
      return lowest === undefined ? [] : [lowest]
    })
    const floor = ends.toSorted().at(-1)
    const rows = lists
      .flatMap(({ items }) => items)
      .filter((record) => floor === undefined || record.sk >= floor)
      .toSorted((a, b) => (a.sk < b.sk ? 1 : -1))
      .map((record) => ({ sk: record.sk, acts: readActsRow(record).acts }))
    return { floor, rows }
  }

  #rowsOf(partition: PartitionId, end: { readonly end?: string }, options: CallOptions) {
    const place = { table: ACTS_TABLE, pk: pkIn(ACTS_TABLE, partition) }
    return this.#options.store.list(
      { ...place, ...end, reverse: true, limit: ROWS_AT_ONCE },
      options,
    )
  }
}

function isAsked(
  act: ActRow,
  { by, path }: { readonly by: string | undefined; readonly path: string | undefined },
): boolean {
  if (by !== undefined && act.by !== by) return false
  return path === undefined || [act.path, act.to].some((one) => isWithin(one, path))
}

function isWithin(path: string | undefined, above: string): boolean {
  if (path === undefined) return false
  const folder = above.replace(/\/+$/, '')
  return path === folder || path.startsWith(`${folder}/`)
}

function readCursor(
  cursor: string | undefined,
): { readonly sk: string; readonly used: number } | undefined {
  const [, sk = '', used = ''] = /^([\d.]{1,64})\/(\d{1,5})$/.exec(cursor ?? '') ?? []
  return sk === '' ? undefined : { sk, used: Number(used) }
}

/** A path that is longer is cut: what is noted is for people. */
function bounded<A extends Act>(act: A): A {
  const { path, to } = act
  return { ...act, path: cut(path), ...(to === undefined ? {} : { to: cut(to) }) }
}

function cut(text: string): string {
  const whole = text.toWellFormed()
  if (Buffer.byteLength(whole) <= ACT_TEXT_BYTES_MAX) return whole
  const head = Buffer.from(whole).subarray(0, ACT_TEXT_BYTES_MAX - 4)
  return `${new TextDecoder().decode(head).replace(/\uFFFD+$/, '')}…`
}

/** Its texts, and what is around them. */
function bytesOf({ path, to = '' }: Act): number {
  return 128 + Buffer.byteLength(path) + Buffer.byteLength(to)
}
