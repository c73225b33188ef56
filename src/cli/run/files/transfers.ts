/** Many transfers, some at a time: progress while they go, what failed, and a sum at the end. */
import { asAnilloError, type AnilloError, type ErrorCode } from '../../../base/errors.ts'
import { SECOND_MS } from '../../../base/limits.ts'
import { sizeText } from '../../../base/size-text.ts'
import { EXIT, tellFailure, type ExitCode } from '../../failure.ts'
import { jsonLine, line, type Io } from '../../io.ts'
import type { DoorFlags } from '../../options.ts'
import { Progress } from '../../progress.ts'
import { countText, durationText, estimateText } from '../../table.ts'
import { TransferRate } from '../../transfer-rate.ts'

/** What a transfer came to. `same`: it was there already. */
export type TransferEnd = 'sent' | 'same'

export interface Transfer {
  readonly from: string
  readonly to: string
  readonly bytes: number
  /** @param moved told how many bytes of it are there, again and again */
  run(moved: (bytes: number) => void): Promise<TransferEnd>
}

export interface TransferFlags extends DoorFlags {
  readonly parallel: number
  readonly recursive?: true
}

/** What the others would meet as well. */
const ENDING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'LOGIN_FIRST',
  'PERMISSION_MISSING',
  'QUOTA_FILES_FULL',
  'QUOTA_FULL',
  'RING_NOT_REACHABLE',
])

export async function transferAll(
  io: Io,
  transfers: readonly Transfer[],
  flags: TransferFlags,
): Promise<ExitCode> {
  const running = new Running(io, transfers, flags)
  {
    using _ = new Progress(io, () => running.text())
    const lanes = Math.min(flags.parallel, transfers.length)
    await Promise.all(Array.from({ length: lanes }, () => running.lane()))
  }
  return running.end()
}

class Running {
  readonly #io: Io
  readonly #transfers: readonly Transfer[]
  readonly #flags: TransferFlags
  readonly #totalBytes: number
  readonly #startedMs = performance.now()
  readonly #rate = new TransferRate(this.#startedMs)
  /** By transfer, of those that are not over. */
  readonly #moved = new Map<Transfer, number>()
  readonly #failures: { readonly transfer: Transfer; readonly error: AnilloError }[] = []
  readonly #ended = { sent: 0, same: 0 }
  readonly #bytes = { sent: 0, same: 0 }
  #next = 0
  #ending: AnilloError | undefined

  constructor(io: Io, transfers: readonly Transfer[], flags: TransferFlags) {
    this.#io = io
    this.#transfers = transfers
    this.#flags = flags
    this.#totalBytes = transfers.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  async lane(): Promise<void> {
    while (this.#ending === undefined) {
      const transfer = this.#transfers[this.#next++]
      if (transfer === undefined) return
      await this.#run(transfer)
    }
  }

  async #run(transfer: Transfer): Promise<void> {
    const { bytes, from, to } = transfer
    try {
      const end = await transfer.run((moved) => void this.#moved.set(transfer, moved))
      this.#ended[end]++
      this.#bytes[end] += bytes
      if (this.#flags.json) jsonLine(this.#io, { from, to, bytes, state: end })
    } catch (thrown) {
      const error = asAnilloError(thrown)
      this.#failures.push({ transfer, error })
      if (ENDING.has(error.code)) this.#ending ??= error
      const failure = { code: error.code, detail: error.message }
      if (this.#flags.json) jsonLine(this.#io, { from, to, bytes, state: 'failed', ...failure })
    } finally {
      this.#moved.delete(transfer)
    }
  }

  text(): string {
    const nowMs = performance.now()
    const under = [...this.#moved.values()].reduce((sum, bytes) => sum + bytes, 0)
    const moved = this.#bytes.sent + under
    this.#rate.moved(moved, nowMs)
    const files = this.#ended.sent + this.#ended.same
    const left = this.#totalBytes - moved - this.#bytes.same
    const perSecond = this.#rate.bytesPerSecond(moved, nowMs)
    const share = [
      ...(this.#transfers.length === 1 ? [] : [`${files} of ${this.#transfers.length} files`]),
      `${sizeText(moved + this.#bytes.same)} of ${sizeText(this.#totalBytes)}`,
    ].join(', ')
    if (perSecond === undefined) return share
    const rate = `${share}, ${sizeText(perSecond)}/s`
    if (perSecond < 1 || left <= 0) return rate
    return `${rate}, about ${estimateText((left * SECOND_MS) / perSecond)} left`
  }

  /** @throws AnilloError what ended all of it */
  end(): ExitCode {
    const ending = this.#ending
    for (const { error, transfer } of this.#failures) {
      // Those under way at once met the same.
      if (error.code === ending?.code) continue
      line(this.#io.err, `${transfer.from}:`)
      tellFailure(this.#io, error)
    }
    if (this.#flags.json !== true) this.#tellSum()
    if (ending === undefined) return this.#failures.length === 0 ? EXIT.done : EXIT.failed
    const at = this.#failures.find(({ error }) => error === ending)?.transfer
    if (at !== undefined) line(this.#io.err, `${at.from} (${sizeText(at.bytes)}):`)
    throw ending
  }

  #tellSum(): void {
    const { same, sent } = this.#ended
    const left = this.#transfers.length - same - sent - this.#failures.length
    const tookMs = performance.now() - this.#startedMs
    const rate =
      tookMs < SECOND_MS ? '' : `, ${sizeText((this.#bytes.sent * SECOND_MS) / tookMs)}/s`
    const parts = [
      `${countText(sent, 'file')}, ${sizeText(this.#bytes.sent)} in ${durationText(tookMs)}${rate}`,
      ...(same === 0 ? [] : [`${countText(same, 'file')} there already`]),
      ...(this.#failures.length === 0
        ? []
        : [`${countText(this.#failures.length, 'file')} failed`]),
      ...(left === 0 ? [] : [`${countText(left, 'file')} not begun`]),
    ]
    line(this.#io.err, parts.join('; '))
  }
}
