/** Moves of entries between folders, by whoever asked for them (docs/spec/tree.md). */
import { present } from '../../../base/assert.ts'
import { AnilloError } from '../../../base/errors.ts'
import { SECOND_MS } from '../../../base/limits.ts'
import type { CallOptions, WriteOptions } from '../../../store/types.ts'
import type { ChangeOptions, Step, StepKey } from '../types.ts'
import { setParent } from './folder-procedures.ts'
import type { Refused, ToldEntry } from './folder-work.ts'
import {
  arriveEntry,
  departEntry,
  freeSlot,
  takeSlot,
  type ArriveInput,
  type Arrived,
} from './move-procedures.ts'
import { entryKey, partitionOfFolder, ROOT, type Place } from './places.ts'
import { readEntryRow, type EntryRow, type Trashed } from './rows.ts'
import type { TreeStore } from './tree-store.ts'

export interface MoveAsk {
  readonly from: Place
  readonly id: string
  readonly etag?: string
  readonly to: Place
  readonly name: string
  readonly replace: boolean
  /** Into the trash, with where it was; absent: an entry that lies in none. */
  readonly trashed?: Trashed
}

export type Moved =
  | { readonly kind: 'done'; readonly entry: ToldEntry }
  | { readonly kind: 'intoItself' }
  | Exclude<Refused, { readonly kind: 'leaving' }>

export interface MoveOptions extends ChangeOptions {
  readonly told?: Step['told']
}

/** One try. */
interface Try extends MoveAsk {
  /** Of the step by which it arrives. */
  readonly retry?: StepKey
}

/** Others settled it, or were in the way: then it is begun anew. */
const TRIES_MAX = 16
/** A move that has the slot is let go on for so long. */
const SLOT_PATIENCE_MS = 2 * SECOND_MS
const SLOT_LOOK_MS = 20

/** `again`: nothing is left of this try. */
type Tried = Moved | { readonly kind: 'again' }

export class Mover {
  readonly #tree: TreeStore

  constructor(tree: TreeStore) {
    this.#tree = tree
  }

  /** @throws AnilloError BUSY */
  async move(ask: MoveAsk, { once, told, ...options }: MoveOptions = {}): Promise<Moved> {
    for (let tries = 1; tries <= TRIES_MAX; tries++) {
      const record = await this.#tree.store.get(entryKey(ask.from), options)
      if (record === undefined) return { kind: 'absent' }
      const isFolder = readEntryRow(record).file === undefined
      const partition = partitionOfFolder(ask.to.folder)
      // Before anything is marked. That it arrives is what decides.
      const retry = await once?.about(told === undefined ? { partition } : { partition, told })
      const given = retry === undefined ? ask : { ...ask, retry }
      const tried = await (isFolder ? this.#inTurn(given, options) : this.#once(given, options))
      if (tried.kind !== 'again') return tried
      await this.#tree.pause(this.#tree.random.below(SLOT_LOOK_MS * tries), options.signal)
    }
    throw new AnilloError('BUSY')
  }

  /** A folder: under the slot, so that none comes to lie in itself. */
  async #inTurn(ask: Try, options?: CallOptions): Promise<Tried> {
    const move = this.#tree.newId()
    const turn = await this.#take({ ask, move }, options)
    const problem = await this.#ancestry(ask, options)
    if (problem !== undefined) {
      await this.#tree.slotChange(freeSlot, { move }, options)
      return { kind: problem }
    }
    const tried = await this.#once(ask, options, move)
    if (tried.kind === 'done') {
      const input = { folder: ask.id, parent: ask.to.folder, turn }
      const { kind } = await this.#tree.change(ask.id, setParent, { input, options })
      await this.#tree.slotChange(freeSlot, { move }, options)
      return kind === 'gone' ? { kind: 'absent' } : tried
    }
    await this.#tree.slotChange(freeSlot, { move }, options)
    return tried
  }

