/** What `anillo token` does: on the data directory itself, so that only its owner can. */
import { MINUTE_MS } from '../../base/limits.ts'
import { dataPathOf } from '../../node/data-directory.ts'
import { makeJoinToken } from '../../node/enrolment/commands.ts'
import { dataEffects, withDataPath } from '../data-effects.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import { paintFor } from '../paint.ts'

export async function runToken(
  io: Io,
  flags: { readonly validFor: number; readonly data?: string; readonly json?: true },
): Promise<ExitCode> {
  const dataPath = dataPathOf(flags.data, io.env)
  const validForMs = flags.validFor * MINUTE_MS
  const { text, token } = await withDataPath(dataPath, () =>
    makeJoinToken(dataEffects(dataPath, io.env), { validForMs }),
  )
  if (flags.json) {
    jsonLine(io, { token: text, ringId: token.ringId, addresses: token.addresses })
    return EXIT.done
  }
  line(io.out, text)
  const paint = paintFor(io, io.err)
  line(
    io.err,
    paint(
      'dim',
      `Within ${flags.validFor} minutes, on the new machine: npx anillo join ${text.slice(0, 8)}…`,
    ),
  )
  return EXIT.done
}
