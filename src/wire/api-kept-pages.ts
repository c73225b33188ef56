/**
 * The JSON of `POST /v1/pages/kept`: which of some addresses the archive has, all at once.
 */
import { Type, type Static } from 'typebox'

const Text = Type.String()
const URL_CHARS_MAX = 8_192
/** A list of dweets has fewer. */
const URLS_MAX = 50

export const KeptQuestion = Type.Object(
  {
    urls: Type.Array(Type.String({ maxLength: URL_CHARS_MAX }), {
      minItems: 1,
      maxItems: URLS_MAX,
    }),
  },
  { additionalProperties: false },
)
export type KeptQuestion = Static<typeof KeptQuestion>

export const KeptPage = Type.Object({
  /** As it was asked for. */
  url: Text,
  /** Of the page: where it is shown says `/pages/{id}/view`. */
  id: Text,
  title: Type.Union([Text, Type.Null()]),
  /** When the site was last asked for it. */
  fetchedAt: Type.String({ format: 'date-time' }),
})
export type KeptPage = Readonly<Static<typeof KeptPage>>

/** Those that are kept; of the others nothing is said. */
export const KeptPages = Type.Object({ items: Type.Array(KeptPage) })
export type KeptPages = Readonly<Static<typeof KeptPages>>
