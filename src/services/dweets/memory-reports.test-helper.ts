/** Reports and decisions of the microblog in memory. */
import { AnilloError } from '../../base/errors.ts'
import { MINUTE_MS, SECOND_MS } from '../../base/limits.ts'
import type {
  Decision,
  ModerationNotice,
  NewDecision,
  NewReport,
  Report,
  ReportCase,
  ReportPage,
  ReportQueue,
  ReportReceipt,
} from '../../wire/api-reports.ts'
import { placeOfPublicId } from '../../wire/dweet-ids.ts'
import { REPORT_AGAIN_MS, REPORTS_PER_PERIOD, REPORTS_PERIOD_MS } from '../../wire/dweet-limits.ts'
import { REPORT_REASONS } from '../../wire/report-words.ts'
import {
  instant,
  instantOfId,
  type DweetsHeld,
  type HeldCase,
  type HeldDweet,
} from './memory-dweets-state.test-helper.ts'
import { requireNote, requireWarning } from './text/fit-text.ts'
import type { Dweeter, DweetReports, PageOf, QueuePageOf } from './types.ts'

export class MemoryReports implements DweetReports {
  readonly #held: DweetsHeld

  constructor(held: DweetsHeld) {
    this.#held = held
  }

  async report({ nick: by }: Dweeter, given: NewReport): Promise<ReportReceipt> {
    const note = requireNote(given.note ?? '')
    if ((given.dweet === undefined) === (given.nick === undefined)) {
      throw new AnilloError('BAD_REQUEST', { problem: 'give either a dweet or a nick' })
    }
    const dweet = given.dweet === undefined ? undefined : this.#held.dweet(by, given.dweet)
    const nick = dweet?.author ?? this.#held.nickOf(given.nick ?? '')
    if (nick === by) throw new AnilloError('FORBIDDEN', { problem: 'this is your own account' })
    const subject = dweet?.id ?? `@${nick}`
    const about = dweet === undefined ? { nick } : { dweet: dweet.id, nick }
    const { reported, reporting } = this.#held.of(by)
    const nowMs = this.#held.nowMs()
    const before = reported.get(subject)
    const isOld = before !== undefined && before.atMs + REPORT_AGAIN_MS <= nowMs
    if (before !== undefined && (dweet !== undefined || !isOld)) {
      return { ...about, reason: before.reason, at: instant(before.atMs) }
    }
    if (nowMs >= reporting.sinceMs + REPORTS_PERIOD_MS) {
      reporting.sinceMs = nowMs
      reporting.reports = 0
    }
    if (reporting.reports >= REPORTS_PER_PERIOD) {
      const leftMs = reporting.sinceMs + REPORTS_PERIOD_MS - nowMs
      throw new AnilloError('SLOW_DOWN', { minutes: Math.ceil(leftMs / MINUTE_MS) })
    }
    reporting.reports++
    const { reason } = given
    reported.set(subject, { atMs: nowMs, reason })
    this.#add(subject, { nick, dweet, by, reason, note })
    return { ...about, reason, at: instant(nowMs) }
  }

