/**
 * Nodes of the open network that a look-up asked, as the machine, the API and the page tell of
 * them.
 */

/**
 * `forged`: it is not who it was said to be; `awaited`: the look-up was over before it could
 * answer.
 */
export const HOP_STATES = ['answered', 'silent', 'forged', 'awaited'] as const

/** What it has under the key. */
export const HOP_HOLDINGS = ['nothing', 'value', 'records'] as const

export interface HopTold {
  /** 1 for those known at first. */
  readonly round: number
  /** Since the look-up began. */
  readonly askedMs: number
  /** Until its first answer; `undefined`: there was none while the look-up ran. */
  readonly tookMs: number | undefined
  readonly state: (typeof HOP_STATES)[number]
  readonly has: (typeof HOP_HOLDINGS)[number]
}
