/** The chunks of one member, put together: its shelf, what it holds, writes, reads and repairs. */
import { isAnilloError } from '../../base/errors.ts'
import type { MemberId } from '../../base/ids.ts'
import type { Effects } from '../../effects/effects.ts'
import type { ChunkCare } from '../../wire/api.ts'
import { partitionOfHash, type PartitionId } from '../../wire/partition.ts'
import type { GroupHost } from '../group/types.ts'
import type { Peers } from '../peers.ts'
import type { Router } from '../routing/router.ts'
import type { RecordStore } from '../store.ts'
import type { ChunkStore } from '../types.ts'
import type { RepairPhase } from './audit.ts'
import { createChunkStore } from './chunk-store.ts'
import { Gate } from './gate.ts'
import { ChunkHolder } from './holder.ts'
import { ChunkKeeper } from './keeper.ts'
import { Leaving } from './leaving.ts'
import { CHUNK_SETTINGS, REPAIRS_AT_ONCE_MAX, type ChunkSettings } from './limits.ts'
import { byPreference, type HostOf } from './preference.ts'
import { ChunkReader } from './reading.ts'
import { scrub, type ScrubRange, type Scrubbed } from './scrubbing.ts'
import { ChunkShelf } from './shelf.ts'
import { Strays } from './strays.ts'
import { ChunkWriter } from './writing.ts'

export interface ChunksOptions {
  readonly effects: Pick<Effects, 'clock' | 'random' | 'disk' | 'cipher' | 'log'>
  readonly self: MemberId
  readonly host: GroupHost
  readonly peers: Peers
  readonly router: Router
  readonly records: RecordStore
  /** The member's, of 32 bytes. */
  readonly key: Uint8Array
  /** Directory of the chunks on the member's disk. */
  readonly path: string
  /** Failure domains, of the roster. */
  readonly hostOf: HostOf
  /** How people call a member. */
  readonly nameOf: (member: MemberId) => string
  /** Nobody copies chunks (`UpkeepOptions`). */
  readonly mayCollect: () => Promise<boolean>
  /** What members may leave is known better: the mover plans again. */
  readonly onVerdict: () => void
  /** A file was found damaged, or a chunk has a sound copy here again. */
  readonly onDamage?: (hash: string, what: 'found' | 'healed') => void
  /** Missing copies of this many bytes were made. */
  readonly onRepaired?: (bytes: number) => void
  readonly settings?: Partial<ChunkSettings>
}

/** Counters since the start, which only grow. */
export interface ChunkCounters {
  damaged: number
  healed: number
  /**
   * Copies that were found to be missing, their bytes; those made; those that could not be made.
   */
  repairBytesWanted: number
  repairBytesMade: number
  repairBytesFailed: number
  /** Of those found to be missing, what was there by then: a write was on its way. */
  repairBytesFound: number
}

export interface RepairProgress {
  readonly bytesLeft: number
  readonly bytesMade: number
  /** At the rate so far; `undefined` where nothing is made yet, or nothing is left. */
  readonly leftMs: number | undefined
}

export interface MemberChunks {
  readonly store: ChunkStore
  readonly counters: Readonly<ChunkCounters>
  /** For the mover: each chunk of who leaves has its copies among those that stay. */
  chunksSafe(group: PartitionId, staying: readonly MemberId[]): boolean
  /** Of a group led here: copies of the chunk that has the fewest; `undefined`: none is known. */
  copiesOf(group: PartitionId): number | undefined
  progress(): RepairProgress
  /** For those who watch the ring. */
  care(): ChunkCare
  /** Reads files in turn, within a rate, and has what is damaged fetched again. */
  scrub(range: ScrubRange, signal?: AbortSignal): Promise<Scrubbed>
  /** From then on groups led here are looked after. */
  start(): void
  /** Before the host is closed. */
  stop(): Promise<void>
}

/** Of each directory that is looked over there wait four at most. */
const REPAIRS_WAITING_MAX = 4_096
const HEALS_AT_ONCE_MAX = 2
const HEALS_WAITING_MAX = 4_096

export async function openChunks(options: ChunksOptions): Promise<MemberChunks> {
  const { effects, path, key } = options
  let damaged: (hash: string) => void = () => undefined
  const shelf = new ChunkShelf(effects, { path, key, onDamage: (hash) => damaged(hash) })
  await shelf.clean()
  const chunks = new Chunks(options, shelf)
  damaged = (hash) => chunks.damaged(hash)
  return chunks
}

