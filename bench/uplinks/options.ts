/** Arguments of `bench -- uplinks`. */
import { parseArgs } from 'node:util'

import { AnilloError } from '../../src/base/errors.ts'

export interface Options {
  readonly mib: number
  readonly mbit: number
  readonly members: number
  readonly runs: number
}

const OPTIONS = {
  mib: { type: 'string', default: '64' },
  mbit: { type: 'string', default: '50' },
  members: { type: 'string', default: '5' },
  runs: { type: 'string', default: '3' },
} as const

/** For people: each with its default. */
export const UPLINKS_OPTIONS: readonly string[] = Object.entries(OPTIONS).map(
  ([name, { default: value }]) => `--${name} ${value}`,
)

/** @throws AnilloError USAGE */
export function readOptions(args: readonly string[]): Options {
  try {
    const { values } = parseArgs({ args: [...args], options: OPTIONS })
    const { mbit, members, mib, runs } = values
    return {
      mib: countOf(mib),
      mbit: countOf(mbit),
      members: countOf(members),
      runs: countOf(runs),
    }
  } catch (thrown) {
    const problem = thrown instanceof Error ? thrown.message : String(thrown)
    throw new AnilloError('USAGE', { problem: `${problem} (npx anillo bench uplinks --help)` })
  }
}

function countOf(text: string): number {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 1) throw new Error(`“${text}” is no count`)
  return count
}
