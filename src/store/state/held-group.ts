/** One group's state on this member: the incarnation that is served, and the overlay over it. */
import { assert } from '../../base/assert.ts'
import { byteText } from '../../base/bytes.ts'
import { KIB } from '../../base/limits.ts'
import type { Database, DatabaseEntry, DatabaseWrite, ScanOptions } from '../../effects/database.ts'
import type { PartitionId } from '../../wire/partition.ts'
import { behind, rowKey, rowPrefix, type Incarnation } from './keys.ts'
import { mergedScan } from './merged-scan.ts'
import { Overlay, type NamedRow, type OverlayTotal } from './overlay.ts'
import { RecentRows } from './recent-rows.ts'
import type { MarkRow } from './rows.ts'
import { openedValue, type Rows, type Vault } from './stored-rows.ts'
import type { GroupMark, GroupState, RowWrite } from './types.ts'

/** What a deletion of a range looks at, at a time. */
const RANGE_ROWS = 256
const RANGE_BYTES = 256 * KIB

export interface HeldGroupOptions {
  readonly group: PartitionId
  readonly database: Database
  readonly vault: Vault
  /** Of all groups. */
  readonly unwritten: OverlayTotal
  /** Something is to be written. */
  readonly onCommit: (group: HeldGroup) => void
}

/** What one batch takes of a group: all rows that were not written, with their mark. */
export interface Portion {
  readonly group: HeldGroup
  readonly incarnation: Incarnation
  readonly mark: GroupMark
  /** In order. */
  readonly rows: readonly NamedRow[]
  readonly commits: number
}

export class HeldGroup implements GroupState {
  readonly #options: HeldGroupOptions
  readonly #overlay: Overlay
  /** Copies of the overlay that go on with it until they are ended (cut.ts). */
  readonly #recordings = new Set<Overlay>()
  readonly #recent = new RecentRows()
  #incarnation: Incarnation
  #prefix: Uint8Array
  #mark: GroupMark
  #written: GroupMark | undefined
  #commits = 0
  #writtenCommits = 0
  #doing: 'served' | 'replaced' | 'gone' = 'served'

  /** `isWritten`: the mark is what the database holds. */
  constructor(options: HeldGroupOptions, row: MarkRow, isWritten: boolean) {
    this.#options = options
    this.#overlay = new Overlay(options.unwritten)
    this.#incarnation = row.incarnation
    this.#prefix = rowPrefix(options.group, row.incarnation)
    this.#mark = row.mark
    this.#written = isWritten ? row.mark : undefined
    if (!isWritten) this.#commits++
  }

  get group(): PartitionId {
    return this.#options.group
  }

  get incarnation(): Incarnation {
    return this.#incarnation
  }

  get mark(): GroupMark {
    return this.#mark
  }

  /** In the database, all rows up to it included; `undefined` where nothing of it is. */
  get written(): GroupMark | undefined {
    return this.#written
  }

  /** Counts what was applied; `writtenCommits`, what of it is in the database. */
  get commits(): number {
    return this.#commits
  }

  get writtenCommits(): number {
    return this.#writtenCommits
  }

  get unwrittenBytes(): number {
    return this.#overlay.bytes
  }

  /** Neither being replaced by a snapshot nor dropped. */
  get isServed(): boolean {
    return this.#doing === 'served'
  }

  get(key: Uint8Array, name = byteText(key)): Uint8Array | undefined {
    const row = this.#overlay.get(name) ?? this.#recent.get(name)
    if (row !== undefined) return row.value
    const stored = rowKey(this.#prefix, key)
    const sealed = this.#options.database.get(stored)
    const value = sealed && openedValue(this.#options.vault, stored, sealed)
    // Also that nothing is there: who looks whether a row is there often writes it next.
    this.#recent.keep(name, { value })
    return value
  }

  scan(options: ScanOptions): readonly DatabaseEntry[] {
    return mergedScan(this.#overlay, this.#rows(), options)
  }

  commit(writes: readonly RowWrite[], mark: GroupMark): void {
    assert(this.#doing === 'served', 'nothing is applied to a group that is replaced or dropped')
    assert(mark.applied.index >= this.#mark.applied.index, 'what is applied never goes back')
    for (const write of writes) {
      const { kind } = write
      if (kind === 'put') this.#set(write.name ?? byteText(write.key), write.value)
      else if (kind === 'delete') this.#set(write.name ?? byteText(write.key), undefined)
      else this.#deleteRange(write)
    }
    this.#mark = mark
    this.#commits++
    this.#options.onCommit(this)
  }

  /** What the database may not hold yet, and all that is applied until the recording ends. */
  beginRecording(): Overlay {
    const recording = new Overlay()
    for (const [name, { value }] of this.#overlay.rows()) recording.set(name, value)
    this.#recordings.add(recording)
    return recording
  }

  endRecording(recording: Overlay): void {
    this.#recordings.delete(recording)
  }

  portion(): Portion {
    return {
      group: this,
      incarnation: this.#incarnation,
      mark: this.#mark,
      rows: this.#overlay.rows(),
      commits: this.#commits,
    }
  }

  /** May be written still: the group has not become another one since it was taken. */
  isCurrent({ incarnation }: Portion): boolean {
    return this.#doing === 'served' && incarnation === this.#incarnation
  }

  settle({ incarnation, mark, rows, commits }: Portion): void {
    if (this.#doing === 'gone' || incarnation !== this.#incarnation) return
    this.#overlay.settle(rows, (name, row) => this.#recent.keep(name, row))
    this.#written = mark
    this.#writtenCommits = commits
  }

  /** A snapshot is about to take its place: what is not written stays so, and is read as before. */
  beginReplacing(): void {
    assert(this.#doing === 'served', 'one snapshot is installed at a time')
    this.#doing = 'replaced'
  }

  /** @returns the incarnation whose rows are of no use any more. */
  replace({ incarnation, mark }: MarkRow): Incarnation {
    assert(this.#doing === 'replaced', 'a snapshot was on its way')
    const old = this.#incarnation
    this.#overlay.clear()
    this.#recent.clear()
    this.#incarnation = incarnation
    this.#prefix = rowPrefix(this.group, incarnation)
    this.#mark = mark
    this.#written = mark
    this.#writtenCommits = this.#commits
    this.#doing = 'served'
    return old
  }

  /** The snapshot could not be installed. */
  keep(): void {
    if (this.#doing === 'replaced') this.#doing = 'served'
  }

  drop(): void {
    this.#doing = 'gone'
    this.#overlay.clear()
    this.#recent.clear()
  }

  #set(name: string, value: Uint8Array | undefined): void {
    this.#overlay.set(name, value)
    if (this.#recordings.size === 0) return
    for (const recording of this.#recordings) recording.set(name, value)
  }

  #deleteRange({ from, to }: Extract<DatabaseWrite, { kind: 'deleteRange' }>): void {
    let next = from
    for (;;) {
      const entries = this.scan({ from: next, to, limit: RANGE_ROWS, bytesMax: RANGE_BYTES })
      for (const { key } of entries) this.#set(byteText(key), undefined)
      const last = entries.at(-1)
      if (last === undefined) return
      next = behind(last.key)
    }
  }

  #rows(): Rows {
    const { database: reader, vault, group } = this.#options
    return { vault, reader, group, incarnation: this.#incarnation }
  }
}
