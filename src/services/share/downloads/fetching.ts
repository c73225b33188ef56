/**
 * Has the pieces of one content from its sources, by the plan: asks for them, proves them, puts
 * them into the store, and tells how it goes. What it knows of sources lives here; what is there
 * is in the store.
 */
import { isAnilloError } from '../../../base/errors.ts'
import { SECOND_MS } from '../../../base/limits.ts'
import type { Timer } from '../../../effects/clock.ts'
import { pause } from '../../../effects/pause.ts'
import type { Failure, SourceState } from '../../../wire/download-states.ts'
import { SOURCES_MAX } from '../../../wire/share-bounds.ts'
import { IN_MEMORY_MAX, KEEP_AGAIN_MS, SILENT_MS } from '../limits.ts'
import type { FoundSource } from '../lookups.ts'
import type { ShareParts } from '../parts.ts'
import { SourceFailure } from '../sources/source-client.ts'
import { isPieceOf, PIECE_BYTES, pieceBytes, type HashTree } from '../tree/hash-tree.ts'
import { Bitfield } from './bitfield.ts'
import type { LiveRow, LiveSource } from './download-rows.ts'
import type { KeptPieces } from './kept-pieces.ts'
import { DownloadPlan, type Order } from './plan.ts'

export interface FetchingOptions {
  readonly parts: Pick<ShareParts, 'effects' | 'sources'>
  readonly kept: KeptPieces
  readonly nick: string
  /** Without a layer nothing is proven, and there is one source. */
  readonly tree: Omit<HashTree, 'layer'> & { readonly layer: Uint8Array | undefined }
  readonly have: Bitfield
  readonly signal: AbortSignal
}

export class Fetching {
  readonly #options: FetchingOptions
  readonly #plan: DownloadPlan
  readonly #publishers = new Map<string, string | undefined>()
  readonly #asking = new Map<string, AbortController>()
  readonly #running = new Set<Promise<void>>()
  readonly #ending: AbortController
  readonly #over = Promise.withResolvers<void>()
  #timer: Timer | undefined
  #failure: { readonly thrown: unknown } | undefined

