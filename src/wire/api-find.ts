/**
 * The JSON of `/v1/find`, the one search over all that the ring has.
 *
 *     GET /find?q=&kinds=pages,files&limit=   Findings: a group for each kind
 *     GET /find?q=&kinds=files&cursor=        the same, one kind alone, gone on with
 */
import { Type, type Static } from 'typebox'

import { Dweet } from './api-dweets.ts'
import { FileEntry } from './api-files.ts'
import { SearchResult } from './api-search.ts'
import { Share } from './api-shares.ts'
import { Problem } from './api.ts'
import { FIND_KINDS, type FindKind } from './find-kinds.ts'

const SHARED = {
  /** How many there are, as far as was looked; absent: nobody counts them. */
  found: Type.Optional(Type.Integer({ minimum: 0 })),
  /** There may be more: given again with this kind alone, the list goes on. */
  cursor: Type.Optional(Type.String()),
  /** Why nothing of this kind could be looked at. */
  problem: Type.Optional(Problem),
}

/** Best first; dweets the newest first. */
export const FoundGroup = Type.Union([
  Type.Object({ kind: Type.Literal('pages'), items: Type.Array(SearchResult), ...SHARED }),
  Type.Object({ kind: Type.Literal('files'), items: Type.Array(FileEntry), ...SHARED }),
  Type.Object({ kind: Type.Literal('dweets'), items: Type.Array(Dweet), ...SHARED }),
  Type.Object({ kind: Type.Literal('shares'), items: Type.Array(Share), ...SHARED }),
])
export type FoundGroup = Readonly<Static<typeof FoundGroup>>

export const Findings = Type.Object({
  /** One for each kind that was asked for, or that who asks may read. */
  groups: Type.Array(FoundGroup),
  /** Kinds of which not all could be looked at: there may be more than is told. */
  incomplete: Type.Array(
    Type.Unsafe<FindKind>(Type.Union(FIND_KINDS.map((kind) => Type.Literal(kind)))),
  ),
})
export type Findings = Readonly<Static<typeof Findings>>
