/** Asks whether what cannot be undone is meant. */
import { line, type Io } from './io.ts'
import type { ConfirmedFlags } from './options.ts'

export interface Doubt {
  readonly question: string
  /** What is to be typed. */
  readonly answer: string
  /** The words behind `npx anillo` that do it. */
  readonly command: string
}

/** False: it was told how to go on, and nothing is to be done. With `--json` nobody is asked. */
export async function isMeant(
  io: Io,
  { json, yes }: ConfirmedFlags,
  { answer, command, question }: Doubt,
): Promise<boolean> {
  if (yes === true) return true
  const typed = json === true ? undefined : (await io.ask(question))?.trim()
  if (typed === answer) return true
  line(io.err, `Nothing was done; if you mean it: npx anillo ${command} --yes`)
  return false
}
