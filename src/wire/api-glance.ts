/** The JSON of `GET /v1/glance`: the newest of each service, for whoever asks. */
import { Type, type Static } from 'typebox'

import { Crawl } from './api-crawls.ts'
import { Publication } from './api-dweets.ts'
import { FileEntry } from './api-files.ts'
import { Share } from './api-shares.ts'
import { FEED_KINDS, type FeedKind } from './feed-kinds.ts'

/**
 * What is absent is not for whoever asks, or cannot be read now: then it stands in `incomplete`.
 */
export const Glance = Type.Object({
  /** Of the ring, those that began last. */
  crawls: Type.Optional(Type.Array(Crawl)),
  /** Of one’s own folder, whatever they lie in: those that changed last. */
  files: Type.Optional(Type.Array(FileEntry)),
  dweets: Type.Optional(
    Type.Object({
      /** Of those whom one follows; up to 1,000. */
      unseen: Type.Integer({ minimum: 0 }),
      /** Unseen ones, the oldest first; where there are none, older ones, the newest first. */
      items: Type.Array(Publication),
    }),
  ),
  /** Of the ring, those shared last. */
  shares: Type.Optional(Type.Array(Share)),
  incomplete: Type.Array(
    Type.Unsafe<FeedKind>(Type.Union(FEED_KINDS.map((kind) => Type.Literal(kind)))),
  ),
})
export type Glance = Readonly<Static<typeof Glance>>
