/**
 * Passwords that were right at this member a short while ago, so that programs which log in for
 * every file need not have theirs stretched each time. Kept is a digest under a secret of this
 * process, beside the stretched password that it was right for: where another stands in the row by
 * now, it counts for nothing. A wrong guess of a nick forgets what is known of it, so that guesses
 * at once gain nothing here: they are counted.
 */
import { sameDigest, sha256Hex } from '../../base/hash.ts'
import { hexOf } from '../../base/hex.ts'
import type { Effects } from '../../effects/effects.ts'
import type { Proven } from './forgiveness.ts'
import { KNOWN_PASSWORD_MS, KNOWN_PASSWORDS_MAX } from './limits.ts'
import { foldPassword } from './texts.ts'

const SECRET_BYTES = 32

interface Known {
  readonly digest: string
  /** As it stood in the row. */
  readonly stretched: string
  readonly untilMs: number
}

export class KnownPasswords {
  readonly #effects: Pick<Effects, 'clock' | 'random'>
  #secret: string | undefined
  /** By folded nick, the one that was remembered longest ago first. */
  readonly #known = new Map<string, Known>()

  constructor(effects: Pick<Effects, 'clock' | 'random'>) {
    this.#effects = effects
  }

  /** What stood in the row when this password was right; `undefined`: it has to be looked at. */
  stretchedOf(nick: string, password: string): string | undefined {
    const known = this.#known.get(nick)
    if (known === undefined) return undefined
    const isRight = sameDigest(known.digest, this.#digestOf(password))
    if (isRight && this.#effects.clock.nowMs() < known.untilMs) return known.stretched
    this.#known.delete(nick)
    return undefined
  }

  /** It was looked at, and right. */
  remember({ nick, password: stretched }: Proven, password: string): void {
    this.#known.delete(nick)
    const untilMs = this.#effects.clock.nowMs() + KNOWN_PASSWORD_MS
    this.#known.set(nick, { digest: this.#digestOf(password), stretched, untilMs })
    if (this.#known.size <= KNOWN_PASSWORDS_MAX) return
    const [oldest] = this.#known.keys()
    if (oldest !== undefined) this.#known.delete(oldest)
  }

  forget(nick: string): void {
    this.#known.delete(nick)
  }

  #digestOf(password: string): string {
    this.#secret ??= hexOf(this.#effects.random.bytes(SECRET_BYTES))
    return sha256Hex(this.#secret + foldPassword(password))
  }
}
