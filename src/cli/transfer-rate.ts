/** How fast something goes, of late: what was minutes ago tells nothing of what is left. Pure. */
import { SECOND_MS } from '../base/limits.ts'

const SPAN_MS = 10 * SECOND_MS
/** Between two samples; all in between count with the earlier. */
const STEP_MS = 200
/** Before that a guess would be far off. */
const SOONEST_MS = SECOND_MS

interface Sample {
  readonly atMs: number
  readonly bytes: number
}

export class TransferRate {
  #samples: readonly Sample[]

  constructor(nowMs: number) {
    this.#samples = [{ atMs: nowMs, bytes: 0 }]
  }

  /** @param bytes all so far */
  moved(bytes: number, nowMs: number): void {
    const latest = this.#samples.at(-1)
    if (latest !== undefined && nowMs - latest.atMs < STEP_MS) return
    const recent = this.#samples.filter(({ atMs }) => nowMs - atMs <= SPAN_MS)
    this.#samples = [...recent, { atMs: nowMs, bytes }]
  }

  /** `undefined`: nobody can say yet. */
  bytesPerSecond(bytes: number, nowMs: number): number | undefined {
    const [first] = this.#samples
    if (first === undefined || nowMs - first.atMs < SOONEST_MS) return undefined
    return ((bytes - first.bytes) * SECOND_MS) / (nowMs - first.atMs)
  }
}
