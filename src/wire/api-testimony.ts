/** The JSON of `/v1/pages/ID/witness/verdict`: what is to be thought of a testimony. */
import { Type, type Static } from 'typebox'

const Text = Type.String()
const Instant = Type.String({ format: 'date-time' })
const Count = Type.Integer({ minimum: 0 })

/** Of a page that several members saw. */
export const Witnesses = Type.Object({
  /** Members that were to see it. */
  asked: Count,
  /** That say what they saw. */
  told: Count,
  /** That saw what is kept. */
  agree: Count,
  at: Instant,
})
export type Witnesses = Static<typeof Witnesses>

/** Why a testimony is not to be believed: docs/spec/testimony.md has what each means. */
export const TestimonyProblemCode = Type.Union([
  Type.Literal('unreadable'),
  Type.Literal('statement'),
  Type.Literal('certificate'),
  Type.Literal('signature'),
  Type.Literal('dates'),
  Type.Literal('authority'),
  Type.Literal('twice'),
  Type.Literal('another'),
  Type.Literal('times'),
  Type.Literal('tooMany'),
])
export type TestimonyProblemCode = Static<typeof TestimonyProblemCode>

export const TestimonyProblem = Type.Object({
  code: TestimonyProblemCode,
  /** Which statement is at fault, from 0; absent: the whole. */
  statement: Type.Optional(Count),
})
export type TestimonyProblem = Static<typeof TestimonyProblem>

/** What one member says. */
export const WitnessSaid = Type.Object({
  /** Id; its name, where it may be told and is known. */
  member: Text,
  name: Type.Optional(Text),
  status: Type.Integer(),
  finalUrl: Text,
  contentSha256: Text,
  contentBytes: Count,
  headersSha256: Text,
  address: Text,
  asked: Instant,
  received: Instant,
  /** Those that saw the same have the same number; that of most is 0. */
  group: Count,
})
export type WitnessSaid = Static<typeof WitnessSaid>

export const TestimonyVerdict = Type.Object({
  /** None: all that stands there is signed by whom it names, and of one request. */
  problems: Type.Array(TestimonyProblem),
  url: Text,
  ring: Text,
  /** Members that were asked for, that told, and that saw what most saw. */
  asked: Count,
  told: Count,
  agree: Count,
  /** More than half of those asked for saw the same. */
  isMajority: Type.Boolean(),
  /** From the first request to the last. */
  spreadMs: Count,
  /** SHA-256 of the certificates that everything hangs on. */
  authorities: Type.Array(Text),
  witnesses: Type.Array(WitnessSaid),
  /** Of the content that was shown with it: the group that saw it; -1: nobody did. */
  contentGroup: Type.Optional(Type.Integer({ minimum: -1 })),
})
export type TestimonyVerdict = Static<typeof TestimonyVerdict>
