/** What `anillo member admit` does. */
import { AnilloError } from '../../base/errors.ts'
import type { ExitCode } from '../failure.ts'
import type { Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { reachRing } from '../reach.ts'
import { told } from '../told.ts'

export async function runAdmit(io: Io, code: string, flags: DoorFlags): Promise<ExitCode> {
  if (!/^\d{6}$/.test(code)) {
    throw new AnilloError('USAGE', { problem: `“${code}” is no code: it has six digits.` })
  }
  const client = await reachRing(io, flags)
  await client.admit(code)
  const text = `The machine with the code ${code} is let in.`
  return told(io, flags, { json: { admitted: code }, text })
}
