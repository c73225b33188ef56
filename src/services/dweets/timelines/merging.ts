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
  /** Where it is known. */
  readonly author?: string | undefined
  readonly row?: PublicationRow
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
  readonly known: Ref[]
  frontier: string | undefined
}

interface Candidate {
  readonly ref: Ref
  readonly stream: Stream
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
    this.#streams = sources.map((source) => ({ source, known: [], frontier: from(source) }))
  }

  get isAtEnd(): boolean {
    return this.#streams.every(({ frontier, known }) => frontier === undefined && !known.length)
  }

  /** The next ones, at most so many; fewer at the end. */
  async take(count: number): Promise<readonly Ref[]> {
    for (;;) {
      const next = this.#next(count)
      const last = next.length < count ? undefined : next.at(-1)?.ref.place
      const behind = this.#streams.filter(({ frontier }) => {
        return frontier !== undefined && (last === undefined || this.#compare(frontier, last) < 0)
      })
      if (behind.length === 0) return this.#took(next)
      await Promise.all(behind.map((stream) => this.#extend(stream)))
    }
  }

  /** Nothing more of it. */
  leave(partition: PartitionId): void {
    this.#streams = this.#streams.filter(({ source }) => source.partition !== partition)
  }

  #next(count: number): readonly Candidate[] {
    return this.#streams
      .flatMap((stream) => stream.known.slice(0, count).map((ref) => ({ ref, stream })))
      .toSorted((a, b) => this.#compare(a.ref.place, b.ref.place))
      .slice(0, count)
  }

  #took(next: readonly Candidate[]): readonly Ref[] {
    for (const { stream } of next) stream.known.shift()
    return next.map(({ ref }) => ref)
  }

  async #extend(stream: Stream): Promise<void> {
    const { partition } = stream.source
    try {
      const { frontier, refs } = await stream.source.tell(stream.frontier ?? '')
      stream.known.push(...refs)
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