  async #take(
    { ask, move }: { readonly ask: MoveAsk; readonly move: string },
    options?: CallOptions,
  ): Promise<number> {
    const { from, id, to } = ask
    const input = { move, id, from: from.folder, key: from.key, to: to.folder }
    let waited: { readonly move: string; readonly sinceMs: number } | undefined
    for (;;) {
      const taken = await this.#tree.slotChange(takeSlot, input, options)
      if (taken.kind === 'taken') return taken.turn
      const { slot } = taken
      const nowMs = this.#tree.clock.nowMs()
      if (waited?.move !== slot.move) waited = { move: slot.move, sinceMs: nowMs }
      if (nowMs - waited.sinceMs >= SLOT_PATIENCE_MS) await this.#tree.settleSlot(slot, options)
      else await this.#tree.pause(1 + this.#tree.random.below(SLOT_LOOK_MS), options?.signal)
    }
  }

  /** Under the slot no parent changes. */
  async #ancestry(
    { id, to }: MoveAsk,
    options?: CallOptions,
  ): Promise<'intoItself' | 'noFolder' | undefined> {
    for (let folder = to.folder; folder !== ROOT;) {
      if (folder === id) return 'intoItself'
      const self = await this.#tree.folder(folder, options)
      if (self === undefined) return 'noFolder'
      folder = self.parent
    }
    return undefined
  }

  async #once(ask: Try, options?: CallOptions, move = this.#tree.newId()): Promise<Tried> {
    const { from, id, to } = ask
    const etag = ask.etag === undefined ? {} : { etag: ask.etag }
    const input = { ...from, id, ...etag, move, to: to.folder }
    const departed = await this.#tree.change(from.folder, departEntry, { input, options })
    if (departed.kind === 'leaving') {
      await this.#tree.settle(from, departed.leaving, options)
      return { kind: 'again' }
    }
    if (departed.kind !== 'done') return departed
    const arrived = await this.#arrive(ask, move, options)
    if (arrived.kind === 'done') return arrived
    const leaving = present(departed.entry.leaving, 'the mark')
    const isInTurn = departed.entry.file === undefined
    const state = await this.#tree.settleMark(from, { ...leaving, isInTurn }, options)
    if (state === 'arrived') return { kind: 'done', entry: departed.entry }
    if (arrived.kind === 'void') return { kind: 'again' }
    if (arrived.kind !== 'leaving') return arrived
    await this.#tree.settle({ folder: to.folder, key: arrived.key }, arrived.leaving, options)
    return { kind: 'again' }
  }

  async #arrive(ask: Try, move: string, options?: CallOptions): Promise<Arrived> {
    const { from, id, name, replace, retry, to, trashed } = ask
    // It is marked: nothing of it changes until the move is settled.
    const record = await this.#tree.store.get(entryKey(from), options)
    const row = record === undefined ? undefined : readEntryRow(record)
    if (row?.id !== id || row.leaving?.move !== move) return { kind: 'void' }
    const { leaving, trashed: _, ...bare } = row
    const mark = trashed === undefined ? {} : { trashed }
    const entry: EntryRow = { ...bare, ...mark, name, revision: row.revision + 1 }
    const rows = await this.#rowsOf(from.folder, row, options)
    if (rows === undefined) return { kind: 'void' }
    const input: ArriveInput = {
      ...to,
      move,
      departedMs: leaving.atMs,
      from,
      entry,
      replace,
      ...rows,
    }
    const once: WriteOptions = retry === undefined ? { ...options } : { ...options, retry }
    return this.#tree.change(to.folder, arriveEntry, { input, options: once })
  }

  /** `undefined`: somebody settled the move meanwhile. */
  async #rowsOf(
    folder: string,
    { file, id }: EntryRow,
    options?: CallOptions,
  ): Promise<Pick<ArriveInput, 'versions' | 'bodies'> | undefined> {
    if (file === undefined) return { versions: [], bodies: [] }
    const versions = await this.#tree.versions(folder, id, options)
    const bodies: { readonly number: number; readonly body: Uint8Array }[] = []
    for (const { content, number } of [file, ...versions]) {
      if (content !== undefined) continue
      const body = await this.#tree.body(folder, { id, number }, options)
      if (body === undefined) return undefined
      bodies.push({ number, body })
    }
    return { versions, bodies }
  }
}
