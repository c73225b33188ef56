/**
 * Committed entries become state: partition, then state, then everybody who waits. Within a budget
 * a turn, so that nothing blocks the event loop; not while the database is far behind. Nobody waits
 * for the database.
 */
import { assert } from '../../base/assert.ts'
import { decodeConfiguration } from '../../wire/configuration.ts'
import type { Configuration, LogEntry } from '../../wire/raft.ts'
import type { Applied } from '../partition/types.ts'
import type { Core } from './core.ts'
import type { HeldGroup } from './held-group.ts'
import { APPLY_BYTES_MAX, APPLY_MS_MAX, APPLY_RETRY_MS, APPLY_STEP_BYTES } from './limits.ts'

/** Told of each entry, in order, when its state is committed. */
export type AppliedListener = (held: HeldGroup, entry: LogEntry, applied: Applied) => void

export class Applying {
  readonly #core: Core
  readonly #told: AppliedListener
  /** Groups with committed entries, each once. */
  #queue: HeldGroup[] = []
  /** When to look again, while the database is behind; Infinity: it is not. */
  retryAtMs = Infinity

  constructor(core: Core, told: AppliedListener) {
    this.#core = core
    this.#told = told
  }

  get hasMore(): boolean {
    return this.#queue.length > 0 && this.retryAtMs === Infinity
  }

  committed(held: HeldGroup): void {
    if (held.hasCommitted) return
    held.hasCommitted = true
    this.#queue.push(held)
  }

  run(startMs: number): void {
    if (this.#queue.length === 0) return
    const { clock } = this.#core.effects
    let bytes = 0
    this.retryAtMs = Infinity
    while (this.#queue.length > 0) {
      const nowMs = clock.nowMs()
      if (this.#core.state.unwrittenBytes > this.#core.settings.unwrittenBytesMax) {
        this.retryAtMs = nowMs + APPLY_RETRY_MS
        return
      }
      if (bytes >= APPLY_BYTES_MAX || nowMs - startMs > APPLY_MS_MAX) return
      bytes += this.#some()
    }
  }

  /** A step of the first group in the queue, which then stands at its end. */
  #some(): number {
    const held = this.#queue.shift()
    if (held === undefined || !held.isOpen) return 0
    const entries = held.raft.entriesToApply(APPLY_STEP_BYTES)
    const last = entries.at(-1)
    if (last === undefined) {
      held.hasCommitted = false
      return 0
    }
    let bytes = 0
    for (const entry of entries) {
      this.#apply(held, entry)
      bytes += entry.data.length
    }
    this.#core.counting.bytesApplied += bytes
    this.#core.counting.entriesApplied += entries.length
    this.#core.note(held, { kind: 'applied', index: last.index })
    if (held.isOpen) this.#queue.push(held)
    return bytes
  }

  #apply(held: HeldGroup, entry: LogEntry): void {
    const { index, term } = entry
    assert(index === held.appliedIndex + 1, 'entries are applied in order, each once')
    const applied = held.partition.apply(entry)
    const configuration = configurationAt(entry) ?? held.configuration
    held.state.commit(applied.writes, { applied: { index, term }, configuration })
    held.partition.announce(applied)
    this.#told(held, entry, applied)
  }
}

function configurationAt({ kind, data }: LogEntry): Configuration | undefined {
  return kind === 'configuration' ? decodeConfiguration(data) : undefined
}
