/**
 * Checkpoints: what is applied is put onto the medium by the database, then the log forgets what it
 * holds of it, then the machines do, within their bound.
 */
import { isAnilloError } from '../../base/errors.ts'
import type { Core } from './core.ts'

export class Checkpoints {
  readonly #core: Core
  #lastAtMs: number
  #under: Promise<void> | undefined

  constructor(core: Core) {
    this.#core = core
    this.#lastAtMs = core.effects.clock.nowMs()
  }

  /** Begins one when it is time. */
  look(nowMs: number): void {
    if (this.#under !== undefined || this.#core.isStopped) return
    const { bytesSinceCompact } = this.#core.log
    const { checkpointBytes, checkpointEveryMs } = this.#core.settings
    const isOld = nowMs - this.#lastAtMs >= checkpointEveryMs && bytesSinceCompact > 0
    if (bytesSinceCompact < checkpointBytes && !isOld) return
    this.#lastAtMs = nowMs
    this.#under = this.#run().finally(() => {
      this.#under = undefined
    })
  }

  /** When none is under way. */
  async settled(): Promise<void> {
    await this.#under
  }

  async #run(): Promise<void> {
    const core = this.#core
    try {
      const marks = await core.state.checkpoint()
      if (core.isStopped) return
      const points = new Map([...marks].map(([group, { applied }]) => [group, applied]))
      await core.log.compact(points)
      core.counting.checkpoints++
      for (const [group, through] of points) {
        const held = core.find(group)
        if (held !== undefined) core.step(held, { kind: 'compact', through })
      }
    } catch (error) {
      // Nothing was forgotten: the next look tries again.
      if (!isAnilloError(error, 'DISK_FULL') && !isAnilloError(error, 'BUSY')) core.fail(error)
      else core.effects.log.warn('checkpoint.failed', { error: error.message })
    }
  }
}
