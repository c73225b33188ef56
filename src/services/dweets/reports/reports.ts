/** What people report, and what moderators see of it and decide. */
import { AnilloError } from '../../../base/errors.ts'
import { instant } from '../../../base/instant.ts'
import { SECOND_MS } from '../../../base/limits.ts'
import type { WriteOptions } from '../../../store/types.ts'
import type {
  Decision,
  NewDecision,
  NewReport,
  ReportCase,
  ReportPage,
  ReportQueue,
  ReportReceipt,
} from '../../../wire/api-reports.ts'
import { publicIdOf, timeOfRowId } from '../../../wire/dweet-ids.ts'
import { ALL_PARTITIONS, type PartitionId } from '../../../wire/partition.ts'
import { REPORT_REASONS } from '../../../wire/report-words.ts'
import { userPk } from '../../../wire/users.ts'
import { findPerson, personOf, type TimedParts } from '../parts.ts'
import { partitionOfNick, publicationKey, REPORTS_TABLE } from '../places.ts'
import { readPublication, readReport, type DecisionRow } from '../rows.ts'
import { attachmentOf } from '../showing.ts'
import type { SingleReads } from '../single-reads.ts'
import { requireNote, requireWarning } from '../text/fit-text.ts'
import type { Dweeter, DweetReports, PageOf, QueuePageOf } from '../types.ts'
import { reportPrefix, reportsPk, statePrefix, type CaseState } from './cases.ts'
import { decide } from './decide.ts'
import { report } from './report-procedures.ts'
import { findCase, requireCase, requireModerator, type FoundCase } from './require-case.ts'
import { findStanding, inspectedPath } from './showing.ts'
import { partitionOfSubject, subjectOf } from './subjects.ts'

/** Of a list of cases. */
interface Stretch {
  /** Behind which place; absent: from the first one on. */
  readonly at: string | undefined
  readonly state: CaseState
  readonly wanted: number
}

export class Reports implements DweetReports {
  readonly #parts: TimedParts
  readonly #reads: SingleReads

  constructor(parts: TimedParts, reads: SingleReads) {
    this.#parts = parts
    this.#reads = reads
  }

  async report({ nick: by }: Dweeter, given: NewReport): Promise<ReportReceipt> {
    const { dweet, note: said = '', reason } = given
    const text = requireNote(said)
    if ((dweet === undefined) === (given.nick === undefined)) {
      throw new AnilloError('BAD_REQUEST', { problem: ONE_OF_BOTH })
    }
    const { nick, subject } = await this.#reportable(by, given)
    if (nick === by) throw new AnilloError('FORBIDDEN', { problem: OWN_ACCOUNT })
    const note = text === '' ? {} : { note: text }
    const input = { by, subject, reason, ...note }
    const row = await this.#parts.store.call(partitionOfNick(by), report, input)
    const id = subject.startsWith('@') ? {} : { dweet: subject }
    return { ...id, nick, reason: row.reason, at: instant(row.sinceMs) }
  }

  /** What they may see themselves; of a redweet, its original. */
  async #reportable(by: string, { dweet, nick: text = '' }: NewReport) {
    if (dweet !== undefined) {
      const { place, row } = await this.#reads.find(by, dweet)
      return { subject: publicIdOf(place), nick: row.author }
    }
    const { nick } = await findPerson(this.#parts, text)
    return { subject: `@${nick}`, nick }
  }

