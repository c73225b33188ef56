/** What `anillo member admit` does. */
import { AnilloError } from '../../base/errors.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { reachRing } from '../reach.ts'

export async function runAdmit(io: Io, code: string, flags: DoorFlags): Promise<ExitCode> {
  if (!/^\d{6}$/.test(code)) {
    throw new AnilloError('USAGE', { problem: `“${code}” is no code: it has six digits.` })
  }
  const client = await reachRing(io, flags)
  await client.admit(code)
  if (flags.json) jsonLine(io, { admitted: code })
  else line(io.out, `The machine with the code ${code} is let in.`)
  return EXIT.done
}
