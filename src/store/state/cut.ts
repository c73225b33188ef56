/**
 * What several groups hold, each as of a moment of its own, beside all that goes on: for backups.
 * One view of the database is opened when the cut begins; what a group applies from then on until
 * its moment is recorded over it. So 64 groups need one view, and no group waits for another.
 */
import { assert } from '../../base/assert.ts'
import type { DatabaseEntry, DatabaseView, ScanOptions } from '../../effects/database.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type { HeldGroup } from './held-group.ts'
import type { Incarnation } from './keys.ts'
import { mergedScan } from './merged-scan.ts'
import type { Overlay } from './overlay.ts'
import type { Vault } from './stored-rows.ts'
import type { GroupMark, StateCut } from './types.ts'

interface Recording {
  readonly held: HeldGroup
  readonly overlay: Overlay
  readonly incarnation: Incarnation
  /** Once its moment has come. */
  mark: GroupMark | undefined
}

export interface CutParts {
  readonly view: DatabaseView
  readonly vault: Vault
  readonly groups: readonly HeldGroup[]
}

export class ViewedCut implements StateCut {
  readonly #view: DatabaseView
  readonly #vault: Vault
  readonly #recordings = new Map<PartitionId, Recording>()
  #isClosed = false

  /** Closes the view with itself. */
  constructor({ view, vault, groups }: CutParts) {
    this.#view = view
    this.#vault = vault
    for (const held of groups) {
      const { group, incarnation } = held
      this.#recordings.set(group, {
        held,
        incarnation,
        overlay: held.beginRecording(),
        mark: undefined,
      })
    }
  }

  take(group: PartitionId): boolean {
    const recording = this.#recordings.get(group)
    assert(recording !== undefined && recording.mark === undefined, 'a group is cut once')
    const { held, overlay, incarnation } = recording
    held.endRecording(overlay)
    if (!held.isServed || held.incarnation !== incarnation) return false
    recording.mark = held.mark
    return true
  }

  markOf(group: PartitionId): GroupMark {
    return this.#taken(group).mark
  }

  scan(group: PartitionId, options: ScanOptions): readonly DatabaseEntry[] {
    const { overlay, incarnation } = this.#taken(group)
    const rows = { vault: this.#vault, reader: this.#view, group, incarnation }
    return mergedScan(overlay, rows, options)
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const { held, overlay } of this.#recordings.values()) held.endRecording(overlay)
    this.#view.close()
  }

  #taken(group: PartitionId): Recording & { readonly mark: GroupMark } {
    assert(!this.#isClosed, 'the cut is open')
    const recording = this.#recordings.get(group)
    assert(recording?.mark !== undefined, 'the group was cut')
    return { ...recording, mark: recording.mark }
  }
}