  #add(
    subject: string,
    {
      by,
      dweet,
      nick,
      note,
      reason,
    }: {
      readonly by: string
      readonly nick: string
      readonly dweet: HeldDweet | undefined
      readonly reason: Report['reason']
      readonly note: string
    },
  ): void {
    const atMs = this.#held.nowMs()
    const one = this.#held.cases.get(subject) ?? this.#held.newCase(nick)
    if (one.reports.has(by) && one.state === 'open' && one.count > 0) return
    this.#held.cases.set(subject, one)
    const [said] = dweet?.texts ?? []
    if (said !== undefined) one.reported ??= { text: said.text, warning: said.warning }
    if (one.state === 'closed' || one.count === 0) {
      one.openedAtMs = atMs
      one.listedAtMs = atMs
    }
    one.state = 'open'
    one.count++
    one.reasons.set(reason, (one.reasons.get(reason) ?? 0) + 1)
    one.reports.set(by, { atMs, reason, note })
  }

  async queue(who: Dweeter, { cursor, limit, state }: QueuePageOf): Promise<ReportQueue> {
    requireModerator(who)
    const sign = state === 'open' ? 1 : -1
    const all = [...this.#held.cases]
      .filter(([, one]) => one.state === state)
      .map(([subject, one]) => ({ place: placeOf(subject, one), subject, one }))
      .toSorted((a, b) => (a.place < b.place ? -sign : sign))
    const at = cursor === undefined ? -1 : all.findIndex(({ place }) => place === cursor)
    if (cursor !== undefined && at === -1) {
      throw new AnilloError('BAD_REQUEST', { problem: 'that is no cursor of a list' })
    }
    const rest = all.slice(at + 1)
    const page = rest.slice(0, limit)
    const items = page
      .filter(({ one }) => one.nick !== who.nick)
      .map(({ one, subject }) => this.#shown(subject, one))
    const last = page.at(-1)
    return rest.length > limit && last !== undefined ? { items, cursor: last.place } : { items }
  }

  async find(who: Dweeter, id: string): Promise<ReportCase> {
    return this.#shown(id, this.#require(who, id))
  }

  async reports(who: Dweeter, id: string, { cursor = '', limit }: PageOf): Promise<ReportPage> {
    const { reports } = this.#require(who, id)
    const nicks = [...reports.keys()].filter((nick) => nick > cursor).toSorted()
    const page = nicks.slice(0, limit)
    const items = page.flatMap((nick) => {
      const one = reports.get(nick)
      if (one === undefined) return []
      const note = one.note === '' ? {} : { note: one.note }
      const by = this.#held.shownPerson(nick)
      return [{ by, at: instant(one.atMs), reason: one.reason, ...note }]
    })
    const last = page.at(-1)
    return nicks.length > limit && last !== undefined ? { items, cursor: last } : { items }
  }

  async decide(who: Dweeter, id: string, given: NewDecision): Promise<ReportCase> {
    requireModerator(who)
    const message = requireNote(given.message ?? '')
    const { action } = given
    if (action === 'warn' && given.warning === undefined) {
      throw new AnilloError('BAD_REQUEST', { problem: 'warn needs a warning' })
    }
    const warning = action === 'warn' ? (requireWarning(given.warning ?? '') ?? '') : undefined
    if (!id.startsWith('@') && placeOfPublicId(id) === undefined) {
      throw new AnilloError('REPORT_GONE')
    }
    if ((action === 'remove' || action === 'warn') && id.startsWith('@')) {
      const problem = 'that is about dweets, and this is about a person'
      throw new AnilloError('BAD_REQUEST', { problem })
    }
    const one = this.#require(who, id)
    const { decisions } = given
    if (decisions !== undefined && decisions !== one.decisions.length) {
      throw new AnilloError('REPORT_DECIDED')
    }
    this.#carryOut(who, id, { ...given, message, ...(warning === undefined ? {} : { warning }) })
    return this.#shown(id, one)
  }

  /** Whoever reported it, or nobody. @returns whose it was */
  remove(who: Dweeter, { author, id }: HeldDweet): string {
    const known = this.#held.cases.get(id) ?? this.#held.newCase(author)
    if (known.count === 0 && known.openedAtMs === 0) known.openedAtMs = this.#held.nowMs()
    this.#held.cases.set(id, known)
    this.#carryOut(who, id, { action: 'remove' })
    return author
  }

  /** @param given with texts as they are kept */
  #carryOut({ nick: by }: Dweeter, id: string, given: NewDecision): void {
    const one = this.#held.cases.get(id)
    if (one === undefined) return
    const nowMs = this.#held.nowMs()
    const { action, message = '', reason, seconds, warning } = given
    const isFor = seconds !== undefined && (action === 'limit' || action === 'suspend')
    const untilMs = isFor ? nowMs + seconds * SECOND_MS : undefined
    const notice: ModerationNotice = {
      action,
      ...(reason === undefined ? {} : { reason }),
      ...(message === '' ? {} : { message }),
      ...(warning === undefined ? {} : { warning }),
      ...(untilMs === undefined ? {} : { until: instant(untilMs) }),
    }
    const dweet = this.#held.publications.get(id)
    if (dweet?.kind === 'dweet') this.#onDweet(dweet, notice)
    if (action === 'limit' || action === 'suspend') {
      const kind = action === 'limit' ? 'limited' : 'suspended'
      this.#held.limits.set(one.nick, { kind, untilMs, reason, message })
      this.#held.tell(one.nick, notice)
    }
    const isLifted = action === 'lift' && this.#held.limitOf(one.nick) !== undefined
    if (isLifted) {
      this.#held.limits.delete(one.nick)
      this.#held.tell(one.nick, notice)
    }
    one.state = 'closed'
    one.closedAtMs = nowMs
    one.listedAtMs = nowMs
    one.decisions.push({ at: instant(nowMs), by: this.#held.shownPerson(by), ...notice })
  }

  #onDweet(dweet: HeldDweet, notice: ModerationNotice): void {
    const { action, warning = '' } = notice
    const { author, id } = dweet
    if (action === 'remove') {
      this.#held.drop(dweet)
      this.#held.removed.set(id, dweet)
      this.#held.tell(author, { ...notice, text: dweet.texts[0]?.text ?? '' })
    }
    if (action !== 'warn' || (dweet.imposed ?? '') === warning) return
    dweet.imposed = warning === '' ? undefined : warning
    this.#held.tell(author, notice, id)
  }

  #require(who: Dweeter, id: string): HeldCase {
    requireModerator(who)
    const one = this.#held.cases.get(id)
    if (one === undefined || one.nick === who.nick) throw new AnilloError('REPORT_GONE')
    return one
  }

  #shown(id: string, one: HeldCase): ReportCase {
    const limit = this.#held.standingOf(one.nick)
    const decisions: readonly Decision[] = one.decisions
    return {
      id,
      state: one.state,
      about: this.#held.shownPerson(one.nick),
      openedAt: instant(one.openedAtMs),
      ...(one.state === 'closed' ? { closedAt: instant(one.closedAtMs) } : {}),
      reports: one.count,
      reasons: REPORT_REASONS.flatMap((reason) => {
        const reports = one.reasons.get(reason)
        return reports === undefined ? [] : [{ reason, reports }]
      }),
      ...(id.startsWith('@') ? {} : { dweet: this.#dweet(id, one) }),
      ...(limit === undefined ? {} : { standing: limit }),
      decisions: [...decisions],
    }
  }

  #dweet(id: string, { reported }: HeldCase): NonNullable<ReportCase['dweet']> {
    const head = { id, createdAt: instantOfId(id) }
    if (reported === undefined) return head
    const said = { text: reported.text, ...textWarning(reported.warning) }
    const now = this.#held.publications.get(id)
    if (now?.kind !== 'dweet') return { ...head, reported: said }
    const [newest] = now.texts
    return {
      ...head,
      reported: said,
      now: {
        text: newest?.text ?? '',
        ...textWarning(newest?.warning),
        ...(now.imposed === undefined ? {} : { imposed: now.imposed }),
        isForFollowers: now.visibility === 'followers',
      },
    }
  }
}

function textWarning(warning: string | undefined): { readonly warning?: string } {
  return warning === undefined ? {} : { warning }
}

const TIME_DIGITS = 16

function placeOf(subject: string, { listedAtMs }: HeldCase): string {
  return `${String(listedAtMs).padStart(TIME_DIGITS, '0')} ${subject}`
}

function requireModerator({ isModerator }: Dweeter): void {
  if (!isModerator) throw new AnilloError('PERMISSION_MISSING', { permission: 'dweets.moderate' })
}
