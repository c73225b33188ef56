/**
 * The JSON of reports and of what moderators do with them. Anybody reports; all but that is for who
 * may moderate (`dweets.moderate`). Of a dweet, or of a person, there is one case, whoever reports
 * it: its id is that of the dweet, or the nick behind an `@`. Nobody is shown a case about
 * themselves.
 *
 *     POST /reports                       NewReport -> 201 ReportReceipt
 *     GET  /reports?state=&cursor=&limit= ReportQueue: open ones oldest first, closed newest first
 *     GET  /reports/{id}                  ReportCase
 *     GET  /reports/{id}/reports?...      ReportPage: who reported it, by nick
 *     GET  /reports/{id}/attachments/{id} bytes, of a dweet; stands in the audit log
 *     POST /reports/{id}/decisions        NewDecision -> ReportCase
 */
import { Type, type Static } from 'typebox'

import { Attachment } from './api-attachments.ts'
import { DECISION_SECONDS_MAX, REPORT_NOTE_CHARS_MAX, WARNING_CHARS_MAX } from './dweet-limits.ts'
import { DECISIONS, REPORT_REASONS } from './report-words.ts'

const Text = Type.String()
const Count = Type.Integer({ minimum: 0 })
const Instant = Type.String({ format: 'date-time' })
const CLOSED = { additionalProperties: false } as const
/** Longer than any, so that one that is too long is told the bound. */
const GIVEN = 16

export const ReportReason = Type.Unsafe<(typeof REPORT_REASONS)[number]>(
  Type.Union(REPORT_REASONS.map((one) => Type.Literal(one))),
)
export type ReportReason = Static<typeof ReportReason>

export const DecisionKind = Type.Unsafe<(typeof DECISIONS)[number]>(
  Type.Union(DECISIONS.map((one) => Type.Literal(one))),
)
export type DecisionKind = Static<typeof DecisionKind>

export const NewReport = Type.Object(
  {
    /** A dweet, or a person: one of the two. */
    dweet: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    nick: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    reason: ReportReason,
    /** For moderators. */
    note: Type.Optional(Type.String({ maxLength: GIVEN * REPORT_NOTE_CHARS_MAX })),
  },
  CLOSED,
)
export type NewReport = Static<typeof NewReport>

/** As the first time, where it was reported before. */
export const ReportReceipt = Type.Object({
  dweet: Type.Optional(Text),
  nick: Text,
  reason: ReportReason,
  at: Instant,
})
export type ReportReceipt = Static<typeof ReportReceipt>

export const NewDecision = Type.Object(
  {
    action: DecisionKind,
    /** Told to whom it concerns. */
    reason: Type.Optional(ReportReason),
    /** Told to them, too. */
    message: Type.Optional(Type.String({ maxLength: GIVEN * REPORT_NOTE_CHARS_MAX })),
    /** Of `warn`. */
    warning: Type.Optional(Type.String({ maxLength: GIVEN * WARNING_CHARS_MAX })),
    /** Of `limit` and `suspend`; absent: until it is lifted. */
    seconds: Type.Optional(Type.Integer({ minimum: 60, maximum: DECISION_SECONDS_MAX })),
    /** How many there were: where there are more since, it is refused (REPORT_DECIDED). */
    decisions: Type.Optional(Count),
  },
  CLOSED,
)
export type NewDecision = Static<typeof NewDecision>

const Person = Type.Object({ nick: Text, name: Text })

export const Decision = Type.Object({
  at: Instant,
  by: Person,
  action: DecisionKind,
  reason: Type.Optional(ReportReason),
  message: Type.Optional(Text),
  warning: Type.Optional(Text),
  until: Type.Optional(Instant),
})
export type Decision = Static<typeof Decision>

/** What moderators have laid upon somebody. Told to them, and to moderators. */
export const Standing = Type.Object({
  kind: Type.Unsafe<StandingKind>(Type.Union([Type.Literal('limited'), Type.Literal('suspended')])),
  /** Absent: until it is lifted. */
  until: Type.Optional(Instant),
  reason: Type.Optional(ReportReason),
  message: Type.Optional(Text),
})
export type StandingKind = 'limited' | 'suspended'
export type Standing = Static<typeof Standing>

/** Told to whom it concerns. Who decided is not. */
export const ModerationNotice = Type.Object({
  action: DecisionKind,
  reason: Type.Optional(ReportReason),
  message: Type.Optional(Text),
  /** Of the dweet that was removed. */
  text: Type.Optional(Text),
  warning: Type.Optional(Text),
  until: Type.Optional(Instant),
})
export type ModerationNotice = Static<typeof ModerationNotice>

export const ReportCase = Type.Object({
  id: Text,
  state: Type.Union([Type.Literal('open'), Type.Literal('closed')]),
  /** Whom it is about: of a dweet, its author. */
  about: Person,
  /** Since the first report, or the first after it was closed. */
  openedAt: Instant,
  closedAt: Type.Optional(Instant),
  reports: Count,
  /** How many gave it. */
  reasons: Type.Array(Type.Object({ reason: ReportReason, reports: Count })),
  dweet: Type.Optional(
    Type.Object({
      id: Text,
      createdAt: Instant,
      /** As it was when it was reported first; absent where nobody reported it. */
      reported: Type.Optional(
        Type.Object({
          text: Text,
          warning: Type.Optional(Text),
          attachments: Type.Optional(
            Type.Array(Type.Object({ id: Text, name: Text, description: Type.Optional(Text) })),
          ),
        }),
      ),
      /** As it is; absent: it is gone. */
      now: Type.Optional(
        Type.Object({
          text: Text,
          warning: Type.Optional(Text),
          /** The warning of moderators. */
          imposed: Type.Optional(Text),
          isForFollowers: Type.Boolean(),
          /** Of which to be read by this address alone, which the audit log tells of. */
          attachments: Type.Optional(Type.Array(Attachment)),
        }),
      ),
    }),
  ),
  standing: Type.Optional(Standing),
  /** Oldest first. */
  decisions: Type.Array(Decision),
})
export type ReportCase = Static<typeof ReportCase>

export const ReportQueue = Type.Object({
  items: Type.Array(ReportCase),
  cursor: Type.Optional(Text),
})
export type ReportQueue = Static<typeof ReportQueue>

export const Report = Type.Object({
  by: Person,
  at: Instant,
  reason: ReportReason,
  note: Type.Optional(Text),
})
export type Report = Static<typeof Report>

export const ReportPage = Type.Object({
  items: Type.Array(Report),
  cursor: Type.Optional(Text),
})
export type ReportPage = Static<typeof ReportPage>
