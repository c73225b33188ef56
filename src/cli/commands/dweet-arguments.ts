/** Arguments and options that several words of `anillo dweet` take. */
import { Option } from 'commander'

import { PAGE_DEFAULT } from '../../wire/dweet-limits.ts'
import { integerFrom } from '../options.ts'

export const TEXT = ['<text>', 'at most 225 characters; “-” reads it from standard input'] as const
export const ID = ['<id>', 'of the dweet, as lists show it'] as const
export const NICK = ['<nick>', 'whom'] as const

/** As many as anybody reads at once. */
const LIST_MAX = 10_000

export function limitOption(max: number = LIST_MAX): Option {
  return new Option('--limit <count>', 'at most so many')
    .argParser(integerFrom(1, max))
    .default(PAGE_DEFAULT)
}
