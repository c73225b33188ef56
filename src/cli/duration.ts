/** How long, as people type it. */
import { InvalidArgumentError } from 'commander'

import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../base/limits.ts'

const UNIT_MS = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS } as const

/** `90s`, `15m`, `1h`, `2d` in ms; `undefined`: it is none. */
export function parseDuration(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,15})([smhd])$/.exec(text) ?? []
  return digits === undefined ? undefined : Number(digits) * UNIT_MS[unit as keyof typeof UNIT_MS]
}

/** A reader for commander. */
export function durationUpTo(maxMs: number): (text: string) => number {
  return (text) => {
    const durationMs = parseDuration(text)
    if (durationMs !== undefined && durationMs <= maxMs) return durationMs
    throw new InvalidArgumentError(`Give a duration such as 90s, 15m, 1h or 2d.`)
  }
}
