/**
 * Paused downloads of the partitions that this member leads: the room that they will need stays
 * theirs, one that waited for its owner’s account goes on by itself, and what nobody resumes, or
 * whose owner is gone, ends.
 */
import { isAnilloError } from '../../../base/errors.ts'
import type { Procedure } from '../../../store/partition/procedure.ts'
import { PAUSED_KEPT_MS, PAUSED_LOOK_MS, ROOM_AGAIN_MS } from '../limits.ts'
import type { ShareParts } from '../parts.ts'
import { endDownload, lapseDownload, resumeDownload } from './download-procedures.ts'
import {
  downloadKey,
  partitionOfDownload,
  readDownloadRow,
  type DownloadRow,
} from './download-rows.ts'
import { problemOfHeld } from './rights.ts'

interface Looked {
  readonly atMs: number
  /** When room was claimed last, by this member. */
  roomMs: number | undefined
}

export class PausedDownloads {
  readonly #parts: Pick<ShareParts, 'effects' | 'store' | 'bytes' | 'standing'>
  readonly #looked = new Map<string, Looked>()
  readonly #running = new Set<Promise<void>>()

  constructor(parts: Pick<ShareParts, 'effects' | 'store' | 'bytes' | 'standing'>) {
    this.#parts = parts
  }

  /** All that are paused here; others are forgotten. */
  tend(ids: ReadonlySet<string>): void {
    for (const id of this.#looked.keys()) if (!ids.has(id)) this.#looked.delete(id)
    const nowMs = this.#parts.effects.clock.nowMs()
    for (const id of ids) {
      const known = this.#looked.get(id)
      if (known !== undefined && nowMs - known.atMs < PAUSED_LOOK_MS) continue
      const looked: Looked = { atMs: nowMs, roomMs: known?.roomMs }
      this.#looked.set(id, looked)
      const running = this.#look(id, looked).finally(() => this.#running.delete(running))
      this.#running.add(running)
    }
  }

  /** Resolves when nothing is under way any more. */
  async close(): Promise<void> {
    await Promise.all(this.#running)
  }

  /** Never rejects: it is looked at again. */
  async #look(id: string, looked: Looked): Promise<void> {
    const { log } = this.#parts.effects
    try {
      const record = await this.#parts.store.get(downloadKey(id))
      const row = record === undefined ? undefined : readDownloadRow(record)
      if (row?.state === 'paused') await this.#lookAt(id, row, looked)
    } catch (thrown) {
      if (!isAnilloError(thrown)) log.error('a paused download was not seen to', { error: thrown })
      else log.debug('a paused download is looked at later', { id, code: thrown.code })
    }
  }

  async #lookAt(id: string, row: DownloadRow, looked: Looked): Promise<void> {
    const { bytes, effects, standing } = this.#parts
    const { nick } = row.who
    const { kind } = await standing(nick)
    if (kind === 'gone') {
      const problem = problemOfHeld(kind, nick)
      await this.#call(id, endDownload, { id, state: 'failed', problem })
      await bytes.waive({ nick, id })
      return
    }
    if (kind === 'active' && row.problem !== undefined) {
      await this.#call(id, resumeDownload, { id, isHeldOnly: true })
      return
    }
    // Logged time decides; this clock says only when it is worth asking.
    if (effects.clock.wallMs() - (row.pausedMs ?? 0) >= PAUSED_KEPT_MS) {
      await this.#call(id, lapseDownload, { id })
      return
    }
    if (looked.roomMs !== undefined && looked.atMs - looked.roomMs < ROOM_AGAIN_MS) return
    looked.roomMs = looked.atMs
    if (row.bytes !== undefined) await bytes.claim({ nick, id }, 2 * row.bytes)
  }

  #call<Q, A>(id: string, procedure: Procedure<Q, A>, input: Q): Promise<A> {
    return this.#parts.store.call(partitionOfDownload(id), procedure, input)
  }
}
