/**
 * Settings of the whole ring, in partition 0's table `ring`: bounds and defaults (architecture 5).
 */
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../base/limits.ts'
import type { RingSetting } from '../../wire/api.ts'
import type { RingSettings as PlacementSettings } from '../placement/types.ts'

/** Those by which replicas are placed, and those of doors. */
export interface RingSettings extends PlacementSettings {
  /** 1: people make their accounts themselves; 0: who manages accounts makes them. */
  readonly registrationOpen: number
}

export const RING_SETTINGS: RingSettings = {
  // A reboot with updates takes less; a disk that is lost is told apart by `gone`.
  replaceAfterMs: 15 * MINUTE_MS,
  stableMs: MINUTE_MS,
  incomingMax: 2,
  registrationOpen: 1,
}

export type RingSettingName = keyof RingSettings

interface Row {
  readonly min: number
  readonly max: number
  /** For people. */
  readonly what: string
}

export const RING_SETTING_ROWS: Readonly<Record<RingSettingName, Row>> = {
  replaceAfterMs: {
    min: SECOND_MS,
    max: 30 * DAY_MS,
    what: 'a member that is down for so long is replaced',
  },
  stableMs: {
    min: 0,
    max: HOUR_MS,
    what: 'the list must be still for so long before replicas follow the order of the ring',
  },
  incomingMax: { min: 1, max: 64, what: 'copies that one member takes in at once' },
  registrationOpen: {
    min: 0,
    max: 1,
    what: '1: people make their accounts themselves; 0: administrators do',
  },
}

export function isRingSettingName(name: string): name is RingSettingName {
  return Object.hasOwn(RING_SETTING_ROWS, name)
}

/** A whole number within its bounds. */
export function isRingSetting(name: RingSettingName, value: unknown): value is number {
  const { min, max } = RING_SETTING_ROWS[name]
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

/** All of them, with what may be chosen. */
export function describeRingSettings(settings: RingSettings): readonly RingSetting[] {
  return Object.entries(RING_SETTING_ROWS).flatMap(([name, row]) =>
    isRingSettingName(name)
      ? [{ name, value: settings[name], default: RING_SETTINGS[name], ...row }]
      : [],
  )
}
