/**
 * What the account of a session may do: asked again after a while, since sessions last for hours.
 */
import { AnilloError } from '../../base/errors.ts'
import type { Principal } from '../../services/accounts/types.ts'
import type { AskedBy, FileUser } from '../../services/files/types.ts'
import { STANDING_MS } from './limits.ts'
import type { FtpDoorOptions } from './parts.ts'

type Parts = Pick<FtpDoorOptions, 'accounts' | 'clock' | 'fileUser'>

export class Standing {
  readonly #parts: Parts
  readonly #door: AskedBy
  #principal: Principal
  #seenMs: number

  constructor(parts: Parts, principal: Principal, door: AskedBy) {
    this.#door = door
    this.#parts = parts
    this.#principal = principal
    this.#seenMs = parts.clock.nowMs()
  }

  /**
   * As of STANDING_MS ago at most. @throws AnilloError LOGIN_FIRST where what was shown at the
   * log-in counts no more; PERMISSION_MISSING, STORE_UNAVAILABLE
   */
  async user(): Promise<FileUser> {
    const { accounts, clock, fileUser } = this.#parts
    const nowMs = clock.nowMs()
    if (nowMs - this.#seenMs >= STANDING_MS) {
      const principal = await accounts.asOfNow(this.#principal)
      if (principal === undefined) throw new AnilloError('LOGIN_FIRST')
      this.#principal = principal
      this.#seenMs = nowMs
    }
    return { ...fileUser(this.#principal), door: this.#door }
  }
}
