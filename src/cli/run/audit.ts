/** What `anillo audit` does. */
import { AnilloError } from '../../base/errors.ts'
import { sizeText } from '../../base/size-text.ts'
import type { AuditEntry } from '../../wire/api-accounts.ts'
import type { FileAct } from '../../wire/api-files.ts'
import { DIRECTORY_OWNER } from '../../wire/audit.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { paintFor } from '../paint.ts'
import { reachRing } from '../reach.ts'
import { dateText, tableLines } from '../table.ts'
import { ringPath } from './files/ring-path.ts'

export interface AuditFlags extends DoorFlags {
  readonly last: number
  readonly files?: true
  readonly by?: string
  readonly path?: string
}

export async function runAudit(io: Io, flags: AuditFlags): Promise<ExitCode> {
  const { by, path } = flags
  if (flags.files) return runFileActs(io, flags)
  if (by !== undefined || path !== undefined) {
    throw new AnilloError('USAGE', { problem: '--by and --path go with --files' })
  }
  const client = await reachRing(io, flags)
  const entries: AuditEntry[] = []
  let left = flags.last
  for await (const entry of client.accounts.audit()) {
    if (flags.json) jsonLine(io, entry)
    else entries.push(entry)
    if (--left === 0) break
  }
  if (flags.json) return EXIT.done
  if (entries.length === 0) line(io.err, 'nothing yet')
  else tell(io, entries)
  return EXIT.done
}

async function runFileActs(io: Io, flags: AuditFlags): Promise<ExitCode> {
  const { by, path } = flags
  const { files } = await reachRing(io, flags)
  const acts: FileAct[] = []
  let left = flags.last
  const asked = {
    ...(by === undefined ? {} : { by }),
    ...(path === undefined ? {} : { path: ringPath(path).path }),
  }
  for await (const act of files.acts(asked)) {
    if (flags.json) jsonLine(io, act)
    else acts.push(act)
    if (--left === 0) break
  }
  if (flags.json) return EXIT.done
  if (acts.length === 0) line(io.err, 'nothing yet')
  else tellActs(io, acts)
  return EXIT.done
}

function tellActs(io: Io, acts: readonly FileAct[]): void {
  const paint = paintFor(io, io.out)
  const lines = tableLines<FileAct>(
    [
      { title: 'AT (UTC)', text: ({ at }) => dateText(at) },
      { title: 'BY', text: ({ by }) => by ?? '-' },
      { title: 'DOOR', text: ({ door }) => door },
      { title: 'WHAT', text: ({ what }) => what },
      {
        title: 'SIZE',
        text: ({ bytes }) => (bytes === undefined ? '' : sizeText(bytes)),
        right: true,
      },
      { title: 'PATH', text: ({ path, to }) => (to === undefined ? path : `${path} -> ${to}`) },
      { title: 'FROM', text: ({ address }) => address ?? '' },
    ],
    acts,
  )
  for (const [at, text] of lines.entries()) line(io.out, at === 0 ? paint('dim', text) : text)
}

function tell(io: Io, entries: readonly AuditEntry[]): void {
  const paint = paintFor(io, io.out)
  const lines = tableLines<AuditEntry>(
    [
      { title: 'AT (UTC)', text: ({ at }) => dateText(at) },
      { title: 'BY', text: ({ by }) => (by === DIRECTORY_OWNER ? 'owner of DATA' : (by ?? '-')) },
      { title: 'WHAT', text: ({ what }) => what },
      { title: 'TO', text: ({ to }) => to ?? '' },
      { title: 'DETAIL', text: ({ detail }) => detail ?? '' },
      { title: 'REFUSED', text: ({ refused }) => refused ?? '' },
      { title: 'FROM', text: ({ address }) => address ?? '' },
    ],
    entries,
  )
  for (const [at, text] of lines.entries()) line(io.out, at === 0 ? paint('dim', text) : text)
}
