/** Downloads from other rings, as doors see them: begun, told, watched and ended at any member. */
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import { pause } from '../../../effects/pause.ts'
import { InTurn } from '../../../store/chunks/in-turn.ts'
import type { CallOptions } from '../../../store/types.ts'
import type { Download, DownloadList, NewDownload } from '../../../wire/api-shares.ts'
import { isDownloadOver } from '../../../wire/download-states.ts'
import { ALL_PARTITIONS, pkIn } from '../../../wire/partition.ts'
import { DOWNLOADS_LISTED_DEFAULT, DOWNLOADS_MAX } from '../../../wire/share-bounds.ts'
import { WATCH_EVERY_MS } from '../limits.ts'
import type { Lookups } from '../lookups.ts'
import type { ShareParts, ShareUser } from '../parts.ts'
import { idIn } from '../shares/share-rows.ts'
import { requireNick, type Shares } from '../shares/shares.ts'
import { checkBytes } from '../sources/source-client.ts'
import { piecesIn } from '../tree/hash-tree.ts'
import {
  beginDownload,
  endDownload,
  forgetDownload,
  pauseDownload,
  resumeDownload,
} from './download-procedures.ts'
import {
  ACTIVE_LISTED_MAX,
  ACTIVE_TABLE,
  BEGUN_TABLE,
  downloadKey,
  partitionOfDownload,
  PARTIAL_TABLE,
  readDownloadRow,
  readLiveRow,
  type DownloadRow,
  type LiveRow,
} from './download-rows.ts'
import type { Joining } from './joining.ts'
import { KeptPieces, newId } from './kept-pieces.ts'
import { toldDownload } from './showing.ts'
import { wantedOf } from './wanted.ts'

export interface DownloadTools {
  readonly parts: ShareParts
  readonly shares: Shares
  readonly lookups: Lookups
  readonly joining: Joining
  /** Something is to be done, or not any more. */
  readonly hear: () => void
}

/** `key`: 64 hex digits of the request; asked again with it, it is begun once. */
export interface BeginOptions extends CallOptions {
  readonly key?: string | undefined
}

const ID_DIGITS = 32

/** What is here of a content that is on its way, for whoever asks the open door. */
export interface PartialContent {
  readonly name: string
  readonly bytes: number
  readonly madeMs: number
  readonly kept: KeptPieces
}

/** Of the tree, where everybody has a folder. */
const HOMES = '/home'

const PARTIALS_TRIED_MAX = 4

export class Downloads {
  readonly #tools: DownloadTools
  /** By nick. */
  readonly #begun = new InTurn()

  constructor(tools: DownloadTools) {
    this.#tools = tools
  }

