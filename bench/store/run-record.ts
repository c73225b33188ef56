/** What a run of the generator saw. */
import type { JobDone } from './job.ts'

export interface RunRecordOptions {
  /** What is acknowledged is looked for at the end. */
  readonly keepsKeys: boolean
  /** Where it is given, the gaps of each partition are watched. */
  readonly partitionOf: ((key: string) => number) | undefined
}

export class RunRecord {
  readonly #options: RunRecordOptions
  readonly #latenciesMs: number[] = []
  readonly #acknowledged: string[] = []
  readonly #partitionAtMs = new Map<number, number>()
  #failures = 0
  #beganMs = 0
  #lastMs = 0
  #gapMs = 0
  #partitionGapMs = 0

  constructor(options: RunRecordOptions) {
    this.#options = options
  }

  begin(): void {
    this.#beganMs = this.#lastMs = performance.now()
  }

  acknowledged(key: string, sentMs: number): void {
    const nowMs = performance.now()
    this.#latenciesMs.push(nowMs - sentMs)
    this.#gapMs = Math.max(this.#gapMs, nowMs - this.#lastMs)
    this.#lastMs = nowMs
    if (this.#options.keepsKeys) this.#acknowledged.push(key)
    const partition = this.#options.partitionOf?.(key)
    if (partition === undefined) return
    const beforeMs = this.#partitionAtMs.get(partition) ?? this.#beganMs
    this.#partitionGapMs = Math.max(this.#partitionGapMs, nowMs - beforeMs)
    this.#partitionAtMs.set(partition, nowMs)
  }

  failed(): void {
    this.#failures++
  }

  done(cpuSeconds: number): JobDone {
    const nowMs = performance.now()
    const sorted = this.#latenciesMs.toSorted((a, b) => a - b)
    const quantile = (part: number): number => sorted[Math.floor((sorted.length - 1) * part)] ?? 0
    const lastGapsMs = Array.from(this.#partitionAtMs.values(), (atMs) => nowMs - atMs)
    return {
      operations: sorted.length,
      seconds: (nowMs - this.#beganMs) / 1_000,
      failures: this.#failures,
      p50Ms: quantile(0.5),
      p99Ms: quantile(0.99),
      maxMs: quantile(1),
      cpuSeconds,
      gapMs: Math.max(this.#gapMs, nowMs - this.#lastMs),
      partitionGapMs: Math.max(this.#partitionGapMs, ...lastGapsMs),
      acknowledged: this.#acknowledged,
    }
  }
}