  constructor(options: FetchingOptions) {
    this.#options = options
    const { have, parts, signal, tree } = options
    this.#ending = new AbortController()
    signal.addEventListener('abort', () => this.#end(), { once: true })
    this.#plan = new DownloadPlan({
      bytesOf: (index) => pieceBytes(tree.bytes, index),
      have,
      start: Math.floor(parts.effects.random.fraction() * have.length),
      silentMs: SILENT_MS,
      inMemoryMax: IN_MEMORY_MAX,
    })
    // It may have been cancelled while it was looked up what is there: that is told once.
    if (signal.aborted) this.#end()
  }

  /** Nobody is left to ask. */
  get isStarved(): boolean {
    return this.#plan.isStarved
  }

  /** Resolves when all is kept, or it was ended. @throws AnilloError what the store refused */
  async done(): Promise<void> {
    this.#step()
    await this.#over.promise
    this.#end()
    await Promise.all(this.#running)
    if (this.#failure !== undefined) throw this.#failure.thrown
  }

  /** Sources that were found; those that are known already are passed over. */
  add(sources: readonly FoundSource[]): void {
    for (const { publisher, url } of sources) {
      if (this.#ending.signal.aborted) return
      this.#publishers.set(url, publisher)
      if (this.#plan.add(url, this.#nowMs())) this.#track(this.#learn(url))
    }
  }

  /** It is not to go on. */
  fail(thrown: unknown): void {
    this.#failure ??= { thrown }
    this.#end()
  }

  live(): Omit<LiveRow, 'atMs'> {
    const nowMs = this.#nowMs()
    const sources = this.#plan.sources.map((source): LiveSource => {
      const { bytes, has, id, pieces, rate, why } = source
      const publisher = this.#publishers.get(id)
      const state = source.stateAt(nowMs)
      return {
        url: id,
        state,
        ...(publisher === undefined ? {} : { publisher }),
        ...(why === undefined ? {} : { why }),
        pieces,
        bytes,
        bytesPerSecond: state === 'active' ? Math.round(rate) : 0,
        ...(has === undefined ? {} : { has: has.count }),
      }
    })
    const told = [...sources].sort((a, b) => WEIGHT[b.state] - WEIGHT[a.state] || b.bytes - a.bytes)
    const arriving = this.#plan.sources.flatMap(({ running }) => [...running.values()])
    return {
      bytesPerSecond: sources.reduce((sum, { bytesPerSecond }) => sum + bytesPerSecond, 0),
      arrivingBytes: arriving.reduce((sum, { bytes }) => sum + bytes, 0),
      underWay: [...this.#plan.underWay],
      sources: told.slice(0, SOURCES_MAX),
    }
  }

  #nowMs(): number {
    return this.#options.parts.effects.clock.nowMs()
  }

  #end(): void {
    if (this.#ending.signal.aborted) return
    this.#ending.abort()
    this.#timer?.cancel()
    for (const asking of this.#asking.values()) asking.abort()
    this.#over.resolve()
  }

  #track(work: Promise<void>): void {
    const running = work
      .catch((thrown: unknown) => this.fail(thrown))
      .finally(() => this.#running.delete(running))
    this.#running.add(running)
  }

  /** Which pieces it has. One that has not all is asked again later. */
  async #learn(url: string): Promise<void> {
    const { have, parts, tree } = this.#options
    const { signal } = this.#ending
    try {
      for (;;) {
        const has =
          tree.layer === undefined
            ? Bitfield.full(have.length)
            : await parts.sources.have(url, have.length, signal)
        this.#plan.learned(url, has)
        this.#step()
        if (has.isFull || this.#plan.source(url)?.isDropped !== false) return
        await pause(parts.effects.clock, HAVE_AGAIN_MS, signal)
        if (signal.aborted) return
      }
    } catch (thrown) {
      const why = this.#whyOf(thrown)
      if (why !== undefined) this.#carryOut(this.#plan.failedWhole(url, why, this.#nowMs()))
      this.#step()
    }
  }

  /** `undefined`: nobody waits any more. @throws what is no failure of a source */
  #whyOf(thrown: unknown): Failure | undefined {
    if (thrown instanceof SourceFailure) return thrown.why
    if (this.#ending.signal.aborted || isAnilloError(thrown, 'RPC_CANCELLED')) return undefined
    throw thrown
  }

  #step(): void {
    if (this.#ending.signal.aborted) return
    if (this.#plan.isDone) return this.#over.resolve()
    const nowMs = this.#nowMs()
    this.#carryOut(this.#plan.orders(nowMs))
    this.#timer?.cancel()
    const wakeMs = this.#plan.wakeMs(nowMs)
    if (wakeMs === undefined) return
    const delayMs = Math.max(LEAST_PAUSE_MS, wakeMs - nowMs)
    this.#timer = this.#options.parts.effects.clock.after(delayMs, () => this.#step())
  }

  #carryOut(orders: readonly Order[]): void {
    for (const { index, kind, source } of orders) {
      const name = `${index} ${source}`
      if (kind === 'cancel') this.#asking.get(name)?.abort()
      else this.#track(this.#ask(source, index, name))
    }
  }

  async #ask(url: string, index: number, name: string): Promise<void> {
    const { parts, tree } = this.#options
    const asking = new AbortController()
    this.#asking.set(name, asking)
    try {
      const from = index * PIECE_BYTES
      const piece = await parts.sources.piece(url, {
        from,
        to: from + pieceBytes(tree.bytes, index),
        signal: asking.signal,
        progressed: (bytes) => this.#plan.progressed(url, index, bytes, this.#nowMs()),
      })
      if (asking.signal.aborted) return
      await this.#arrived(url, index, piece)
    } catch (thrown) {
      if (asking.signal.aborted && !isAnilloErrorOfStore(thrown)) return
      const why = this.#whyOf(thrown)
      if (why !== undefined) this.#carryOut(this.#plan.failed(url, index, why, this.#nowMs()))
    } finally {
      if (this.#asking.get(name) === asking) this.#asking.delete(name)
      this.#step()
    }
  }

  async #arrived(url: string, index: number, piece: Uint8Array): Promise<void> {
    const { layer } = this.#options.tree
    const isRight = layer === undefined || isPieceOf({ ...this.#options.tree, layer }, index, piece)
    const { isNew, orders } = this.#plan.arrived(url, { index, isRight }, this.#nowMs())
    this.#carryOut(orders)
    this.#step()
    if (isNew) await this.#keep(index, piece)
  }

  /** Until it is: it need not come again for a store that was not to be had for a moment. */
  async #keep(index: number, piece: Uint8Array): Promise<void> {
    const { kept, nick, parts } = this.#options
    const { signal } = this.#ending
    while (!signal.aborted) {
      try {
        await kept.keep(index, piece, nick)
        this.#plan.kept(index)
        return
      } catch (thrown) {
        if (!isPassing(thrown)) throw new StoreFailure(thrown)
        await pause(parts.effects.clock, KEEP_AGAIN_MS, signal)
      }
    }
  }
}

/** Of many sources those are told that do something. */
const WEIGHT: Readonly<Record<SourceState, number>> = { active: 3, idle: 2, resting: 1, dropped: 0 }
/** A source that has not all is asked again what it has. */
const HAVE_AGAIN_MS = 5 * SECOND_MS
const LEAST_PAUSE_MS = 50

/** The store refused a piece: that is no fault of its source. */
export class StoreFailure extends Error {
  constructor(cause: unknown) {
    super('the store refused a piece', { cause })
  }
}

function isAnilloErrorOfStore(thrown: unknown): boolean {
  return thrown instanceof StoreFailure
}

function isPassing(thrown: unknown): boolean {
  return (
    isAnilloError(thrown, 'BUSY') ||
    isAnilloError(thrown, 'STORE_UNAVAILABLE') ||
    isAnilloError(thrown, 'OUTCOME_UNKNOWN')
  )
}
