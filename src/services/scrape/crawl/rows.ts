/** Rows of crawls and frontiers, packed. Where they stand says `places.ts`. */
import { Type, type Static } from 'typebox'

import { CRAWL_PAGES_MAX } from '../../../wire/crawl-bounds.ts'
import { rowReader } from '../../../wire/packed-rows.ts'
import { SK_BYTES_MAX } from '../../../wire/record-limits.ts'
import { Count, Hex32, Hex64 } from '../../../wire/shapes.ts'
import { URL_CHARS_MAX } from '../limits.ts'
import { TRAPS, type Trap } from '../scope/traps.ts'
import { RESOURCE_DEPTH_MAX } from './limits.ts'
import { RESOURCE_COUNTS } from './resource-counts.ts'

/** An index of indexes of sitemaps. */
export const LIST_DEPTH_MAX = 3

export const Url = Type.String({ minLength: 1, maxLength: URL_CHARS_MAX })
export const Hostname = Type.String({ minLength: 1, maxLength: 512 })

/** A URL as it is added to a frontier. */
export const Wanted = Type.Object({
  url: Url,
  /** Links followed from a seed to it. */
  depth: Type.Integer({ minimum: 0, maximum: 9_999 }),
  /** Of those, links that left the scope. */
  hops: Type.Integer({ minimum: 0, maximum: 99 }),
  /** 0 first. */
  priority: Type.Integer({ minimum: 0, maximum: 99 }),
  /** A list of addresses: 1; one that such a list names: 2, and so on. Absent: a page. */
  list: Type.Optional(Type.Integer({ minimum: 1, maximum: LIST_DEPTH_MAX })),
  /** What is wrong with it: it is told of, and not fetched. */
  trap: Type.Optional(Type.Unsafe<Trap>(Type.Union(TRAPS.map((name) => Type.Literal(name))))),
  /** A page needs it to look right: 1; what such a resource needs: 2, and so on. Absent: a page. */
  resource: Type.Optional(Type.Integer({ minimum: 1, maximum: RESOURCE_DEPTH_MAX })),
})
export type Wanted = Readonly<Static<typeof Wanted>>

const UrlState = Type.Union([
  Type.Literal('queued'),
  Type.Literal('begun'),
  Type.Literal('done'),
  Type.Literal('failed'),
  Type.Literal('skipped'),
])
export type UrlState = Static<typeof UrlState>

/** How a URL ended; absent before. */
export const UrlEnd = Type.Object({
  /** HTTP status, where a page was had. */
  status: Type.Optional(Type.Integer()),
  /** Error code, or why it was skipped. */
  code: Type.Optional(Type.String({ maxLength: 64 })),
  /** Of the content. */
  hash: Type.Optional(Hex64),
  bytes: Type.Optional(Count),
  contentType: Type.Optional(Type.String({ maxLength: 128 })),
  title: Type.Optional(Type.String({ maxLength: 300 })),
  how: Type.Optional(Type.String({ maxLength: 16 })),
  /** Where somebody is told of it: nothing was held before, or something else (`before`). */
  change: Type.Optional(Type.Union([Type.Literal('new'), Type.Literal('changed')])),
  before: Type.Optional(Hex64),
})
export type UrlEnd = Readonly<Static<typeof UrlEnd>>

const UrlRow = Type.Object({
  ...Wanted.properties,
  state: UrlState,
  tries: Count,
  /** When it was begun or ended last, logged time. */
  atMs: Type.Optional(Count),
  end: Type.Optional(UrlEnd),
})
export type UrlRow = Readonly<Static<typeof UrlRow>>

/** The crawl has URLs of it left. */
const ActiveRow = Type.Object({ host: Hostname })

/** Of one crawl on one host. */
/** A member, from one start of its process to its end. */
export const Life = Type.Object({ member: Hex32, life: Hex32 })
export type Life = Readonly<Static<typeof Life>>

const SumRow = Type.Object({
  fetched: Count,
  /** URLs in its queues or begun; absent: not counted. */
  open: Type.Optional(Count),
  /** No URL of its queue stands before it; absent: not known. */
  from: Type.Optional(Type.String({ maxLength: SK_BYTES_MAX })),
  /** Who scheduled it last; absent: not known. */
  by: Type.Optional(Life),
})
export type SumRow = Readonly<Static<typeof SumRow>>

/** Of URLs of one kind. */
const TrapRow = Type.Object({ count: Count, told: Count })
export type TrapRow = Readonly<Static<typeof TrapRow>>

/** Hosts of one address: those that ask it, and those that wait. Logged times. */
const AddressRow = Type.Object({
  shares: Type.Array(
    Type.Object({ host: Hostname, fence: Count, connections: Count, untilMs: Count }),
  ),
  waiting: Type.Array(Type.Object({ host: Hostname, untilMs: Count })),
})
export type AddressRow = Readonly<Static<typeof AddressRow>>

const URL_COUNTS = {
  queued: Count,
  done: Count,
  failed: Count,
  skipped: Count,
  /** Of those that are done: copies that were held, and used without a request. */
  held: Type.Optional(Count),
  ...RESOURCE_COUNTS,
  bytes: Count,
}

/** What is counted of one host. */
export const HOST_COUNTS = {
  host: Hostname,
  /** Messages with URLs that were sent to it, and that it took. */
  sent: Count,
  arrived: Count,
  ...URL_COUNTS,
}

/** Sums over the tallies of one host. */
const TallyRow = Type.Object({
  ...HOST_COUNTS,
  /** Pages that its scheduler may have begun, and under which fence that was asked last. */
  granted: Count,
  fence: Count,
})
export type TallyRow = Readonly<Static<typeof TallyRow>>

const CrawlState = Type.Union([
  Type.Literal('running'),
  Type.Literal('paused'),
  Type.Literal('cancelled'),
  Type.Literal('done'),
])
export type CrawlState = Static<typeof CrawlState>

export const CrawlTotals = Type.Object(URL_COUNTS)
export type CrawlTotals = Readonly<Static<typeof CrawlTotals>>

const JobRow = Type.Object({
  /** As JSON: what it means knows whoever made it. */
  spec: Type.String({ maxLength: 32_768 }),
  /** Nick; absent: a guest. */
  by: Type.Optional(Type.String()),
  state: CrawlState,
  /** Of a crawl that is done: it had its `pages`, or nothing was left. */
  endedBy: Type.Optional(Type.Union([Type.Literal('all'), Type.Literal('pages')])),
  /** Whose run it is. */
  schedule: Type.Optional(Hex32),
  /** The webhook that is told of it: its own, or that of its schedule. */
  hook: Type.Optional(Hex32),
  pages: Type.Integer({ minimum: 1, maximum: CRAWL_PAGES_MAX }),
  granted: Count,
  totals: CrawlTotals,
  hosts: Count,
  /** Hosts of which something is not ended, or under way to them. */
  openHosts: Count,
  startedAtMs: Count,
  changedAtMs: Count,
  endedAtMs: Type.Optional(Count),
})
export type JobRow = Readonly<Static<typeof JobRow>>

export const readActiveRow = rowReader(ActiveRow)
export const readUrlRow = rowReader(UrlRow)
export const readSumRow = rowReader(SumRow)
export const readAddressRow = rowReader(AddressRow)
export const readTrapRow = rowReader(TrapRow)
export const readTallyRow = rowReader(TallyRow)
export const readJobRow = rowReader(JobRow)