  /**
   * What the ring shares itself is there at once.
   * @throws AnilloError LOGIN_FIRST, MAGNET_UNFIT, SHARE_NAME_UNFIT, URL_*, SHARE_UNKNOWN,
   * SHARE_AMBIGUOUS, SHARE_TOO_LARGE, DOWNLOADS_FULL, QUOTA_FULL, NO_ACCESS, ENTRY_EXISTS
   */
  async begin(
    who: ShareUser,
    ask: NewDownload,
    { key, ...options }: BeginOptions = {},
  ): Promise<Download> {
    const nick = requireNick(who)
    const id = key === undefined ? newId(this.#tools.parts) : key.slice(0, ID_DIGITS)
    if (key !== undefined && (await this.#row(id, options)) !== undefined) {
      return this.get(who, id, options)
    }
    const wanted = await wantedOf(this.#tools, ask, options)
    checkBytes(wanted.bytes ?? 0)
    const { parts } = this.#tools
    const path = ask.path ?? `${HOMES}/${nick}/Downloads/${wanted.name}`
    if (ask.path !== undefined) await parts.tree.mayPut(who, path, options)
    const { isManager } = who
    const input = {
      id,
      ...wanted,
      who: { nick, isManager },
      path,
      isChosenPath: ask.path !== undefined,
    }
    // Those that are asked for at once are counted one by one.
    const row = await this.#begun.run(nick, async () => {
      await this.#demandFew(nick)
      if (wanted.bytes !== undefined) await parts.bytes.claim({ nick, id }, 2 * wanted.bytes)
      try {
        return await parts.store.call(partitionOfDownload(id), beginDownload, input, options)
      } catch (thrown) {
        // Nobody knows whether it was begun: then it has its room.
        if (!isAnilloError(thrown, 'OUTCOME_UNKNOWN')) await parts.bytes.waive({ nick, id })
        throw thrown
      }
    })
    await this.#takeOwn(id, row)
    this.#tools.hear()
    return this.#requireTold(id, options)
  }

  /** @throws AnilloError NOT_FOUND */
  async get(who: ShareUser, id: string, options?: CallOptions): Promise<Download> {
    await this.#require(who, id, options)
    return this.#requireTold(id, options)
  }

  /** Their own, newest first; of managers those of all. */
  async list(
    who: ShareUser,
    { limit = DOWNLOADS_LISTED_DEFAULT }: { readonly limit?: number } = {},
  ): Promise<DownloadList> {
    const rows = await this.#rows(limit, (row) => row.who.nick === who.nick || who.isManager)
    const told = rows.map(async ({ id, row }) => {
      const live = isDownloadOver(row.state) ? undefined : await this.#live(id)
      return toldDownload(id, { row, live })
    })
    return { items: await Promise.all(told) }
  }

  /** Whenever it moved, until it is over. @throws AnilloError NOT_FOUND */
  async *watch(who: ShareUser, id: string, signal: AbortSignal): AsyncGenerator<Download> {
    let last = ''
    while (!signal.aborted) {
      const told = await this.get(who, id, { signal })
      const text = JSON.stringify(told)
      if (text !== last) yield told
      last = text
      if (isDownloadOver(told.state)) return
      await pause(this.#tools.parts.effects.clock, WATCH_EVERY_MS, signal)
    }
  }

  /**
   * One that goes on is cancelled, one that is over is told no more. @throws AnilloError NOT_FOUND
   */
  async end(who: ShareUser, id: string): Promise<void> {
    const row = await this.#require(who, id)
    const { bytes, store } = this.#tools.parts
    const partition = partitionOfDownload(id)
    if (isDownloadOver(row.state)) await store.call(partition, forgetDownload, { id })
    else {
      await store.call(partition, endDownload, { id, state: 'cancelled' })
      await bytes.waive({ nick: row.who.nick, id })
      this.#tools.hear()
    }
  }

  /** What is there stays, and is served on. @throws AnilloError NOT_FOUND, DOWNLOAD_OVER */
  async pause(who: ShareUser, id: string): Promise<Download> {
    await this.#require(who, id)
    await this.#tools.parts.store.call(partitionOfDownload(id), pauseDownload, { id })
    this.#tools.hear()
    return this.#requireTold(id)
  }

  /** Behind what is there. @throws AnilloError NOT_FOUND, DOWNLOAD_OVER */
  async resume(who: ShareUser, id: string): Promise<Download> {
    await this.#require(who, id)
    const input = { id, isHeldOnly: false }
    await this.#tools.parts.store.call(partitionOfDownload(id), resumeDownload, input)
    this.#tools.hear()
    return this.#requireTold(id)
  }

  /** Some of a content, on its way in: the first download of it that has any. */
  async partial(root: string, options?: CallOptions): Promise<PartialContent | undefined> {
    const range = { table: PARTIAL_TABLE, pk: root, limit: PARTIALS_TRIED_MAX }
    const { items } = await this.#tools.parts.store.list(range, options)
    for (const { sk: id } of items) {
      const row = await this.#row(id, options)
      if (row?.root !== root || !row.isProven || row.bytes === undefined) continue
      if (isDownloadOver(row.state) || row.pieces === 0) continue
      const { begunMs: madeMs, bytes, name } = row
      return { name, bytes, madeMs, kept: new KeptPieces(this.#tools.parts, id) }
    }
    return undefined
  }

  /** Nobody outside needs to be asked for what the ring has. */
  async #takeOwn(id: string, row: DownloadRow): Promise<void> {
    const { joining, parts, shares } = this.#tools
    const own = row.root === undefined ? undefined : await shares.servedOf(row.root)
    if (own === undefined) return
    const partition = partitionOfDownload(id)
    await parts.bytes.waive({ nick: row.who.nick, id })
    const path = await joining.place(row, await shares.bodyOf(own.id, own.row))
    await parts.store.call(partition, endDownload, { id, state: 'done', path, share: own.id })
  }

  async #demandFew(nick: string): Promise<void> {
    const active = await this.#keysIn(ACTIVE_TABLE, ACTIVE_LISTED_MAX)
    const rows = await Promise.all(active.map((id) => this.#row(id)))
    const mine = rows.filter((row) => row?.who.nick === nick)
    if (mine.length < DOWNLOADS_MAX) return
    throw new AnilloError('DOWNLOADS_FULL', { max: DOWNLOADS_MAX })
  }

  /** Newest first. */
  async #rows(
    limit: number,
    isWanted: (row: DownloadRow) => boolean,
  ): Promise<readonly { readonly id: string; readonly row: DownloadRow }[]> {
    const begun = await this.#keysIn(BEGUN_TABLE, SCANNED_PER_PARTITION)
    const newest = begun.toSorted((a, b) => (a < b ? 1 : -1)).slice(0, SCANNED_MAX)
    const found: { readonly id: string; readonly row: DownloadRow }[] = []
    for (let at = 0; at < newest.length && found.length < limit; at += READ_AT_ONCE) {
      const ids = newest.slice(at, at + READ_AT_ONCE).map(idIn)
      const rows = await Promise.all(ids.map(async (id) => ({ id, row: await this.#row(id) })))
      for (const { id, row } of rows) {
        if (row !== undefined && isWanted(row) && found.length < limit) found.push({ id, row })
      }
    }
    return found
  }

  /** Of each partition the latest. */
  async #keysIn(table: string, limit: number): Promise<readonly string[]> {
    const { store } = this.#tools.parts
    const lists = await Promise.all(
      ALL_PARTITIONS.map((partition) => {
        return store.list({ table, pk: pkIn(table, partition), reverse: true, limit })
      }),
    )
    return lists.flatMap(({ items }) => items.map(({ sk }) => sk))
  }

  async #require(who: ShareUser, id: string, options?: CallOptions): Promise<DownloadRow> {
    const row = /^[0-9a-f]{32}$/.test(id) ? await this.#row(id, options) : undefined
    const isTheirs = row !== undefined && (row.who.nick === who.nick || who.isManager)
    if (isTheirs) return row
    throw new AnilloError('NOT_FOUND', { what: 'such download' })
  }

  async #requireTold(id: string, options?: CallOptions): Promise<Download> {
    const row = await this.#row(id, options)
    if (row === undefined) throw new AnilloError('NOT_FOUND', { what: 'such download' })
    const { bytes = 0 } = row
    const kept = new KeptPieces(this.#tools.parts, id)
    const isOver = isDownloadOver(row.state)
    const have = isOver ? undefined : await kept.have(piecesIn(bytes), options)
    return toldDownload(id, { row, live: isOver ? undefined : await this.#live(id, options), have })
  }

  async #row(id: string, options?: CallOptions): Promise<DownloadRow | undefined> {
    const record = await this.#tools.parts.store.get(downloadKey(id), options)
    return record === undefined ? undefined : readDownloadRow(record)
  }

  async #live(id: string, options?: CallOptions): Promise<LiveRow | undefined> {
    const record = await this.#tools.parts.store.get(downloadKey(id, 'live'), options)
    return record === undefined ? undefined : readLiveRow(record)
  }
}

/** Of each partition, the latest. */
const SCANNED_PER_PARTITION = 200
/** Those of everybody that a list looks through, and how many at a time. */
const SCANNED_MAX = 2_000
const READ_AT_ONCE = 50
