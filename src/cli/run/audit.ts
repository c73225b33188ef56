/** What `anillo audit` does. */
import { AnilloError } from '../../base/errors.ts'
import { sizeText } from '../../base/size-text.ts'
import { first } from '../../effects/listed.ts'
import type { AuditEntry } from '../../wire/api-accounts.ts'
import type { FileAct } from '../../wire/api-files.ts'
import { DIRECTORY_OWNER } from '../../wire/audit.ts'
import type { ExitCode } from '../failure.ts'
import type { Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { reachRing } from '../reach.ts'
import { dateText, type Column } from '../table.ts'
import { toldEach } from '../told.ts'
import { ringPath } from './files/ring-path.ts'

export interface AuditFlags extends DoorFlags {
  readonly last: number
  readonly files?: true
  readonly by?: string
  readonly path?: string
}

const NONE = 'nothing yet'

export async function runAudit(io: Io, flags: AuditFlags): Promise<ExitCode> {
  const { by, last, path } = flags
  if (flags.files) return runFileActs(io, flags)
  if (by !== undefined || path !== undefined) {
    throw new AnilloError('USAGE', { problem: '--by and --path go with --files' })
  }
  const { accounts } = await reachRing(io, flags)
  const items = first(last, accounts.audit())
  return toldEach(io, flags, { items, columns: COLUMNS, none: NONE })
}

async function runFileActs(io: Io, flags: AuditFlags): Promise<ExitCode> {
  const { by, last, path } = flags
  const { files } = await reachRing(io, flags)
  const asked = {
    ...(by === undefined ? {} : { by }),
    ...(path === undefined ? {} : { path: ringPath(path).path }),
  }
  const items = first(last, files.acts(asked))
  return toldEach(io, flags, { items, columns: ACT_COLUMNS, none: NONE })
}

const ACT_COLUMNS: readonly Column<FileAct>[] = [
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
]

const COLUMNS: readonly Column<AuditEntry>[] = [
  { title: 'AT (UTC)', text: ({ at }) => dateText(at) },
  { title: 'BY', text: ({ by }) => (by === DIRECTORY_OWNER ? 'owner of DATA' : (by ?? '-')) },
  { title: 'WHAT', text: ({ what }) => what },
  { title: 'TO', text: ({ to }) => to ?? '' },
  { title: 'DETAIL', text: ({ detail }) => detail ?? '' },
  { title: 'REFUSED', text: ({ refused }) => refused ?? '' },
  { title: 'FROM', text: ({ address }) => address ?? '' },
]
