/**
 * Settings of the whole ring, in partition 0's table `ring`: bounds and defaults (architecture 5).
 */
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../base/limits.ts'
import type { RingSettings } from '../placement/types.ts'

export const RING_SETTINGS: RingSettings = {
  // A reboot with updates takes less; a disk that is lost is told apart by `gone`.
  replaceAfterMs: 15 * MINUTE_MS,
  stableMs: MINUTE_MS,
  incomingMax: 2,
}

export type RingSettingName = keyof RingSettings

interface Bounds {
  readonly min: number
  readonly max: number
}

export const RING_SETTING_BOUNDS: Readonly<Record<RingSettingName, Bounds>> = {
  replaceAfterMs: { min: SECOND_MS, max: 30 * DAY_MS },
  stableMs: { min: 0, max: HOUR_MS },
  incomingMax: { min: 1, max: 64 },
}

export function isRingSettingName(name: string): name is RingSettingName {
  return Object.hasOwn(RING_SETTING_BOUNDS, name)
}

/** A whole number within its bounds. */
export function isRingSetting(name: RingSettingName, value: unknown): value is number {
  const { min, max } = RING_SETTING_BOUNDS[name]
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
}

/** What of a value are settings, the rest by default; what a later version knows is passed over. */
export function ringSettingsOf(value: unknown): RingSettings {
  const known: Partial<Record<RingSettingName, number>> = {}
  for (const [name, setting] of Object.entries(value ?? {})) {
    if (isRingSettingName(name) && isRingSetting(name, setting)) known[name] = setting
  }
  return { ...RING_SETTINGS, ...known }
}