  async queue(who: Dweeter, { cursor, limit, state }: QueuePageOf): Promise<ReportQueue> {
    requireModerator(who)
    const at = cursor === undefined ? undefined : placeOfCursor(cursor)
    const lists = await Promise.all(
      ALL_PARTITIONS.map((one) => this.#places(who, one, { at, state, wanted: limit + 1 })),
    )
    const isReverse = state === 'closed'
    const places = lists.flat().toSorted((a, b) => (a < b === isReverse ? 1 : -1))
    const page = places.slice(0, limit)
    const cases = await Promise.all(page.map((place) => this.#listed(who, place)))
    const last = page.at(-1)
    const items = cases.filter((one) => one !== undefined)
    return places.length > limit && last !== undefined ? { items, cursor: last } : { items }
  }

  /** In one partition; none about who asks, as a cursor is made of them. */
  async #places(
    { nick }: Dweeter,
    partition: PartitionId,
    { at, state, wanted }: Stretch,
  ): Promise<string[]> {
    const prefix = statePrefix(state)
    const reverse = state === 'closed'
    const range = { table: REPORTS_TABLE, pk: reportsPk(partition), prefix, reverse, limit: wanted }
    const found: string[] = []
    for (let behind = at; ;) {
      const from = reverse ? { end: prefix + behind } : { start: `${prefix}${behind}\0` }
      const stretch = behind === undefined ? range : { ...range, ...from }
      const { cursor, items } = await this.#parts.store.list(stretch)
      const places = items.map(({ sk }) => sk.slice(prefix.length))
      found.push(...places.filter((place) => !isAbout(nick, nameIn(place))))
      behind = places.at(-1)
      if (found.length >= wanted || cursor === undefined || behind === undefined) return found
    }
  }

  async #listed(who: Dweeter, place: string): Promise<ReportCase | undefined> {
    const subject = subjectOf(nameIn(place))
    const row = subject && (await findCase(this.#parts.store, subject))
    // It may have gone meanwhile.
    if (subject === undefined || row === undefined || row.nick === who.nick) return undefined
    return this.#shown({ subject, row })
  }

  async find(who: Dweeter, id: string): Promise<ReportCase> {
    return this.#shown(await requireCase(this.#parts.store, who, id))
  }

  async reports(who: Dweeter, id: string, { cursor, limit }: PageOf): Promise<ReportPage> {
    const { subject } = await requireCase(this.#parts.store, who, id)
    if (cursor !== undefined && !NICK.test(cursor)) throw new AnilloError('BAD_REQUEST', NO_CURSOR)
    const prefix = reportPrefix(subject.name)
    const pk = reportsPk(partitionOfSubject(subject))
    const start = cursor === undefined ? {} : { start: `${prefix}${cursor}\0` }
    const range = { table: REPORTS_TABLE, pk, prefix, ...start, limit }
    const { cursor: more, items: records } = await this.#parts.store.list(range)
    const nicks = records.map(({ sk }) => sk.slice(prefix.length))
    const items = await Promise.all(
      records.map(async (record, i) => {
        const { sinceMs, ...said } = readReport(record)
        const by = await personOf(this.#parts, nicks[i] ?? '')
        return { by, at: instant(sinceMs), ...said }
      }),
    )
    const last = nicks.at(-1)
    return more === undefined || last === undefined ? { items } : { items, cursor: last }
  }

  async decide(
    who: Dweeter,
    id: string,
    decision: NewDecision,
    options?: WriteOptions,
  ): Promise<ReportCase> {
    requireModerator(who)
    const message = requireNote(decision.message ?? '')
    const { action, decisions, reason, seconds } = decision
    const warning = warningOf(decision)
    const subject = subjectOf(id)
    if (subject === undefined) throw new AnilloError('REPORT_GONE')
    const isOfDweets = action === 'remove' || action === 'warn'
    if (isOfDweets && subject.kind === 'person') {
      throw new AnilloError('BAD_REQUEST', { problem: OF_DWEETS })
    }
    const isFor = seconds !== undefined && (action === 'limit' || action === 'suspend')
    const input = {
      by: who.nick,
      subject: id,
      action,
      isUnasked: false,
      ...(reason === undefined ? {} : { reason }),
      ...(message === '' ? {} : { message }),
      ...(warning === undefined ? {} : { warning }),
      ...(isFor ? { forMs: seconds * SECOND_MS } : {}),
      ...(decisions === undefined ? {} : { decisions }),
    }
    const row = await this.#parts.store.call(partitionOfSubject(subject), decide, input, options)
    return this.#shown({ subject, row })
  }

  async #shown({ row, subject }: FoundCase): Promise<ReportCase> {
    const { closedAtMs, decisions, nick, openedAtMs, reasons, reports, state } = row
    const [about, dweet, standing, decided] = await Promise.all([
      personOf(this.#parts, nick),
      this.#dweet({ subject, row }),
      findStanding(this.#parts, nick),
      Promise.all(decisions.map((one) => this.#decision(one))),
    ])
    const isClosed = state === 'closed' && closedAtMs !== undefined
    return {
      id: subject.name,
      state,
      about,
      openedAt: instant(openedAtMs),
      ...(isClosed ? { closedAt: instant(closedAtMs) } : {}),
      reports,
      reasons: REPORT_REASONS.flatMap((reason) => {
        const count = reasons[reason]
        return count === undefined ? [] : [{ reason, reports: count }]
      }),
      ...dweet,
      ...standing,
      decisions: decided,
    }
  }

  /** What nobody reported is not shown: it may be for followers. */
  async #dweet({ row, subject }: FoundCase): Promise<Pick<ReportCase, 'dweet'>> {
    if (subject.kind === 'person') return {}
    const { name: id, place } = subject
    const dweet = { id, createdAt: instant(timeOfRowId(place.row)) }
    if (row.reported === undefined) return { dweet }
    const record = await this.#parts.store.get(publicationKey(place.pk, place.row))
    const now = record && readPublication(record)
    if (now?.kind !== 'dweet') return { dweet: { ...dweet, reported: row.reported } }
    const { attachments, imposed, text, visibility, warning } = now
    const where = inspectedPath(id)
    return {
      dweet: {
        ...dweet,
        reported: row.reported,
        now: {
          text,
          ...(warning === undefined ? {} : { warning }),
          ...(imposed === undefined ? {} : { imposed }),
          isForFollowers: visibility === 'followers',
          ...(attachments && { attachments: attachments.map((one) => attachmentOf(one, where)) }),
        },
      },
    }
  }

  async #decision({ atMs, by, untilMs, ...said }: DecisionRow): Promise<Decision> {
    const until = untilMs === undefined ? {} : { until: instant(untilMs) }
    return { at: instant(atMs), by: await personOf(this.#parts, by), ...said, ...until }
  }
}

const ONE_OF_BOTH = 'give either a dweet or a nick'
const OWN_ACCOUNT = 'this is your own account'
const OF_DWEETS = 'that is about dweets, and this is about a person'
const NEEDS_WARNING = 'warn needs a warning'
const NO_CURSOR = { problem: 'that is no cursor of a list' }
const NICK = /^[a-z0-9_]{1,30}$/
const PLACE = /^[0-9a-f]{16} (?:@[a-z0-9_]{1,30}|[1-9]\d{0,31})$/

/** Of its subject. */
function nameIn(place: string): string {
  return place.slice(place.indexOf(' ') + 1)
}

function isAbout(nick: string, name: string): boolean {
  const subject = subjectOf(name)
  return subject?.kind === 'person'
    ? subject.nick === nick
    : subject !== undefined && subject.place.pk === userPk(nick)
}

/** @throws AnilloError BAD_REQUEST */
function placeOfCursor(cursor: string): string {
  if (PLACE.test(cursor)) return cursor
  throw new AnilloError('BAD_REQUEST', NO_CURSOR)
}

/** Of `warn`: an empty one takes it off. */
function warningOf({ action, warning }: NewDecision): string | undefined {
  if (action !== 'warn') return undefined
  if (warning === undefined) throw new AnilloError('BAD_REQUEST', { problem: NEEDS_WARNING })
  return requireWarning(warning) ?? ''
}
