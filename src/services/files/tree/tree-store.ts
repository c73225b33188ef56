/** Reads and changes of the tree’s rows, each linearizable by itself. */
import { AnilloError } from '../../../base/errors.ts'
import { hexOf } from '../../../base/hex.ts'
import { SECOND_MS } from '../../../base/limits.ts'
import type { Effects } from '../../../effects/effects.ts'
import type { Etag, Procedure } from '../../../store/partition/procedure.ts'
import type { CallOptions, Store, WriteOptions } from '../../../store/types.ts'
import type { PartitionId } from '../../../wire/partition.ts'
import { isVoid, type Void } from '../repeats/procedures.ts'
import type { ChangeOptions, Step } from '../types.ts'
import { setParent } from './folder-procedures.ts'
import { departedEntry, freeSlot, settleMove, stayEntry } from './move-procedures.ts'
import {
  bodyKey,
  entryKey,
  FILES_TABLE,
  moveKey,
  PARTITION_OF_MOVES,
  partitionOfFolder,
  selfKey,
  SLOT_KEY,
  versionPrefix,
  type Numbered,
  type Place,
} from './places.ts'
import {
  readEntryRow,
  readMoveRow,
  readSelfRow,
  readSlotRow,
  readVersionRow,
  type EntryRow,
  type Leaving,
  type MoveState,
  type SelfRow,
  type SlotRow,
  type VersionRow,
} from './rows.ts'

export interface TreeStoreOptions {
  readonly effects: Pick<Effects, 'clock' | 'random'>
  readonly store: Pick<Store, 'call' | 'get' | 'list'>
}

/** Of a move: `isInTurn` while it has the slot. */
interface Mark {
  readonly move: string
  readonly to: string
  readonly isInTurn: boolean
}

export interface Deciding<Q> {
  readonly input: Q
  readonly options?: ChangeOptions | undefined
  /** Of the entry that it tells. */
  readonly told?: Step['told']
}

export interface ReadEntry {
  readonly row: EntryRow
  readonly etag: Etag
}

/** A mover that takes longer may be dead: whoever sees its mark ends the move. */
const MOVE_PATIENCE_MS = 10 * SECOND_MS
const ID_BYTES = 16

export class TreeStore {
  readonly #options: TreeStoreOptions

  constructor(options: TreeStoreOptions) {
    this.#options = options
  }

  get store(): TreeStoreOptions['store'] {
    return this.#options.store
  }

  get clock(): Effects['clock'] {
    return this.#options.effects.clock
  }

  get random(): Effects['random'] {
    return this.#options.effects.random
  }

  newId(): string {
    return hexOf(this.random.bytes(ID_BYTES))
  }

  /** In the partition of a folder. */
  change<Q, A>(
    folder: string,
    procedure: Procedure<Q, A>,
    { input, options }: { readonly input: Q; readonly options?: WriteOptions | undefined },
  ): Promise<A> {
    return this.#call(partitionOfFolder(folder), procedure, { input, options })
  }

  /** In the partition of a folder: the step by which a change is carried out. */
  decide<Q, A>(folder: string, procedure: Procedure<Q, A>, deciding: Deciding<Q>): Promise<A> {
    return this.decideIn(partitionOfFolder(folder), procedure, deciding)
  }

  /** The same in any partition. @throws AnilloError BUSY: another member goes on with the change */
  async decideIn<Q, A>(
    partition: PartitionId,
    procedure: Procedure<Q, A>,
    { input, options: { once, ...options } = {}, told }: Deciding<Q>,
  ): Promise<A> {
    if (once === undefined) return this.#call(partition, procedure, { input, options })
    for (let tries = 1; tries <= DECIDING_TRIES_MAX; tries++) {
      const retry = await once.about(told === undefined ? { partition } : { partition, told })
      const asked = { input, options: { ...options, retry } }
      const answer = await this.#call<Q, A | Void>(partition, procedure, asked)
      if (!isVoid(answer)) return answer
    }
    throw new AnilloError('BUSY')
  }

  /** In the partition of the moves’ slot. */
  slotChange<Q, A>(procedure: Procedure<Q, A>, input: Q, options?: CallOptions): Promise<A> {
    return this.#call(PARTITION_OF_MOVES, procedure, { input, options })
  }

