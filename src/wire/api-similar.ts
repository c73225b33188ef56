/** The JSON of `/v1/pages/ID/similar`: pages that are nearly the same. */
import { Type, type Static } from 'typebox'

import { SearchResult } from './api-search.ts'

export const SimilarPage = Type.Object({
  ...Type.Pick(SearchResult, ['id', 'url', 'title', 'contentType', 'since', 'fetchedAt'])
    .properties,
  /** Bits of 64 in which the hashes of their texts differ. */
  distance: Type.Integer({ minimum: 0 }),
})
export type SimilarPage = Static<typeof SimilarPage>

/** Nearest first. */
export const SimilarPages = Type.Object({
  items: Type.Array(SimilarPage),
  /** The page itself has such a hash: it is indexed, and has enough words. */
  isCompared: Type.Boolean(),
  /** Parts of the ring did not answer. */
  isPartial: Type.Boolean(),
})
export type SimilarPages = Static<typeof SimilarPages>
