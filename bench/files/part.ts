/** What one part of the measurement gets, and all that it starts, which ends with it. */
import type { Conditions } from '../store/anillo-cluster.ts'
import { startRing, type BenchRing } from './bench-ring.ts'
import type { FtpServer } from './ftp-server.ts'
import type { FilesBenchOptions } from './options.ts'
import { Programs } from './programs.ts'
import type { Question, Report } from './report.ts'

export interface PartOptions {
  readonly options: FilesBenchOptions
  readonly peers: readonly FtpServer[]
  /** Files that are sent and kept, of all servers. */
  readonly directory: string
  readonly report: Report
}

export class Part implements AsyncDisposable {
  readonly options: FilesBenchOptions
  readonly peers: readonly FtpServer[]
  readonly directory: string
  readonly report: Report
  readonly programs = new Programs()
  readonly #rings: Promise<BenchRing>[] = []
  #isOver = false

  constructor({ directory, options, peers, report }: PartOptions) {
    this.options = options
    this.peers = peers
    this.directory = directory
    this.report = report
  }

  async ring(members: number, conditions: Conditions = {}): Promise<BenchRing> {
    if (this.#isOver) throw new Error('the measurement is over')
    const starting = startRing(members, { below: this.directory, ...conditions })
    this.#rings.push(starting)
    return starting
  }

  /** Where it throws, the row says so, and the measurement goes on. */
  async sample(question: Question, server: string, measure: () => Promise<number>): Promise<void> {
    if (this.#isOver) return
    try {
      this.report.sample(question, server, await measure())
    } catch (thrown) {
      this.report.failed(question, server, thrown)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    await this.programs.stop()
    await Promise.allSettled(this.#rings.map(async (ring) => (await ring).cluster.stop()))
  }
}

/** Seconds of the work. */
export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now()
  await work()
  return (performance.now() - startMs) / 1_000
}
