/** What `anillo share set` and `get` do: what the socket of a member, or of a node alone, says. */
import { AnilloError } from '../../base/errors.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { inOneLine, jsonLine, line, type Io } from '../io.ts'
import { askSocket, type SocketFlags } from '../local-socket.ts'
import { countText } from '../table.ts'

export async function runShareSet(
  io: Io,
  { key, value }: { readonly key: string; readonly value: string },
  flags: SocketFlags,
): Promise<ExitCode> {
  const answer = await askSocket(io, flags, ['set', key, value])
  if (flags.json) jsonLine(io, answer)
  else line(io.err, `set at ${countText(Number(answer['taken']), 'node')}`)
  return EXIT.done
}

/** @throws AnilloError NOT_FOUND */
export async function runShareGet(io: Io, key: string, flags: SocketFlags): Promise<ExitCode> {
  const answer = await askSocket(io, flags, ['get', key])
  const values = Array.isArray(answer['values']) ? answer['values'].map(String) : []
  if (values.length === 0) throw new AnilloError('NOT_FOUND', { what: 'value under this key' })
  if (flags.json) jsonLine(io, answer)
  else for (const value of values) line(io.out, inOneLine(value))
  return EXIT.done
}
