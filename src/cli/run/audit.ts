/** What `anillo audit` does. */
import type { AuditEntry } from '../../wire/api-accounts.ts'
import { DIRECTORY_OWNER } from '../../wire/audit.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { paintFor } from '../paint.ts'
import { reachRing } from '../reach.ts'
import { dateText, tableLines } from '../table.ts'

export interface AuditFlags extends DoorFlags {
  readonly last: number
}

export async function runAudit(io: Io, flags: AuditFlags): Promise<ExitCode> {
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
