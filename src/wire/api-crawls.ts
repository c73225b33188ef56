/**
 * The JSON of `/v1/crawls`: schemas for the gateway and OpenAPI, types for clients and the page.
 * Instants are ISO 8601 in UTC.
 *
 *     POST /crawls                        CrawlRequest -> 201 Crawl
 *     GET  /crawls?limit=&cursor=         CrawlList, newest first
 *     GET  /crawls/{id}                   Crawl
 *     POST /crawls/{id}/pause|resume|cancel   Crawl
 *     DELETE /crawls/{id}                 204
 *     GET  /crawls/{id}/hosts?limit=&cursor=  CrawlHosts
 *     GET  /crawls/{id}/urls?limit=&cursor=&state=   CrawlUrls
 *     POST /crawls/{id}/webhook/test      202 Webhook
 *     GET  /crawls/{id}/events            server-sent events: Crawl, whenever it changed
 */
import { Type, type Static } from 'typebox'

import { ExtractSpec } from './api-extract.ts'
import { Webhook, WebhookSpec } from './api-webhooks.ts'
import {
  CRAWL_CONNECTIONS_MAX,
  CRAWL_DELAY_MAX_S,
  CRAWL_DEPTH_MAX,
  CRAWL_HOPS_MAX,
  CRAWL_PAGES_MAX,
  CRAWL_PATTERN_CHARS_MAX,
  CRAWL_PATTERNS_MAX,
  CRAWL_SCOPES,
  CRAWL_SEEDS_MAX,
  CRAWL_URL_STATES,
} from './crawl-bounds.ts'
import { Vantage } from './vantage.ts'

const Text = Type.String()
const Count = Type.Integer({ minimum: 0 })
const Instant = Type.String({ format: 'date-time' })
const CLOSED = { additionalProperties: false } as const
const Cursor = Type.Optional(Type.String({ description: 'absent on the last page' }))

const Url = Type.String({ minLength: 1, maxLength: 8_192 })

export const CrawlScope = Type.Unsafe<(typeof CRAWL_SCOPES)[number]>(
  Type.Union(CRAWL_SCOPES.map((name) => Type.Literal(name))),
)
export type CrawlScope = Static<typeof CrawlScope>

const Patterns = Type.Array(Type.String({ minLength: 1, maxLength: CRAWL_PATTERN_CHARS_MAX }), {
  maxItems: CRAWL_PATTERNS_MAX,
})

export const CrawlRequest = Type.Object(
  {
    seeds: Type.Array(Url, { minItems: 1, maxItems: CRAWL_SEEDS_MAX }),
    scope: Type.Optional(CrawlScope),
    /** Of those only what matches one of these (docs/crawls.md, *Patterns*). */
    include: Type.Optional(Patterns),
    /** Never what matches one of these. */
    exclude: Type.Optional(Patterns),
    /** So many links out of the scope are followed; 0. */
    extraHops: Type.Optional(Type.Integer({ minimum: 0, maximum: CRAWL_HOPS_MAX })),
    /** Images, style sheets, scripts and fonts of pages, wherever they lie; true. */
    resources: Type.Optional(Type.Boolean()),
    /** Pages are drawn by a browser, too, and links of what came of it are followed. */
    render: Type.Optional(Type.Boolean()),
    /**
     * Whether addresses in sitemaps that robots.txt names, and in feeds of pages, belong to it;
     * true for the scopes `prefix`, `host` and `domain`.
     */
    sitemaps: Type.Optional(Type.Boolean()),
    /** Fetched at most, resources among them; 10,000 where it is absent. */
    pages: Type.Optional(Type.Integer({ minimum: 1, maximum: CRAWL_PAGES_MAX })),
    /** Links followed from a seed on; 20. */
    depth: Type.Optional(Type.Integer({ minimum: 0, maximum: CRAWL_DEPTH_MAX })),
    /** Seconds from one request to a host to the next; 1. */
    delay: Type.Optional(Type.Number({ minimum: 0, maximum: CRAWL_DELAY_MAX_S })),
    /** At once, to a host; 1. */
    connections: Type.Optional(Type.Integer({ minimum: 1, maximum: CRAWL_CONNECTIONS_MAX })),
    /** Seconds: copies that are held and younger will do; 0. */
    maxAge: Type.Optional(Type.Integer({ minimum: 0 })),
    /**
     * Copies that are held are asked for again when that is due by how often they changed before,
     * and are used without a request until then.
     */
    recrawl: Type.Optional(Type.Literal('adaptive')),
    /** Who is told of it. */
    webhook: Type.Optional(WebhookSpec),
    /** Whose network fetches: a member’s name, or the label of a host of members. */
    vantage: Type.Optional(Vantage),
    /** From each page, when somebody reads it: `/v1/crawls/{id}/extracted`, exports. */
    extract: Type.Optional(ExtractSpec),
  },
  CLOSED,
)
export type CrawlRequest = Readonly<Static<typeof CrawlRequest>>