class Chunks implements MemberChunks {
  readonly store: ChunkStore
  readonly counters: ChunkCounters = {
    damaged: 0,
    healed: 0,
    repairBytesWanted: 0,
    repairBytesMade: 0,
    repairBytesFailed: 0,
    repairBytesFound: 0,
  }
  readonly #options: ChunksOptions
  readonly #holder: ChunkHolder
  readonly #keeper: ChunkKeeper
  readonly #leaving: Leaving
  readonly #shelf: ChunkShelf
  readonly #healing = new Gate({
    atOnceMax: HEALS_AT_ONCE_MAX,
    waitingMax: HEALS_WAITING_MAX,
    what: 'chunks to be healed',
  })
  #repairSinceMs = 0
  #repairMadeBefore = 0

  constructor(options: ChunksOptions, shelf: ChunkShelf) {
    this.#options = options
    this.#shelf = shelf
    const settings = { ...CHUNK_SETTINGS, ...options.settings }
    const holder = (this.#holder = new ChunkHolder({ ...options, shelf, settings }))
    const repairs = new Gate({
      atOnceMax: REPAIRS_AT_ONCE_MAX,
      waitingMax: REPAIRS_WAITING_MAX,
      what: 'chunks to be copied',
    })
    const parts = { ...options, shelf, holder, repairs, onRepair: this.#onRepair }
    const writer = new ChunkWriter({ ...options, holder })
    const reader = new ChunkReader({ ...options, holder })
    this.store = createChunkStore({ writer, reader, buffers: shelf.buffers })
    this.#leaving = new Leaving(parts)
    this.#keeper = new ChunkKeeper({
      audit: parts,
      upkeep: { ...options, settings },
      strays: new Strays(parts),
      host: options.host,
      settings,
    })
    options.peers.onLost(() => this.#keeper.auditAllSoon())
  }

  chunksSafe(group: PartitionId, staying: readonly MemberId[]): boolean {
    return this.#leaving.isSafe(group, staying)
  }

  copiesOf(group: PartitionId): number | undefined {
    return this.#keeper.report(group)?.leastCopies
  }

  progress(): RepairProgress {
    const { repairBytesWanted, repairBytesMade } = this.counters
    const { repairBytesFailed, repairBytesFound } = this.counters
    const bytesLeft = repairBytesWanted - repairBytesMade - repairBytesFailed - repairBytesFound
    const bytesMade = repairBytesMade - this.#repairMadeBefore
    const tookMs = this.#options.effects.clock.nowMs() - this.#repairSinceMs
    const isMoving = bytesLeft > 0 && bytesMade > 0 && tookMs > 0
    return { bytesLeft, bytesMade, leftMs: isMoving ? (bytesLeft * tookMs) / bytesMade : undefined }
  }

  care(): ChunkCare {
    const { damaged, healed } = this.counters
    const { bytesLeft, leftMs } = this.progress()
    return {
      bytesLeft,
      doneInMs: leftMs === undefined ? null : Math.round(leftMs),
      damaged,
      healed,
      lost: this.#keeper.lost(),
    }
  }

  scrub(range: ScrubRange, signal?: AbortSignal): Promise<Scrubbed> {
    const { clock } = this.#options.effects
    const damagedSoFar = (): number => this.counters.damaged
    const parts = { clock, holder: this.#holder, shelf: this.#shelf, damagedSoFar }
    return scrub(parts, range, signal)
  }

  start(): void {
    this.#keeper.start()
  }

  async stop(): Promise<void> {
    this.#holder.stop()
    await this.#keeper.stop()
    await this.#shelf.settled()
  }

  damaged(hash: string): void {
    this.counters.damaged++
    this.#options.effects.log.warn('chunk damaged', { hash })
    this.#options.onDamage?.(hash, 'found')
    void this.#heal(hash)
  }

  /** From the other holders; what cannot be healed at once the next audit finds missing. */
  async #heal(hash: string): Promise<void> {
    const { effects, host, onDamage, self } = this.#options
    const group = partitionOfHash(hash)
    const status = host.status(group)
    const index = host.replica(group)?.appliedIndex
    if (status?.configuration === undefined || index === undefined) return
    const from = byPreference(status.configuration, hash).filter((id) => id !== self)
    if (from.length === 0) return
    try {
      const asked = { hash, index, from: [...from], isRepair: false }
      const { outcome } = await this.#healing.run(() => this.#holder.take(asked))
      if (outcome !== 'held') return
    } catch (thrown) {
      if (!isAnilloError(thrown)) throw thrown
      effects.log.warn('chunk not healed', { hash, code: thrown.code })
      return
    }
    this.counters.healed++
    onDamage?.(hash, 'healed')
  }

  readonly #onRepair = (bytes: number, phase: RepairPhase): void => {
    const { counters } = this
    if (phase === 'begin') {
      if (this.progress().bytesLeft === 0) {
        this.#repairSinceMs = this.#options.effects.clock.nowMs()
        this.#repairMadeBefore = counters.repairBytesMade
      }
      counters.repairBytesWanted += bytes
    } else if (phase === 'made') {
      counters.repairBytesMade += bytes
      if (bytes > 0) this.#options.onRepaired?.(bytes)
    } else if (phase === 'found') counters.repairBytesFound += bytes
    else counters.repairBytesFailed += bytes
  }
}
