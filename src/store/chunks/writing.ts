/** Chunks on their way in: pinned, brought to their holders, told when they are on their disks. */
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import type { MemberId } from '../../base/ids.ts'
import type { Effects } from '../../effects/effects.ts'
import { CHUNK_BYTES_MAX } from '../../wire/chunks.ts'
import { partitionOfHash, type PartitionId } from '../../wire/partition.ts'
import type { Peers } from '../peers.ts'
import { Allowance } from '../routing/allowance.ts'
import type { Router } from '../routing/router.ts'
import type { RecordStore } from '../store.ts'
import type { CallOptions, PutChunk, Upload } from '../types.ts'
import { Gate } from './gate.ts'
import type { ChunkHolder } from './holder.ts'
import { PUT_TIMEOUT_MS, PUTS_AT_ONCE_MAX, PUTS_WAITING_MAX, ROUND_PAUSE_MS } from './limits.ts'
import { placeChunk, type Placed, type Refusal } from './placing.ts'
import { byPreference, copiesLeast, copiesWanted, stayingIn, type HostOf } from './preference.ts'
import { chunkPin } from './procedures.ts'
import { chunkOf, type SoundChunk } from './sound-chunk.ts'

export interface WriterOptions {
  readonly effects: Pick<Effects, 'clock'>
  readonly self: MemberId
  readonly records: Pick<RecordStore, 'call'>
  readonly router: Pick<Router, 'whereabouts' | 'look'>
  readonly holder: ChunkHolder
  readonly peers: Pick<Peers, 'ask'>
  readonly hostOf: HostOf
  /** How people call a member. */
  readonly nameOf: (member: MemberId) => string
}

/** One put: what is known of its place. */
interface Put {
  readonly chunk: SoundChunk
  readonly upload: Upload
  readonly group: PartitionId
  readonly allowance: Allowance
}

export class ChunkWriter {
  readonly #options: WriterOptions
  readonly #gate = new Gate({
    atOnceMax: PUTS_AT_ONCE_MAX,
    waitingMax: PUTS_WAITING_MAX,
    what: 'chunks to be written',
  })

  constructor(options: WriterOptions) {
    this.#options = options
  }

  async put(bytes: Uint8Array, upload: Upload, options: CallOptions = {}): Promise<PutChunk> {
    if (bytes.length === 0) {
      throw new AnilloError('BAD_REQUEST', { problem: 'a chunk without bytes is none' })
    }
    if (bytes.length > CHUNK_BYTES_MAX) {
      throw new AnilloError('TOO_LARGE', { what: 'A chunk', limit: `${CHUNK_BYTES_MAX} bytes` })
    }
    return this.#gate.run(async () => {
      const { clock } = this.#options.effects
      const allowance = new Allowance(clock, { timeoutMs: PUT_TIMEOUT_MS, ...options })
      const chunk = chunkOf(bytes)
      const withdraw = this.#options.holder.offer(chunk)
      try {
        const group = partitionOfHash(chunk.hash)
        return await this.#place({ chunk, upload, group, allowance })
      } finally {
        withdraw()
      }
    })
  }

  async #place(put: Put): Promise<PutChunk> {
    const { hash, bytes } = put.chunk
    const { allowance } = put
    allowance.throwIfCancelled('chunk.put')
    let index = await this.#pin(put)
    let placed: Placed = NOWHERE
    const refusals = new Map<MemberId, Refusal>()
    for (let round = 1; ; round++) {
      const outcome = await this.#round(put, { index, held: placed.held })
      placed = outcome.placed
      for (const [member, why] of placed.refusals) refusals.set(member, why)
      if (outcome.isDone || (outcome.isEnough && (round > 1 || isDown(placed)))) {
        return { hash, bytes: bytes.length, isDegraded: !outcome.isDone }
      }
      allowance.throwIfCancelled('chunk.put')
      // Room comes back when somebody makes it: nobody waits for that.
      const full = membersThat(refusals, 'full')
      if (full.length > 0) throw this.#noRoomAt(full)
      if (allowance.isOver) throw unavailable(put)
      await this.#options.router.look()
      if (round > 1) await allowance.pause(ROUND_PAUSE_MS)
      // Collected since it was pinned, or the upload was given up: pinned anew.
      if (membersThat(placed.refusals, 'gone').length > 0) {
        index = await this.#pin(put)
        placed = NOWHERE
      }
    }
  }

  /** Pinning twice does what pinning once does: it is tried for as long as there is time. */
  async #pin({ chunk, upload, group, allowance }: Put): Promise<number> {
    const { hash, bytes } = chunk
    const input = { hash, bytes: bytes.length, upload: upload.id, partition: upload.partition }
    for (;;) {
      try {
        const asked = allowance.tryOf(PUT_TIMEOUT_MS)
        return (await this.#options.records.call(group, chunkPin, input, asked)).index
      } catch (thrown) {
        allowance.throwIfCancelled('chunk.put')
        if (allowance.isOver || !isPassing(thrown)) throw thrown
      }
      await allowance.pause(ROUND_PAUSE_MS)
    }
  }

  async #round(
    put: Put,
    { index, held }: { readonly index: number; readonly held: ReadonlySet<MemberId> },
  ): Promise<{ readonly placed: Placed; readonly isDone: boolean; readonly isEnough: boolean }> {
    const { holder, hostOf, router, self } = this.#options
    const { hash } = put.chunk
    const configuration = router.whereabouts(put.group)?.configuration
    if (configuration === undefined) {
      return { placed: { ...NOWHERE, held }, isDone: false, isEnough: false }
    }
    const staying = stayingIn(configuration)
    const placing = {
      question: { hash, index, from: [self], isRepair: false },
      candidates: byPreference(configuration, hash).filter((id) => staying.includes(id)),
      wanted: copiesWanted(staying, hostOf),
      held: new Set([...held].filter((id) => staying.includes(id))),
    }
    const take: ChunkHolder['take'] = (question) => holder.take(question, put.chunk)
    const parts = { ...this.#options, holder: { take } }
    const placed = await placeChunk(parts, placing, put.allowance)
    const copies = new Set([...placed.held].map(hostOf)).size
    return {
      placed,
      isDone: copies >= placing.wanted,
      isEnough: copies >= copiesLeast(staying, hostOf),
    }
  }

  #noRoomAt(full: readonly MemberId[]): AnilloError {
    const names = full.map(this.#options.nameOf).toSorted()
    return new AnilloError('DISK_FULL', { path: `the data of ${names.join(', ')}` })
  }
}

const NOWHERE: Placed = { held: new Set(), fetched: new Set(), refusals: new Map() }

function isPassing(thrown: unknown): boolean {
  return PASSING.some((code) => isAnilloError(thrown, code))
}

const PASSING = ['BUSY', 'STORE_UNAVAILABLE', 'OUTCOME_UNKNOWN'] as const

/** Another round would find the same. */
function isDown({ refusals }: Placed): boolean {
  return [...refusals.values()].every((why) => why === 'unreachable' || why === 'full')
}

function membersThat(refusals: Placed['refusals'], why: Refusal): readonly MemberId[] {
  return [...refusals.keys()].filter((member) => refusals.get(member) === why)
}

function unavailable({ group }: Put): AnilloError {
  const problem = 'too few members take its chunks'
  return new AnilloError('STORE_UNAVAILABLE', { partition: group, problem })
}