/** Images, style sheets, scripts and fonts of pages. */
export const ResourceCounts = Type.Object({
  queued: Count,
  done: Count,
  failed: Count,
  skipped: Count,
})
export type ResourceCounts = Readonly<Static<typeof ResourceCounts>>

export const CrawlCounts = Type.Object({
  /** Known URLs. */
  queued: Count,
  done: Count,
  failed: Count,
  skipped: Count,
  /** Of those that are done: copies that were held, and used without a request. */
  held: Type.Optional(Count),
  bytes: Count,
  /** How many of all these are what pages need to look right; the others are pages. */
  resources: Type.Optional(ResourceCounts),
})
export type CrawlCounts = Readonly<Static<typeof CrawlCounts>>

const CrawlState = Type.Union([
  Type.Literal('running'),
  Type.Literal('paused'),
  Type.Literal('cancelled'),
  Type.Literal('done'),
])

export const Crawl = Type.Object({
  id: Text,
  request: CrawlRequest,
  /** Nick; null: a guest. */
  by: Type.Union([Text, Type.Null()]),
  state: CrawlState,
  /** Of one that is done: nothing was left (`all`), or it has its pages. */
  endedBy: Type.Optional(Type.Union([Type.Literal('all'), Type.Literal('pages')])),
  /** It is a run of this one: `/v1/schedules/{id}`. */
  schedule: Type.Optional(Text),
  /** Who is told of it, and how that goes. */
  webhook: Type.Optional(Webhook),
  counts: CrawlCounts,
  hosts: Count,
  startedAt: Instant,
  changedAt: Instant,
  endedAt: Type.Optional(Instant),
})
export type Crawl = Readonly<Static<typeof Crawl>>

export const CrawlList = Type.Object({ items: Type.Array(Crawl), cursor: Cursor })
export type CrawlList = Readonly<Static<typeof CrawlList>>

export const CrawlHost = Type.Object({ host: Text, ...CrawlCounts.properties })
export type CrawlHost = Readonly<Static<typeof CrawlHost>>
export const CrawlHosts = Type.Object({ items: Type.Array(CrawlHost), cursor: Cursor })
export type CrawlHosts = Readonly<Static<typeof CrawlHosts>>

export const CrawlUrlState = Type.Unsafe<(typeof CRAWL_URL_STATES)[number]>(
  Type.Union(CRAWL_URL_STATES.map((name) => Type.Literal(name))),
)

export const CrawlUrl = Type.Object({
  url: Text,
  /** Of the page, for `/v1/pages/{id}`. */
  id: Text,
  state: CrawlUrlState,
  /** A page needs it to look right. */
  isResource: Type.Optional(Type.Literal(true)),
  depth: Count,
  tries: Count,
  status: Type.Optional(Type.Integer()),
  code: Type.Optional(Text),
  hash: Type.Optional(Text),
  bytes: Type.Optional(Count),
  contentType: Type.Optional(Text),
  title: Type.Optional(Text),
  how: Type.Optional(Text),
  /** Where a webhook is told: nothing was held before, or something else. */
  change: Type.Optional(Type.Union([Type.Literal('new'), Type.Literal('changed')])),
  /** Hash of what was held before. */
  before: Type.Optional(Text),
  at: Type.Optional(Instant),
})
export type CrawlUrl = Readonly<Static<typeof CrawlUrl>>
export const CrawlUrls = Type.Object({ items: Type.Array(CrawlUrl), cursor: Cursor })
export type CrawlUrls = Readonly<Static<typeof CrawlUrls>>
