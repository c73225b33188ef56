/**
 * Ids of join tokens that were redeemed, kept on disk until the token would have expired anyway.
 * One owner on the ring decides for each id and its successors keep a copy (enrolment.ts).
 */
import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'

import { AnilloError } from '../../base/errors.ts'
import { HOUR_MS } from '../../base/limits.ts'
import type { Clock } from '../../effects/clock.ts'
import type { Disk } from '../../effects/disk.ts'
import type { TokenUse } from './door.ts'
import { readJson, writeDurably } from './durable-files.ts'
import { TOKEN_VALID_MS_MAX } from './token.ts'

const PATH = 'used-tokens.json'
/** A token is refused by its date on some member until its clock agrees that it has expired. */
const KEPT_AFTER_EXPIRY_MS = HOUR_MS
/** 100 bytes each: one file of a megabyte at most, written whole at each use. */
export const USED_TOKENS_MAX = 10_000

const Uses = Type.Record(
  Type.String(),
  Type.Object({ memberId: Type.String(), expiresAtMs: Type.Number() }),
)
type Uses = Static<typeof Uses>

export class UsedTokens {
  readonly #disk: Disk
  readonly #clock: Clock
  #uses: Map<string, Uses[string]> | undefined
  /** One at a time: a second newcomer must see what the first wrote. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(disk: Disk, clock: Clock) {
    this.#disk = disk
    this.#clock = clock
  }

  /**
   * On the medium when it answers `fresh`; the same newcomer may come again.
   * @throws AnilloError BUSY, DATA_DAMAGED, DISK_FULL
   */
  note(use: TokenUse): Promise<'fresh' | 'used'> {
    const noted = this.#last.then(() => this.#note(use))
    this.#last = noted.catch(() => undefined)
    return noted
  }

  async #note(use: TokenUse): Promise<'fresh' | 'used'> {
    const uses = await this.#load()
    const earlier = uses.get(use.tokenId)
    if (earlier !== undefined) return earlier.memberId === use.memberId ? 'fresh' : 'used'
    this.#forgetExpired(uses)
    if (uses.size >= USED_TOKENS_MAX) throw new AnilloError('BUSY', { what: 'join tokens' })
    // A token cannot outlive the limit, whatever the asking member says.
    const latestMs = this.#clock.wallMs() + TOKEN_VALID_MS_MAX
    const expiresAtMs = Math.min(use.expiresAtMs, latestMs)
    const next = new Map(uses).set(use.tokenId, { memberId: use.memberId, expiresAtMs })
    await writeDurably(this.#disk, PATH, JSON.stringify(Object.fromEntries(next)))
    this.#uses = next
    return 'fresh'
  }

  async #load(): Promise<Map<string, Uses[string]>> {
    if (this.#uses !== undefined) return this.#uses
    const json = (await readJson(this.#disk, PATH)) ?? {}
    if (!Check(Uses, json)) {
      throw new AnilloError('DATA_DAMAGED', { path: PATH, problem: 'it does not list tokens' })
    }
    this.#uses = new Map(Object.entries(json))
    return this.#uses
  }

  #forgetExpired(uses: Map<string, Uses[string]>): void {
    const beforeMs = this.#clock.wallMs() - KEPT_AFTER_EXPIRY_MS
    for (const [tokenId, { expiresAtMs }] of uses) {
      if (expiresAtMs < beforeMs) uses.delete(tokenId)
    }
  }
}
