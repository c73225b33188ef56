/** What a member asks of another whose network is to fetch a page. */
import { Type, type Static } from 'typebox'

import { SECOND_MS } from '../base/limits.ts'
import { Page, Problem } from './api.ts'
import { defineMethod } from './method.ts'
import { PageLink, StoredBody } from './pages.ts'
import { Hex32, Partition } from './shapes.ts'

/** What a whole download may take, and the answer on its way. */
const TIMEOUT_MS = 130 * SECOND_MS

const Headers = Type.Array(Type.Tuple([Type.String(), Type.String()]))

const FetchedFor = Type.Union([
  Type.Object({
    kind: Type.Literal('page'),
    fetched: Type.Omit(Page, ['id', 'url', 'fetchedAt', 'fetchedBy']),
    /** Its chunks are put for the upload of who asked. */
    body: StoredBody,
    links: Type.Optional(Type.Array(PageLink)),
  }),
  Type.Object({
    kind: Type.Literal('notModified'),
    headers: Headers,
    remoteAddress: Type.String(),
    durationMs: Type.Number({ minimum: 0 }),
  }),
  Type.Object({
    kind: Type.Literal('failed'),
    code: Type.String(),
    details: Problem.properties.details,
    /** Some host gave an answer on the way. */
    isAnswered: Type.Boolean(),
  }),
])
export type FetchedFor = Static<typeof FetchedFor>

/** The page is kept by who asks. */
export const fetchFor = defineMethod({
  name: 'pages.fetch',
  question: Type.Object({
    url: Type.String({ minLength: 1, maxLength: 2_048 }),
    /** `If-None-Match`, `If-Modified-Since`. */
    conditions: Headers,
    upload: Type.Object({ id: Hex32, partition: Partition }),
    links: Type.Boolean(),
  }),
  answer: FetchedFor,
  timeoutMs: TIMEOUT_MS,
  // The site would be asked twice.
  idempotent: false,
})
