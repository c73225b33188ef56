/**
 * The JSON of the HTTP API: schemas that the gateway checks and publishes as OpenAPI, and their
 * types for the client and the page. Instants are ISO 8601 in UTC, durations and sizes bear their
 * unit.
 */
import { Type, type Static } from 'typebox'

import { Extracted, ExtractSpec } from './api-extract.ts'
import { Render } from './api-render.ts'
import { Witnesses } from './api-testimony.ts'
import { WITNESSES_MAX, WITNESSES_MIN } from './testimony.ts'
import { Vantage } from './vantage.ts'

const Text = Type.String()
const Instant = Type.String({ format: 'date-time' })
const Count = Type.Integer({ minimum: 0 })

/** RFC 9457, with anillo's stable `code` and what filled its sentence. */
export const Problem = Type.Object({
  type: Text,
  title: Text,
  status: Type.Integer(),
  code: Text,
  detail: Text,
  details: Type.Record(Text, Type.Union([Text, Type.Number(), Type.Boolean()])),
})
export type Problem = Static<typeof Problem>

export const MemberState = Type.Union([
  Type.Literal('up'),
  Type.Literal('suspect'),
  Type.Literal('down'),
])
export type MemberState = Static<typeof MemberState>

export const Role = Type.Union([
  Type.Literal('entry'),
  Type.Literal('chord'),
  Type.Literal('tweeter'),
])
export type Role = Static<typeof Role>

/** A member by name, as far as the asker may know it. */
export const MemberRef = Type.Object({ name: Text, id: Text, address: Text, position: Text })
export type MemberRef = Static<typeof MemberRef>

export const Member = Type.Object({
  name: Text,
  id: Text,
  /** Its own door for clients, e.g. `http://localhost:9101`. */
  url: Text,
  ftp: Type.Union([Text, Type.Null()]),
  /** Origin of archived pages, apart from the API's, e.g. `http://localhost:9501`. */
  replayUrl: Text,
  /** Origin of what it shares with everybody, without TLS, e.g. `http://localhost:9401`. */
  shareUrl: Type.Optional(Text),
  /** The ring's own door, `host:port`. */
  address: Text,
  position: Text,
  state: MemberState,
  leads: Count,
  roles: Type.Array(Role),
  host: Text,
  version: Text,
  startedAt: Instant,
  /** Until then it lets newcomers of its network in without asking (`init --admit-local`). */
  admitsLocalUntil: Type.Optional(Instant),
  predecessor: Type.Union([MemberRef, Type.Null()]),
  successors: Type.Array(MemberRef),
  /** Distinct fingers, `bit` the highest i with finger = successor(position + 2^i). */
  fingers: Type.Array(Type.Object({ bit: Count, member: MemberRef })),
  /** Copies of pages held, those of its own range among them, and their bytes. No failures. */
  pages: Count,
  ownPages: Count,
  pageBytes: Count,
  load: Type.Object({ downloads: Count, downloadsMax: Count, busy: Type.Boolean() }),
  /** The browser that draws pages there: `chromium`; absent: there is none. */
  browser: Type.Optional(Text),
})
export type Member = Static<typeof Member>

/** A replica on its way: who comes, who goes, and what that waits for. */
export const ReplicaMove = Type.Object({
  kind: Type.Union([
    Type.Literal('repair'),
    Type.Literal('grow'),
    Type.Literal('drain'),
    Type.Literal('balance'),
    Type.Literal('shrink'),
  ]),
  to: Type.Union([Text, Type.Null()]),
  from: Type.Union([Text, Type.Null()]),
  /** `null`: it is taken just now. */
  waitsFor: Type.Union([
    Type.Object({
      /** `grace`, `copying`, `incoming`, ...: docs/spec/placement.md. */
      kind: Text,
      member: Type.Optional(Text),
      leftMs: Type.Optional(Count),
      entriesLeft: Type.Optional(Count),
    }),
    Type.Null(),
  ]),
  /** For how long its leader has wanted it. */
  sinceMs: Count,
  /** Until it is copied, as it goes now; `null` where that cannot be told. */
  doneInMs: Type.Union([Count, Type.Null()]),
  /** Of a whole state that is fetched. */
  bytesCopied: Type.Union([Count, Type.Null()]),
})
export type ReplicaMove = Static<typeof ReplicaMove>

export const Partition = Type.Object({
  id: Count,
  /** Member ids; no leader is the empty text. */
  leader: Text,
  voters: Type.Array(Text),
  learners: Type.Array(Text),
  /** Voters that may fail now; negative: so many too few answer, nothing can be changed. */
  margin: Type.Optional(Type.Integer()),
  moves: Type.Optional(Type.Array(ReplicaMove)),
})
export type Partition = Static<typeof Partition>

const EnrolledState = Type.Union([
  Type.Literal('active'),
  Type.Literal('draining'),
  Type.Literal('gone'),
  Type.Literal('removed'),
])

