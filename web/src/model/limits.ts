/** Limits of what somebody may store, as forms have them. Pure. */
import type { FileLimits } from '../../../src/wire/api-files.ts'

export const GIB = 1024 ** 3

export const LIMIT_KINDS = ['usual', 'none', 'most'] as const
/** As for everybody; no limit; at most so much. */
export type LimitKind = (typeof LIMIT_KINDS)[number]

/** `NAMEKind`, and `NAME` where there is a number. */
type Fields = (name: string) => string

export function kindOf(limit: number | null | undefined): LimitKind {
  if (limit === undefined) return 'usual'
  return limit === null ? 'none' : 'most'
}

/** With so many decimals as a person can read; the form has the same number again. */
export function gibText(bytes: number): string {
  return String(Number((bytes / GIB).toFixed(3)))
}

/** What was said before stays where the form does not have it. */
export function limitsIn(fields: Fields, before: FileLimits): FileLimits {
  const { bytesMax: _, filesMax: __, ...others } = before
  return {
    ...others,
    ...limitIn(fields, 'bytesMax', GIB),
    ...limitIn(fields, 'filesMax', 1),
  }
}

function limitIn(fields: Fields, name: 'bytesMax' | 'filesMax', unit: number): FileLimits {
  const kind = fields(`${name}Kind`)
  if (kind === 'usual') return {}
  if (kind === 'none') return { [name]: null }
  const value = Number(fields(name).trim().replace(',', '.'))
  // What is no number is refused by the ring, with its words.
  return { [name]: Number.isFinite(value) ? Math.round(value * unit) : -1 }
}
