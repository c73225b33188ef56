/** A group's state as of one moment, read from a view of the database block by block. */
import { assert, present } from '../../base/assert.ts'
import { Sha256 } from '../../base/hash.ts'
import { KIB } from '../../base/limits.ts'
import type { DatabaseEntry, DatabaseView } from '../../effects/database.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type { SnapshotOffer } from '../../wire/raft.ts'
import { chainedHash, packEntries } from './blocks.ts'
import { markKey } from './keys.ts'
import { decodeMark, encodeMark, hashOfOffer, type MarkRow } from './rows.ts'
import { damaged, openedValue, RowCursor, type Rows, type Vault } from './stored-rows.ts'
import type { SnapshotBlock, SnapshotSource } from './types.ts'

/** A block ends behind the entry that reaches these bytes, or these many entries. */
export const BLOCK_BYTES = 256 * KIB
/** Reading and opening one takes some 12 us, so that a block takes 6 ms. */
export const BLOCK_ENTRIES_MAX = 512

/** What a view of the database holds of one group. */
export class FrozenGroup {
  readonly row: MarkRow
  readonly #view: DatabaseView
  readonly #rows: RowCursor

  /** Closes the view with itself. @throws AnilloError DATA_DAMAGED */
  constructor(view: DatabaseView, vault: Vault, group: PartitionId) {
    this.#view = view
    const key = markKey(group)
    const stored = present(view.get(key), 'the mark of a group that was written')
    const row = decodeMark(openedValue(vault, key, stored))
    if (row === undefined) throw damaged(vault, 'a mark that cannot be read')
    this.row = row
    const { incarnation } = row
    const rows: Rows = { vault, reader: view, group, incarnation }
    this.#rows = new RowCursor(rows, {})
  }

  /** The next entries, in clear; none at the end. @throws AnilloError DATA_DAMAGED */
  nextEntries(): readonly DatabaseEntry[] {
    const entries: DatabaseEntry[] = []
    let bytes = 0
    while (bytes < BLOCK_BYTES && entries.length < BLOCK_ENTRIES_MAX) {
      const { row } = this.#rows
      if (row === undefined) break
      const entry = this.#rows.opened(row)
      entries.push(entry)
      bytes += entry.key.length + entry.value.length
      this.#rows.next()
    }
    return entries
  }

  get isEnd(): boolean {
    return this.#rows.row === undefined
  }

  close(): void {
    this.#view.close()
  }
}

export class ViewedSnapshot implements SnapshotSource {
  readonly offer: SnapshotOffer
  readonly #group: FrozenGroup
  #last: SnapshotBlock | undefined
  #isClosed = false
  #isReleased = false

  constructor(group: FrozenGroup) {
    const { applied: point, configuration } = group.row.mark
    this.#group = group
    this.offer = { point, configuration: present(configuration, 'a configuration to offer') }
  }

  block(number: number): SnapshotBlock {
    assert(!this.#isClosed, 'the snapshot is open')
    const last = this.#last
    if (last?.number === number) return last
    assert(number === (last === undefined ? 0 : last.number + 1), 'blocks are asked for in order')
    assert(last?.isLast !== true, 'no block is behind the last')
    const bytes = packEntries(this.#group.nextEntries())
    const hash = chainedHash(last?.hash ?? hashOfOffer(this.offer), bytes)
    this.#last = { number, bytes, hash, isLast: this.#group.isEnd }
    // The last may be asked for once more; for that no view is needed, and views are few.
    if (this.#last.isLast) this.#release()
    return this.#last
  }

  close(): void {
    this.#isClosed = true
    this.#release()
  }

  #release(): void {
    if (this.#isReleased) return
    this.#isReleased = true
    this.#group.close()
  }
}

/** Equal where two replicas hold the same: mark and rows, whatever lies how on the disk. */
export class StateHash {
  readonly #hash = new Sha256()

  constructor({ mark }: MarkRow) {
    this.#hash.update(encodeMark({ incarnation: 0, mark }))
  }

  add(entries: readonly DatabaseEntry[]): void {
    this.#hash.update(packEntries(entries))
  }

  digestHex(): string {
    return this.#hash.digestHex()
  }
}
