/**
 * The groups of this member as a backup has them (architecture 5, *Backup*): each as it stands
 * before the first entry that bears the backup's number, whoever brings it.
 */
import { AnilloError } from '../../base/errors.ts'
import type { DatabaseEntry, ScanOptions } from '../../effects/database.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type { GroupMark, StateCut } from '../state/types.ts'
import type { Core } from './core.ts'
import type { BackupCut } from './types.ts'

/** Several backups at once would only hold up one another. */
const CUTS_MAX = 2

export class Cutting {
  readonly #core: Core
  readonly #cuts = new Set<HostCut>()

  constructor(core: Core) {
    this.#core = core
    core.learnedBackup = (group, number) => {
      for (const cut of this.#cuts) cut.learned(group, number)
    }
  }

  /** @throws AnilloError BUSY, NOT_FOUND where a group is not here */
  begin(number: number, groups: readonly PartitionId[]): BackupCut {
    if (this.#core.isStopped || this.#cuts.size >= CUTS_MAX) {
      throw new AnilloError('BUSY', { what: 'backups' })
    }
    let knownMost = 0
    for (const group of groups) {
      const held = this.#core.find(group)
      if (held === undefined) throw new AnilloError('NOT_FOUND', { what: `group ${group} here` })
      knownMost = Math.max(knownMost, held.partition.backupNumber)
    }
    const cut = new HostCut(this.#core.state.cut(groups), { number, groups, knownMost }, () =>
      this.#cuts.delete(cut),
    )
    this.#cuts.add(cut)
    return cut
  }

  stop(): void {
    for (const cut of this.#cuts) cut.close()
  }
}

interface Wanted {
  readonly number: number
  readonly groups: readonly PartitionId[]
  readonly knownMost: number
}

class HostCut implements BackupCut {
  readonly knownMost: number
  readonly taken: Promise<void>
  readonly #state: StateCut
  readonly #number: number
  readonly #waiting: Set<PartitionId>
  readonly #end: PromiseWithResolvers<void>
  readonly #closed: () => void

  constructor(state: StateCut, { number, groups, knownMost }: Wanted, closed: () => void) {
    this.#state = state
    this.#number = number
    this.knownMost = knownMost
    this.#waiting = new Set(groups)
    this.#end = Promise.withResolvers<void>()
    this.#closed = closed
    this.taken = this.#end.promise
    // Whoever asked may have gone before it is known.
    this.taken.catch(() => undefined)
    if (knownMost >= number) this.#miss('a partition knows a later backup')
    else if (groups.length === 0) this.#end.resolve()
  }

  /** Before anything of the entry that brought the number is applied. */
  learned(group: PartitionId, number: number): void {
    if (number < this.#number || !this.#waiting.delete(group)) return
    if (number > this.#number) this.#miss('a later backup began')
    else if (!this.#state.take(group)) this.#miss(`the copy of partition ${group} was replaced`)
    else if (this.#waiting.size === 0) this.#end.resolve()
  }

  markOf(group: PartitionId): GroupMark {
    return this.#state.markOf(group)
  }

  scan(group: PartitionId, options: ScanOptions): readonly DatabaseEntry[] {
    return this.#state.scan(group, options)
  }

  close(): void {
    this.#miss('it was ended')
    this.#state.close()
    this.#closed()
  }

  #miss(problem: string): void {
    this.#end.reject(new AnilloError('BACKUP_MISSED', { problem }))
  }
}