/** A member as the ring's own list has it, whether it answers or not. */
export const Enrolled = Type.Object({
  id: Text,
  name: Text,
  address: Text,
  host: Text,
  roles: Type.Array(Role),
  state: EnrolledState,
  /** To be removed once it holds nothing. */
  isLeaving: Type.Boolean(),
  /** It answered just now. */
  isUp: Type.Boolean(),
  /** Its disk is nearly full: writes that need room are refused, deletes work. */
  isDiskFull: Type.Optional(Type.Boolean()),
  /**
   * Its clock against that of the member that answered, ms; half the time of the question
   * uncertain.
   */
  clockOffMs: Type.Optional(Type.Integer()),
  /** Groups whose configuration names it. */
  holds: Count,
})
export type Enrolled = Static<typeof Enrolled>

/** What members repair of chunks, and found damaged since they started. */
export const ChunkCare = Type.Object({
  /** Of copies that are missing and being made. */
  bytesLeft: Count,
  /** At the rate so far; `null` where nothing is left, or nothing is made yet. */
  doneInMs: Type.Union([Count, Type.Null()]),
  /** Files. */
  damaged: Count,
  /** Of those, fetched again. */
  healed: Count,
  /** Chunks that records refer to and no member has, by the last look of the leaders. */
  lost: Type.Optional(Count),
})
export type ChunkCare = Static<typeof ChunkCare>

/**
 * `trusting`: all members learn to trust the new authority beside the old one. `renewing`: each
 * gets a certificate of the new one. `done`: the old one is trusted no more.
 */
export const RotationPhase = Type.Union([
  Type.Literal('trusting'),
  Type.Literal('renewing'),
  Type.Literal('done'),
])
export type RotationPhase = Static<typeof RotationPhase>

/** The ring changes from one authority to the next, or has. */
export const AuthorityRotation = Type.Object({
  /** The first is 1. */
  number: Type.Integer({ minimum: 1 }),
  phase: RotationPhase,
  beganAt: Instant,
  /** Ids of members that the phase waits for. */
  waitsFor: Type.Array(Text),
})
export type AuthorityRotation = Static<typeof AuthorityRotation>

export const Ring = Type.Object({
  ringId: Text,
  /** The member that answered. */
  self: Text,
  members: Type.Array(Member),
  partitions: Type.Array(Partition),
  mayFail: Count,
  enrolled: Type.Optional(Type.Array(Enrolled)),
  /** All members are on one machine, which carries all. */
  isOnOneMachine: Type.Optional(Type.Boolean()),
  chunks: Type.Optional(ChunkCare),
  /** Absent: the ring has the authority that it was founded with. */
  authority: Type.Optional(AuthorityRotation),
  /** SHA-256 of the authority’s certificate, in hex; where a member is open to other machines. */
  authorityFingerprint: Type.Optional(Text),
  /** Whom the member that answered holds for the coordinator; `null` while one is elected. */
  coordinator: Type.Optional(
    Type.Union([
      Type.Object({
        id: Text,
        /** It has the lease, without which it plans nothing. */
        isLeased: Type.Boolean(),
      }),
      Type.Null(),
    ]),
  ),
})
export type Ring = Static<typeof Ring>

/** Of the whole ring, in its own list. */
export const RingSetting = Type.Object({
  name: Text,
  value: Type.Integer(),
  default: Type.Integer(),
  min: Type.Integer(),
  max: Type.Integer(),
  what: Text,
})
export type RingSetting = Static<typeof RingSetting>

export const RingSettingList = Type.Object({ settings: Type.Array(RingSetting) })

/** Answer to an order about a member: what it is from now on. */
export const MemberOrdered = Type.Object({ id: Text, state: EnrolledState })
export type MemberOrdered = Static<typeof MemberOrdered>

export const Lookup = Type.Object({
  /** What was looked up, as asked. */
  key: Text,
  /** Its SHA-256. */
  position: Text,
  owner: MemberRef,
  /** Members asked on the way, in order, the first asked first; empty when this member knew. */
  hops: Type.Array(MemberRef),
})
export type Lookup = Static<typeof Lookup>

/** One doing of the ring, as `GET /ring/events` streams them. */
export const RingEvent = Type.Object({
  at: Instant,
  /** Whose doing. */
  member: MemberRef,
  kind: Type.Union([
    Type.Literal('joined'),
    Type.Literal('left'),
    Type.Literal('stabilised'),
    Type.Literal('successor'),
    Type.Literal('predecessor'),
    Type.Literal('fingers'),
    Type.Literal('merged'),
    Type.Literal('suspected'),
    Type.Literal('died'),
    Type.Literal('returned'),
    Type.Literal('lookup'),
    Type.Literal('downloadStarted'),
    Type.Literal('downloadFinished'),
    /** The site has still what is held. */
    Type.Literal('revalidated'),
    Type.Literal('downloadFailed'),
    Type.Literal('refused'),
    Type.Literal('waiting'),
    Type.Literal('coordinator'),
    /** Of the store; `text` lists the partitions, `count` counts them. */
    Type.Literal('leads'),
    Type.Literal('replicaBegun'),
    Type.Literal('voterAdded'),
    Type.Literal('voterRemoved'),
    Type.Literal('stateFetched'),
    /** `count` copies, of `bytes`. */
    Type.Literal('chunkRepaired'),
    Type.Literal('damageFound'),
    Type.Literal('damageHealed'),
    /** `bytes` are free. */
    Type.Literal('diskFull'),
    Type.Literal('diskRoom'),
  ]),
  /** The other member, where there is one: the successor taken, the member suspected, ... */
  other: Type.Optional(MemberRef),
  /** For look-ups. */
  hops: Type.Optional(Type.Array(MemberRef)),
  url: Type.Optional(Text),
  count: Type.Optional(Count),
  bytes: Type.Optional(Count),
  durationMs: Type.Optional(Type.Number()),
  code: Type.Optional(Text),
  /** What fills the sentence of `code`. */
  details: Type.Optional(Problem.properties.details),
  /** The rest, in English, for the log. */
  text: Type.Optional(Text),
})
export type RingEvent = Static<typeof RingEvent>