  #call<Q, A>(
    partition: PartitionId,
    procedure: Procedure<Q, A>,
    { input, options }: { readonly input: Q; readonly options?: WriteOptions | undefined },
  ): Promise<A> {
    return this.store.call(partition, procedure, input, options)
  }

  /** As everybody sees it: an entry that is leaving is where its move says. */
  async entry(place: Place, options?: CallOptions): Promise<ReadEntry | undefined> {
    const record = await this.store.get(entryKey(place), options)
    if (record === undefined) return undefined
    const row = readEntryRow(record)
    return (await this.isHere(place, row, options)) ? { row, etag: record.etag } : undefined
  }

  /** The row was read there: whether the entry was still at this place a moment ago. */
  async isHere(place: Place, { leaving }: EntryRow, options?: CallOptions): Promise<boolean> {
    if (leaving === undefined) return true
    const isLate = leaving.atMs + MOVE_PATIENCE_MS < this.clock.wallMs()
    const state = isLate
      ? await this.settle(place, leaving, options)
      : await this.#stateOf(leaving, options)
    return state !== 'arrived'
  }

  async #stateOf({ move, to }: Leaving, options?: CallOptions): Promise<MoveState | undefined> {
    const record = await this.store.get(moveKey(to, move), options)
    return record === undefined ? undefined : readMoveRow(record).state
  }

  /** Ends the move of a marked entry: it has arrived, or stays. */
  async settle(place: Place, leaving: Leaving, options?: CallOptions): Promise<MoveState> {
    const slot = await this.slot(options)
    if (slot?.move === leaving.move) return this.settleSlot(slot, options)
    // Whoever has the slot ends the move of a folder; this one had it.
    return this.settleMark(place, { ...leaving, isInTurn: false }, options)
  }

  /** The move of what is marked there, if anything is. */
  async settleEntry(place: Place, options?: CallOptions): Promise<void> {
    const record = await this.store.get(entryKey(place), options)
    const leaving = record && readEntryRow(record).leaving
    if (leaving !== undefined) await this.settle(place, leaving, options)
  }

  /** The same, where a slot that the move may have is the caller’s to give on. */
  async settleMark(
    place: Place,
    { isInTurn, move, to }: Mark,
    options?: CallOptions,
  ): Promise<MoveState> {
    const input = { folder: to, move }
    const { state } = await this.change(to, settleMove, { input, options })
    const at = { ...place, move }
    if (state === 'void') await this.change(place.folder, stayEntry, { input: at, options })
    else await this.change(place.folder, departedEntry, { input: { ...at, to, isInTurn }, options })
    return state
  }

  async slot(options?: CallOptions): Promise<SlotRow | undefined> {
    const record = await this.store.get(SLOT_KEY, options)
    return record === undefined ? undefined : readSlotRow(record)
  }

  /** Ends the move of a folder; then others may move. */
  async settleSlot(slot: SlotRow, options?: CallOptions): Promise<MoveState> {
    const { from, id, key, move, to, turn } = slot
    const state = await this.settleMark(
      { folder: from, key },
      { move, to, isInTurn: true },
      options,
    )
    if (state === 'arrived') {
      await this.change(id, setParent, { input: { folder: id, parent: to, turn }, options })
    }
    await this.slotChange(freeSlot, { move }, options)
    return state
  }

  /** `undefined`: there is no such folder any more. */
  async folder(folder: string, options?: CallOptions): Promise<SelfRow | undefined> {
    const record = await this.store.get(selfKey(folder), options)
    const row = record === undefined ? undefined : readSelfRow(record)
    return row?.closed === true ? undefined : row
  }

  /** Of a file, oldest first. */
  async versions(folder: string, id: string, options?: CallOptions): Promise<VersionRow[]> {
    const range = { table: FILES_TABLE, pk: folder, prefix: versionPrefix(id) }
    const { items } = await this.store.list({ ...range, limit: VERSIONS_READ_MAX }, options)
    return items.map(readVersionRow)
  }

  async body(
    folder: string,
    numbered: Numbered,
    options?: CallOptions,
  ): Promise<Uint8Array | undefined> {
    return (await this.store.get(bodyKey(folder, numbered), options))?.value
  }

  /** @throws AnilloError RPC_CANCELLED */
  pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = (): void => {
        timer.cancel()
        reject(new AnilloError('RPC_CANCELLED', { method: 'files' }))
      }
      const timer = this.clock.after(ms, () => {
        signal?.removeEventListener('abort', cancel)
        resolve()
      })
      if (signal?.aborted === true) cancel()
      else signal?.addEventListener('abort', cancel, { once: true })
    })
  }
}

const VERSIONS_READ_MAX = 100
/** Each time another member looked what had come of the step, before it came. */
const DECIDING_TRIES_MAX = 16

/** For what is done beside the step that decides: done again, it harms nothing. */
export function beside(options: ChangeOptions): CallOptions {
  const { once: _, ...others } = options
  return others
}
