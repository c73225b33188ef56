/** Takes a snapshot into an incarnation of its own, block by block, beside what is served. */
import { assert } from '../../base/assert.ts'
import { compareBytes } from '../../base/bytes.ts'
import { AnilloError } from '../../base/errors.ts'
import type { Clock } from '../../effects/clock.ts'
import type { Database, DatabaseEntry, DatabaseWrite } from '../../effects/database.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type { SnapshotOffer } from '../../wire/raft.ts'
import { chainedHash, unpackEntries } from './blocks.ts'
import { rowKey, rowPrefix, sinkKey } from './keys.ts'
import { SEALED_A_TURN, turnOver } from './pieces.ts'
import { encodeSink, type SinkRow } from './rows.ts'
import { damaged, type Vault } from './stored-rows.ts'
import type { SnapshotBlock, SnapshotSink } from './types.ts'

export interface SinkOptions {
  readonly group: PartitionId
  readonly clock: Clock
  readonly database: Database
  readonly vault: Vault
  readonly install: (row: SinkRow) => Promise<void>
  readonly abandon: (row: SinkRow) => Promise<void>
}

export class DiskSink implements SnapshotSink {
  readonly #options: SinkOptions
  #row: SinkRow
  #doing: 'nothing' | 'taking' | 'over' = 'nothing'

  constructor(options: SinkOptions, row: SinkRow) {
    this.#options = options
    this.#row = row
  }

  get offer(): SnapshotOffer {
    return this.#row.offer
  }

  get nextBlock(): number {
    return this.#row.nextBlock
  }

  get isComplete(): boolean {
    return this.#row.isComplete
  }

  async take(block: SnapshotBlock): Promise<void> {
    this.#checkDoing()
    const entries = this.#checked(block)
    const row: SinkRow = {
      ...this.#row,
      nextBlock: block.number + 1,
      hash: block.hash,
      isComplete: block.isLast,
    }
    this.#doing = 'taking'
    try {
      const writes = await this.#writesFor(entries)
      if (this.#isOver()) return
      writes.push(sinkWrite(this.#options, row))
      await this.#options.database.write(writes)
      this.#row = row
    } finally {
      if (!this.#isOver()) this.#doing = 'nothing'
    }
  }

  async install(): Promise<void> {
    this.#checkDoing()
    assert(this.#row.isComplete, 'all blocks were taken')
    this.#doing = 'over'
    await this.#options.install(this.#row)
  }

  async abandon(): Promise<void> {
    if (this.#isOver()) return
    this.#doing = 'over'
    await this.#options.abandon(this.#row)
  }

  /** Another takes its place, or the group goes. */
  end(): SinkRow {
    this.#doing = 'over'
    return this.#row
  }

  /** @throws AnilloError NOT_FOUND where the group was dropped, or another offer is taken */
  #checkDoing(): void {
    assert(this.#doing !== 'taking', 'one block is taken at a time')
    if (this.#isOver()) throw new AnilloError('NOT_FOUND', { what: 'snapshot to go on with' })
  }

  #isOver(): boolean {
    return this.#doing === 'over'
  }

  #checked({ number, bytes, hash }: SnapshotBlock): readonly DatabaseEntry[] {
    const { nextBlock, isComplete } = this.#row
    const { vault } = this.#options
    if (isComplete || number !== nextBlock) throw damaged(vault, `block ${number} out of turn`)
    if (chainedHash(this.#row.hash, bytes) !== hash) throw damaged(vault, `block ${number} changed`)
    const entries = unpackEntries(bytes)
    if (entries === undefined || !isInOrder(entries)) throw damaged(vault, 'a block of no entries')
    return entries
  }

  async #writesFor(entries: readonly DatabaseEntry[]): Promise<DatabaseWrite[]> {
    const { clock, group, vault } = this.#options
    const prefix = rowPrefix(group, this.#row.incarnation)
    const writes: DatabaseWrite[] = []
    for (const { key, value } of entries) {
      const whole = rowKey(prefix, key)
      writes.push({ kind: 'put', key: whole, value: vault.sealer.seal(value, whole) })
      if (writes.length % SEALED_A_TURN === 0) await turnOver(clock)
    }
    return writes
  }
}

export function sinkWrite(
  { group, vault }: Pick<SinkOptions, 'group' | 'vault'>,
  row: SinkRow,
): DatabaseWrite {
  const key = sinkKey(group)
  return { kind: 'put', key, value: vault.sealer.seal(encodeSink(row), key) }
}

function isInOrder(entries: readonly DatabaseEntry[]): boolean {
  return entries.every((entry, at) => {
    const before = entries[at - 1]
    return before === undefined || compareBytes(before.key, entry.key) < 0
  })
}
