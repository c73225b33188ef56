/** What `anillo dweet` does with reports. */
import { AnilloError } from '../../base/errors.ts'
import { SECOND_MS } from '../../base/limits.ts'
import type { DweetReports } from '../../client/dweet-reports.ts'
import { allOf, first, listed } from '../../effects/listed.ts'
import type {
  Decision,
  DecisionKind,
  Report,
  ReportCase,
  ReportReason,
} from '../../wire/api-reports.ts'
import { CASE_REPORTS_MAX } from '../../wire/dweet-limits.ts'
import { DECISIONS } from '../../wire/report-words.ts'
import { indented, personText } from '../dweet-lines.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { fitted } from '../fitted.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { reachRing } from '../reach.ts'
import { countText, dateText } from '../table.ts'
import { told } from '../told.ts'
import { paged, type ListFlags } from './dweet-lists.ts'

export interface ReportFlags extends DoorFlags {
  readonly reason: ReportReason
  readonly note?: string
}

export interface ReportsFlags extends ListFlags {
  readonly closed?: true
}

export interface DecideFlags extends DoorFlags {
  readonly reason?: ReportReason
  readonly message?: string
  readonly warning?: string
  /** In ms. */
  readonly for?: number
}

/** A dweet by its id, or a person behind `@`. */
export async function runReport(io: Io, subject: string, flags: ReportFlags): Promise<ExitCode> {
  const what = reportedOf(subject)
  const { reports } = (await reachRing(io, flags)).dweets
  const { note, reason } = flags
  const receipt = await reports.report({ ...what, reason, ...(note === undefined ? {} : { note }) })
  const of = receipt.dweet === undefined ? '' : 'a dweet of '
  const text = `you reported ${of}@${receipt.nick} as ${receipt.reason}; the moderators see it`
  return told(io, flags, { json: receipt, text })
}

/** @throws AnilloError USAGE where it is neither */
function reportedOf(subject: string): { readonly nick: string } | { readonly dweet: string } {
  if (subject.startsWith('@')) return { nick: subject.slice(1) }
  if (/^\d+$/.test(subject)) return { dweet: subject }
  const problem = `“${subject}” is no id of a dweet. Of a person: did you mean “@${subject}”?`
  throw new AnilloError('USAGE', { problem })
}

export async function runReports(
  io: Io,
  subject: string | undefined,
  flags: ReportsFlags,
): Promise<ExitCode> {
  const { reports } = (await reachRing(io, flags)).dweets
  if (subject !== undefined) return tellCase(io, flags, { reports, subject })
  const state = flags.closed === true ? 'closed' : 'open'
  const part = paged(flags.limit, (page) => reports.queue({ ...page, state }))
  let count = 0
  for await (const one of first(flags.limit, listed(part))) {
    count++
    if (flags.json) jsonLine(io, one)
    else for (const text of fitted(io.out, caseLines(one))) line(io.out, text)
  }
  if (count === 0 && !flags.json) line(io.err, `there are no ${state} reports`)
  return EXIT.done
}

async function tellCase(
  io: Io,
  flags: ReportsFlags,
  { reports, subject }: { readonly reports: DweetReports; readonly subject: string },
): Promise<ExitCode> {
  const found = await reports.find(subject)
  const part = paged(CASE_REPORTS_MAX, (page) => reports.reports(subject, page))
  const said = await allOf(first(flags.limit, listed(part)))
  const text = [...caseLines(found), ...said.flatMap(reportLines)]
  return told(io, flags, { json: { ...found, said }, text: fitted(io.out, text) })
}

export async function runDecide(
  io: Io,
  { action, subject }: { readonly subject: string; readonly action: DecisionKind },
  flags: DecideFlags,
): Promise<ExitCode> {
  if (!DECISIONS.includes(action)) {
    throw new AnilloError('USAGE', { problem: `“${action}” is none of ${DECISIONS.join(', ')}` })
  }
  const { reports } = (await reachRing(io, flags)).dweets
  const { for: forMs, message, reason, warning } = flags
  const decided = await reports.decide(subject, {
    action,
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
    ...(warning === undefined ? {} : { warning }),
    ...(forMs === undefined ? {} : { seconds: Math.floor(forMs / SECOND_MS) }),
  })
  return told(io, flags, { json: decided, text: fitted(io.out, caseLines(decided)) })
}

function caseLines(one: ReportCase): readonly string[] {
  const { about, decisions, dweet, id, openedAt, reasons, reports, standing, state } = one
  const why = reasons.map(({ reason, reports: count }) => `${reason} ${count}`)
  const facts = [state, dateText(openedAt), countText(reports, 'report'), ...why, id]
  const { now, reported } = dweet ?? {}
  const isChanged = now !== undefined && now.text !== reported?.text
  const until = standing?.until === undefined ? '' : ` until ${dateText(standing.until)}`
  return [
    `${personText(about)} ${facts.join(' · ')}`,
    ...(reported === undefined ? [] : indented(reported.text)),
    ...(reported?.attachments ?? []).flatMap(({ description = 'without a description', name }) =>
      indented(`with ${name}: ${description}`),
    ),
    ...(isChanged ? ['  changed since:', ...indented(now.text)] : []),
    ...(now?.attachments === undefined
      ? []
      : [`  “npx anillo dweet save ${id} --reported” saves them, and is audited`]),
    ...(reported !== undefined && now === undefined ? ['  it was deleted since'] : []),
    ...(now?.isForFollowers === true ? ['  for followers'] : []),
    ...(now?.imposed === undefined ? [] : indented(`warning of moderators: ${now.imposed}`)),
    ...(standing === undefined ? [] : [`  they are ${standing.kind}${until}`]),
    ...decisions.flatMap(decisionLines),
  ]
}

function decisionLines({ action, at, by, message, reason, until }: Decision): readonly string[] {
  const more = [
    ...(reason === undefined ? [] : [reason]),
    ...(until === undefined ? [] : [`until ${dateText(until)}`]),
    ...(message === undefined ? [] : [message]),
  ]
  return indented([`${dateText(at)} ${action} by @${by.nick}`, ...more].join(' · '))
}

function reportLines({ at, by, note, reason }: Report): readonly string[] {
  const head = `  ${personText(by)} ${dateText(at)} · ${reason}`
  return [head, ...(note === undefined ? [] : indented(note).map((text) => `  ${text}`))]
}