export const Failure = Type.Object({
  code: Text,
  text: Text,
  details: Problem.properties.details,
  at: Instant,
})
export type Failure = Static<typeof Failure>

/** What is known of one page, without its body. */
export const Page = Type.Object({
  /** Hex SHA-256 of the canonical address: its place on the ring. */
  id: Text,
  url: Text,
  /** After redirects. */
  finalUrl: Text,
  redirects: Type.Array(Type.Object({ status: Type.Integer(), url: Text })),
  status: Type.Integer(),
  statusText: Text,
  headers: Type.Array(Type.Tuple([Text, Text])),
  contentType: Text,
  charset: Type.Union([Text, Type.Null()]),
  title: Type.Union([Text, Type.Null()]),
  /** Decoded size. */
  bytes: Count,
  /** As it came over the wire. */
  wireBytes: Count,
  /** Hex SHA-256 of the decoded body. */
  hash: Text,
  /** When it was last seen to be so. */
  fetchedAt: Instant,
  /** It was: the site was asked whether this copy is still so, and sent nothing else (304). */
  isRevalidated: Type.Optional(Type.Boolean()),
  /** When this very content was first seen, which names the version; absent: at `fetchedAt`. */
  since: Type.Optional(Instant),
  /** When it came from an archive of somebody's; absent: the ring asked the site itself. */
  importedAt: Type.Optional(Instant),
  durationMs: Type.Number(),
  /** Address of the site's machine that answered. */
  remoteAddress: Text,
  fetchedBy: MemberRef,
  /** Several members saw this content together: `GET /pages/ID/witness`. */
  witnesses: Type.Optional(Witnesses),
  /** As a browser drew it; told of one page, and in no list. */
  render: Type.Optional(Render),
})
export type Page = Static<typeof Page>

export const ScrapeRequest = Type.Object(
  {
    url: Type.String({ minLength: 1, maxLength: 8192 }),
    /** Seconds; the site is asked for an older copy. 0 always asks. Absent: as the site says. */
    maxAge: Type.Optional(Type.Integer({ minimum: 0 })),
    /**
     * So many members download the page at about the same time and sign what they saw; `maxAge` is
     * then of what was seen so, 0 where it is absent.
     */
    witnesses: Type.Optional(Type.Integer({ minimum: WITNESSES_MIN, maximum: WITNESSES_MAX })),
    /** Drawn by a browser, too. */
    render: Type.Optional(Type.Boolean()),
    /** An answer with the page has what is extracted from it. */
    extract: Type.Optional(ExtractSpec),
    /** Whose network fetches: a member’s name, or the label of a host of members. */
    vantage: Type.Optional(Vantage),
  },
  { additionalProperties: false },
)
export type ScrapeRequest = Static<typeof ScrapeRequest>

export const Scrape = Type.Object({
  id: Text,
  url: Text,
  state: Type.Union([Type.Literal('running'), Type.Literal('done'), Type.Literal('failed')]),
  /**
   * `hit`: was held. `fetched`: downloaded for this request. `revalidated`: the site was asked for
   * this request, and has still what was held. `coalesced`: shared another asker's request.
   */
  how: Type.Union([
    Type.Literal('hit'),
    Type.Literal('fetched'),
    Type.Literal('revalidated'),
    Type.Literal('coalesced'),
  ]),
  page: Type.Optional(Page),
  failure: Type.Optional(Failure),
  /** Seconds since the copy was fetched. */
  age: Type.Optional(Count),
  owner: MemberRef,
  hops: Type.Array(MemberRef),
  /** Bytes received so far, while running. */
  received: Type.Optional(Count),
  /** As the request wanted it, of a page that is there when it is answered. */
  extracted: Type.Optional(Extracted),
  /** Why there is none of this page: `TASK_ENDED`. */
  notExtracted: Type.Optional(Text),
})
export type Scrape = Static<typeof Scrape>

/** A machine that waits to be let in. */
export const Waiting = Type.Object({ code: Text, address: Text, name: Text, since: Instant })
export type Waiting = Static<typeof Waiting>
