/** Words of a look-up hop by hop. */
import type { HopMark, HopSum } from '../model/lookup-picture.ts'

export interface HopTexts {
  readonly title: string
  readonly hint: string
  readonly field: string
  readonly submit: string
  readonly show: string
  readonly showOf: (key: string) => string
  readonly named: (name: string) => string
  readonly keyed: (key: string) => string
  /** Each with its number behind it. */
  readonly sums: Readonly<Record<keyof HopSum | 'took', string>>
  readonly nobody: string
  readonly picture: string
  readonly bars: (longest: string) => string
  readonly marks: Readonly<Record<HopMark, string>>
  readonly self: string
  readonly round: string
  readonly table: (count: string) => string
  readonly node: string
  readonly asked: string
  readonly answer: string
  readonly has: string
  readonly holds: { readonly value: string; readonly records: string }
  readonly namedBy: string
  readonly known: string
}

export const HOPS_EN: HopTexts = {
  title: 'A look-up, hop by hop',
  hint: 'Looks a name up from this member, and shows whom that asked.',
  field: 'Name to look up',
  submit: 'Look up and show',
  show: 'Show',
  showOf: (key) => `Show the look-up of ${key} hop by hop`,
  named: (name) => `Look-up of “${name}”`,
  keyed: (key) => `Look-up of ${key}`,
  sums: {
    asked: 'Asked',
    answered: 'answered',
    silent: 'no answer',
    having: 'have something under the key',
    rounds: 'rounds',
    took: 'took',
  },
  nobody: 'Nobody was asked: this member knows no node.',
  picture:
    'Each round asks nodes that the one before named, from left to right. The lower a node stands, the closer it is to the key; the numbers at the left are the leading bits that it shares with it.',
  bars: (longest) => `A bar is as long as the answer took; the longest ${longest}.`,
  marks: {
    has: 'has something under the key',
    answered: 'answered',
    silent: 'no answer',
    forged: 'is not who it was said to be',
    awaited: 'was no longer waited for',
  },
  self: 'this member',
  round: 'Round',
  table: (count) => `All nodes that were asked (${count})`,
  node: 'Node',
  asked: 'Asked after',
  answer: 'Answer',
  has: 'Has',
  holds: { value: 'a value', records: 'records' },
  namedBy: 'Named by',
  known: 'known',
}
