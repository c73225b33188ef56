/**
 * Several streams as one, in order. A stream tells its items in stretches; what it has not told yet
 * lies behind its frontier, so that only those are asked for more whose next item might be among
 * the next ones of all.
 */
import { isAnilloError } from '../../../base/errors.ts'
import type { PartitionId } from '../../../wire/partition.ts'
import type { PublicationRow } from '../rows.ts'

/** A publication, perhaps only by its place. */
export interface Ref {
  readonly place: string
  readonly row?: PublicationRow
  /** Where it is known without the row. */
  readonly author?: string
}

export interface Told {
  readonly refs: readonly Ref[]
  /** All that is not told lies behind it; absent: there is no more. */
  readonly frontier: string | undefined
}

export interface Source {
  readonly partition: PartitionId
  /** Nick of whose publications they are. */
  readonly name: string
  /** What comes behind the frontier; the same order as all. */
  readonly tell: (frontier: string) => Promise<Told>
}

interface Stream {
  readonly source: Source
  known: readonly Ref[]
  /** Of those that are known, so many were taken, */
  taken: number
  /** and so many would be with the next ones. */
  next: number
  frontier: string | undefined
}

type OnUnreadable = (partition: PartitionId, thrown: unknown) => void

export type Order = 'newestFirst' | 'oldestFirst'

export class Merging {
  readonly #order: Order
  readonly #onUnreadable: OnUnreadable
  #streams: readonly Stream[]

  /** @param from where a source begins; @param onUnreadable its sources tell nothing more */
  constructor(
    order: Order,
    sources: readonly Source[],
    from: (source: Source) => string,
    onUnreadable: OnUnreadable,
  ) {
    this.#order = order
    this.#onUnreadable = onUnreadable
    const nothing = { known: [], taken: 0, next: 0 }
    this.#streams = sources.map((source) => ({ source, ...nothing, frontier: from(source) }))
  }

  get isAtEnd(): boolean {
    return this.#streams.every(
      ({ frontier, known, taken }) => frontier === undefined && taken === known.length,
    )
  }

  /** The next ones, at most so many; fewer at the end. */
  async take(count: number): Promise<readonly Ref[]> {
    for (;;) {
      const next = this.#next(count)
      const last = next.length < count ? undefined : next.at(-1)?.place
      const behind = this.#streams.filter(({ frontier }) => {
        return frontier !== undefined && (last === undefined || this.#compare(frontier, last) < 0)
      })
      if (behind.length === 0) {
        for (const stream of this.#streams) stream.taken = stream.next
        return next
      }
      await Promise.all(behind.map((stream) => this.#extend(stream)))
    }
  }

  /** Nothing more of it. */
  leave(partition: PartitionId): void {
    this.#streams = this.#streams.filter(({ source }) => source.partition !== partition)
  }

  /** Of those that are known. */
  #next(count: number): readonly Ref[] {
    for (const stream of this.#streams) stream.next = stream.taken
    const next: Ref[] = []
    while (next.length < count) {
      let first: { readonly ref: Ref; readonly stream: Stream } | undefined
      for (const stream of this.#streams) {
        const ref = stream.known[stream.next]
        if (ref === undefined) continue
        if (first === undefined || this.#compare(ref.place, first.ref.place) < 0) {
          first = { ref, stream }
        }
      }
      if (first === undefined) break
      first.stream.next++
      next.push(first.ref)
    }
    return next
  }

  async #extend(stream: Stream): Promise<void> {
    const { partition } = stream.source
    try {
      const { frontier, refs } = await stream.source.tell(stream.frontier ?? '')
      stream.known = [...stream.known.slice(stream.taken), ...refs]
      stream.taken = 0
      stream.frontier = frontier
    } catch (thrown) {
      if (!isUnreadable(thrown)) throw thrown
      this.leave(partition)
      this.#onUnreadable(partition, thrown)
    }
  }

  /** Earlier ones first. */
  #compare(a: string, b: string): number {
    if (a === b) return 0
    return a < b === (this.#order === 'oldestFirst') ? -1 : 1
  }
}

/** Nobody can read it now; others may be read. */
export function isUnreadable(thrown: unknown): boolean {
  return isAnilloError(thrown, 'STORE_UNAVAILABLE') || isAnilloError(thrown, 'BUSY')
}
