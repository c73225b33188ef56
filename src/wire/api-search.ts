/**
 * The JSON of `/v1/search`: schemas for the gateway and OpenAPI, types for clients and the page.
 *
 *     GET /search?q=&limit=&cursor=   SearchResults, best first
 */
import { Type, type Static } from 'typebox'

const Text = Type.String()
const Place = Type.Integer({ minimum: 0 })

export const SearchSnippet = Type.Object({
  text: Text,
  /** Where the words stand in it: first UTF-16 unit, and that behind the last. */
  marks: Type.Array(Type.Tuple([Place, Place])),
})
export type SearchSnippet = Static<typeof SearchSnippet>

export const SearchResult = Type.Object({
  /** Of the page. */
  id: Text,
  url: Text,
  title: Type.Union([Text, Type.Null()]),
  contentType: Text,
  /** Since when the page has had this content, as far as the ring knows. */
  since: Text,
  fetchedAt: Text,
  snippet: SearchSnippet,
  /** Results that are nearly the same, and are not told: `unfold=true` tells them. */
  folded: Type.Optional(Type.Integer({ minimum: 1 })),
})
export type SearchResult = Static<typeof SearchResult>

export const SearchResults = Type.Object({
  items: Type.Array(SearchResult),
  /**
   * Pages that have the words, each once, as the index knows them, without those that were looked
   * up for this answer and are none. Of phrases it knows the words alone.
   */
  found: Place,
  /** Not all could be looked at: parts of the ring did not answer, or it was too much. */
  isPartial: Type.Boolean(),
  cursor: Type.Optional(Text),
})
export type SearchResults = Static<typeof SearchResults>
