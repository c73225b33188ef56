/** Readers of limits as people type them: `10G`, `none`, `usual`. */
import { InvalidArgumentError } from 'commander'

import { KIB, MIB } from '../base/limits.ts'

/** `none`: without limit; commander would take `null` for no word. `usual`: as for everybody. */
export type LimitTyped = number | 'none' | 'usual'

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  K: KIB,
  M: MIB,
  G: KIB * MIB,
  T: MIB * MIB,
}

/** A number of bytes: `500`, `64K`, `1.5G`, in powers of 1,024. */
export function sizeFrom(least: number): (text: string) => LimitTyped {
  return (text) => {
    const word = wordIn(text)
    if (word !== undefined) return word
    const [, number = '', unit = ''] =
      /^(\d{1,15}(?:\.\d{1,3})?) ?([KMGT]?)(?:i?B)?$/i.exec(text) ?? []
    const bytes = Math.round(Number(number) * (UNITS[unit.toUpperCase()] ?? Number.NaN))
    if (number !== '' && Number.isSafeInteger(bytes) && bytes >= least) return bytes
    const most = least === 0 ? '' : `, ${least} or more`
    throw new InvalidArgumentError(`It must be a size such as 500M or 10G${most}, none, or usual.`)
  }
}

export function countFrom(text: string): LimitTyped {
  const word = wordIn(text)
  if (word !== undefined) return word
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number, none, or usual.')
}

function wordIn(text: string): 'none' | 'usual' | undefined {
  return text === 'none' || text === 'usual' ? text : undefined
}
