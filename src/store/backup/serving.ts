/** This member's groups for backups that any member collects. */
import { AnilloError } from '../../base/errors.ts'
import { MINUTE_MS } from '../../base/limits.ts'
import type { Clock, Timer } from '../../effects/clock.ts'
import type { DatabaseEntry } from '../../effects/database.ts'
import {
  backupAwait,
  backupEnd,
  backupGroup,
  backupRows,
  backupTaken,
  ROWS_BYTES,
  ROWS_MAX,
} from '../../wire/backup-methods.ts'
import { partitionIdOf, type PartitionId } from '../../wire/partition.ts'
import type { BackupCut, GroupHost } from '../group/types.ts'
import type { Peers } from '../peers.ts'
import { packEntries } from '../state/blocks.ts'
import { behind } from '../state/keys.ts'
import { isLeftOut, metaRowIn, ROWS_FROM, RowsHash } from './rows.ts'

/** A collector that asks for nothing in this time is gone. */
const IDLE_MS_MAX = 2 * MINUTE_MS

interface Served {
  readonly cut: BackupCut
  timer: Timer
}

export interface BackupServingParts {
  readonly clock: Clock
  readonly host: Pick<GroupHost, 'cut'>
  readonly peers: Pick<Peers, 'handle'>
}

export class BackupServing {
  readonly #clock: Clock
  readonly #host: Pick<GroupHost, 'cut'>
  readonly #served = new Map<number, Served>()

  constructor({ clock, host, peers }: BackupServingParts) {
    this.#clock = clock
    this.#host = host
    peers.handle(backupAwait, ({ backup, groups }) => this.await(backup, groups.map(partitionIdOf)))
    peers.handle(backupTaken, ({ backup }) => this.taken(backup))
    peers.handle(backupGroup, (question) => this.group(question))
    peers.handle(backupRows, (question) => this.rows(question))
    peers.handle(backupEnd, ({ backup }) => this.end(backup))
  }

  await(backup: number, groups: readonly PartitionId[]): { readonly knownMost: number } {
    if (this.#served.has(backup)) throw new AnilloError('BUSY', { what: `backup ${backup}` })
    const cut = this.#host.cut(backup, groups)
    this.#served.set(backup, { cut, timer: this.#endLater(backup) })
    return { knownMost: cut.knownMost }
  }

  async taken(backup: number): Promise<Record<string, never>> {
    await this.#taken(backup)
    return {}
  }

  async group(question: {
    readonly backup: number
    readonly group: number
    readonly isHashed: boolean
  }): Promise<{ readonly meta: Uint8Array; readonly rowsHash?: string }> {
    const group = partitionIdOf(question.group)
    const cut = await this.#taken(question.backup)
    const meta = metaRowIn((options) => cut.scan(group, options)) ?? NO_BYTES
    if (!question.isHashed) return { meta }
    const hash = new RowsHash()
    for (let from: Uint8Array | undefined = ROWS_FROM; from !== undefined;) {
      const { entries, next } = rowsFrom(this.#cut(question.backup), group, from)
      hash.add(entries)
      await new Promise<void>((resolve) => this.#clock.soon(resolve))
      from = next
    }
    return { meta, rowsHash: hash.digestHex() }
  }

  async rows(question: {
    readonly backup: number
    readonly group: number
    readonly from?: Uint8Array
  }): Promise<{ readonly rows: Uint8Array; readonly next?: Uint8Array }> {
    const cut = await this.#taken(question.backup)
    const { from = ROWS_FROM, group } = question
    const { entries, next } = rowsFrom(cut, partitionIdOf(group), from)
    const rows = packEntries(entries)
    return next === undefined ? { rows } : { rows, next }
  }

  end(backup: number): Record<string, never> {
    const served = this.#served.get(backup)
    this.#served.delete(backup)
    served?.timer.cancel()
    served?.cut.close()
    return {}
  }

  stop(): void {
    for (const backup of this.#served.keys()) this.end(backup)
  }

  async #taken(backup: number): Promise<BackupCut> {
    await this.#cut(backup).taken
    // It may have been ended since.
    return this.#cut(backup)
  }

  #cut(backup: number): BackupCut {
    const served = this.#served.get(backup)
    if (served === undefined) {
      throw new AnilloError('BACKUP_MISSED', { problem: 'a member started again, or waited long' })
    }
    served.timer.cancel()
    served.timer = this.#endLater(backup)
    return served.cut
  }

  #endLater(backup: number): Timer {
    return this.#clock.after(IDLE_MS_MAX, () => this.end(backup))
  }
}

const NO_BYTES = new Uint8Array(0)

function rowsFrom(
  cut: BackupCut,
  group: PartitionId,
  from: Uint8Array,
): { readonly entries: readonly DatabaseEntry[]; readonly next: Uint8Array | undefined } {
  const entries = cut.scan(group, { from, limit: ROWS_MAX, bytesMax: ROWS_BYTES })
  const last = entries.at(-1)
  const next = last === undefined ? undefined : behind(last.key)
  return { entries: entries.filter(({ key }) => !isLeftOut(key)), next }
}
