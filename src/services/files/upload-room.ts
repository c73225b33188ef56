/**
 * Room for one upload: claimed step by step as bytes come, so that what does not fit is refused
 * before it lies on disks. The claim names the place that is written and who writes: an upload that
 * begins anew there takes it over.
 */
import { KIB, MIB, MINUTE_MS } from '../../base/limits.ts'
import type { CallOptions } from '../../store/types.ts'
import { demandRoom } from './room.ts'
import { claimOf, type Place } from './tree/places.ts'
import type { Quotas } from './tree/quotas.ts'
import type { TreeStore } from './tree/tree-store.ts'

/** Smaller ones claim room once, at their end. */
export const CLAIM_FROM_BYTES = 256 * KIB
/** Claimed ahead, where nobody says how many come. */
export const CLAIM_STEP_BYTES = 16 * MIB
/** Before a claim lapses. */
const CLAIM_AGAIN_MS = 5 * MINUTE_MS

export interface UploadRoomAsk {
  readonly quotas: Quotas
  readonly clock: TreeStore['clock']
  readonly place: Place
  /** Who writes. */
  readonly by: string
  /** Who is to have it. */
  readonly owner: string
  readonly isNew: boolean
  /** Bytes that are there. */
  readonly at: number
  /** Bytes behind them. */
  readonly expectedBytes: number | undefined
  readonly isResumed: boolean
}

export class UploadRoom {
  /** Of the claim. */
  readonly id: string
  readonly #ask: UploadRoomAsk
  readonly #isLimited: boolean
  #claimed: number | undefined
  #claimedAtMs = 0

  /** @throws AnilloError QUOTA_FULL, QUOTA_FILES_FULL, BUSY */
  static async begun(ask: UploadRoomAsk, options?: CallOptions): Promise<UploadRoom> {
    const { at, expectedBytes, isNew, isResumed, owner, quotas } = ask
    const room = new UploadRoom(ask, await quotas.isLimited(owner, options))
    if (!room.#isLimited) return room
    // What broke off can be given up whatever the limit is by now.
    if (isResumed && expectedBytes === undefined) return room
    const bytes = at + (expectedBytes ?? 1)
    if (expectedBytes !== undefined && bytes >= CLAIM_STEP_BYTES) {
      await room.#claim({ bytes, wished: bytes, isKept: false }, options)
      return room
    }
    const usage = await quotas.usage(owner, { ...options, apart: room.id })
    demandRoom(owner, usage, { bytes, files: isNew ? 1 : 0 })
    return room
  }

  private constructor(ask: UploadRoomAsk, isLimited: boolean) {
    this.id = claimOf(ask.place, ask.by)
    this.#ask = ask
    this.#isLimited = isLimited
    // What broke off has its claim.
    this.#claimed = ask.isResumed && ask.at > 0 ? 0 : undefined
  }

  /** Of the claim, where there may be one. */
  get claim(): string | undefined {
    return this.#isLimited && this.#claimed !== undefined ? this.id : undefined
  }

  /** The upload comes to so many bytes. @throws AnilloError QUOTA_FULL, QUOTA_FILES_FULL, BUSY */
  async need(bytes: number, options?: CallOptions): Promise<void> {
    if (!this.#isLimited || bytes < CLAIM_FROM_BYTES) return
    const { at, clock, expectedBytes } = this.#ask
    const isFresh = clock.nowMs() - this.#claimedAtMs < CLAIM_AGAIN_MS
    if (isFresh && this.#claimed !== undefined && bytes <= this.#claimed) return
    const wished = expectedBytes === undefined ? bytes + CLAIM_STEP_BYTES : at + expectedBytes
    await this.#claim({ bytes, wished: Math.max(bytes, wished), isKept: false }, options)
  }

  /** It broke off: what came takes room until it goes. Never rejects. */
  async keep(bytes: number): Promise<void> {
    if (!this.#isLimited) return
    // The limit may be lower by now; what is there is there.
    await this.#claim({ bytes, wished: bytes, isKept: true }).catch(() => undefined)
  }

  /** Nothing of it stays. Never rejects: a claim that is left lapses. */
  async waive(): Promise<void> {
    if (this.claim === undefined) return
    const { owner, quotas } = this.#ask
    await quotas.waive(owner, this.id).catch(() => undefined)
  }

  async #claim(
    asked: { readonly bytes: number; readonly wished: number; readonly isKept: boolean },
    options?: CallOptions,
  ): Promise<void> {
    const { clock, isNew, owner: nick, quotas } = this.#ask
    const claim = { nick, id: this.id, files: isNew ? 1 : 0, ...asked }
    this.#claimedAtMs = clock.nowMs()
    this.#claimed = await quotas.claim(claim, options)
  }
}
