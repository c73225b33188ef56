/** Reads the chunks of a member in turn, slowly: what rots is found before its other copies do. */
import type { Clock } from '../../effects/clock.ts'
import { FILE_BYTES_MAX } from './chunk-file.ts'
import type { ChunkHolder } from './holder.ts'
import { Pace } from './pace.ts'
import type { ChunkShelf } from './shelf.ts'

export interface ScrubRange {
  /** First two hex digits of the hashes, both included: `00` to `ff` are all. */
  readonly first: string
  readonly last: string
  readonly bytesPerSecond: number
}

export interface Scrubbed {
  readonly chunks: number
  readonly bytes: number
  /** Told to the shelf's `onDamage`. */
  readonly damaged: number
}

export interface ScrubParts {
  readonly clock: Clock
  readonly holder: Pick<ChunkHolder, 'own'>
  readonly shelf: Pick<ChunkShelf, 'list'>
  /** Files found damaged since the start. */
  readonly damagedSoFar: () => number
}

/** Ends early, with what it saw, when the signal says so. */
export async function scrub(
  { clock, holder, shelf, damagedSoFar }: ScrubParts,
  { first, last, bytesPerSecond }: ScrubRange,
  signal?: AbortSignal,
): Promise<Scrubbed> {
  const place = new Uint8Array(FILE_BYTES_MAX)
  const pace = new Pace(clock, () => bytesPerSecond)
  const seen = { chunks: 0, bytes: 0, damaged: 0 }
  for (let at = Number.parseInt(first, 16); at <= Number.parseInt(last, 16); at++) {
    const listed = await shelf.list(at.toString(16).padStart(2, '0'))
    for (const hash of listed) {
      if (signal?.aborted === true) return seen
      const before = damagedSoFar()
      const bytes = (await holder.own(hash, place))?.bytes.length ?? 0
      seen.chunks++
      seen.bytes += bytes
      seen.damaged += damagedSoFar() - before
      await pace.wait(bytes)
    }
  }
  return seen
}
