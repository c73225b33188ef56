/**
 * The JSON of what is extracted from pages: schemas for the gateway and OpenAPI, types for clients
 * and the page.
 *
 *     POST /pages/{id}/extract   ExtractSpec -> 200 Extracted
 *     GET  /pages/{id}/text      text/plain
 *     GET  /pages/{id}/markdown  text/markdown
 *     GET  /crawls/{id}/extracted?limit=&cursor=   CrawlExtracts
 */
import { Type, type Static } from 'typebox'

import {
  EXTRACT_ATTRIBUTE_CHARS_MAX,
  EXTRACT_FIELDS_MAX,
  EXTRACT_NAME_CHARS_MAX,
  EXTRACT_SELECTOR_CHARS_MAX,
} from './extract-bounds.ts'

const Text = Type.String()
const CLOSED = { additionalProperties: false } as const

/** CSS, of Selectors Level 4 what makes sense for a page that stands still. */
const Selector = Type.String({ minLength: 1, maxLength: EXTRACT_SELECTOR_CHARS_MAX })
const Attribute = Type.String({ minLength: 1, maxLength: EXTRACT_ATTRIBUTE_CHARS_MAX })
const NAME = `^.{1,${EXTRACT_NAME_CHARS_MAX}}$`

/** What is taken of an element: its text, or an attribute; addresses in it are made whole. */
const Leaf = {
  selector: Selector,
  /** Each element that matches, as a list; else the first, or null. */
  all: Type.Optional(Type.Boolean()),
  attribute: Type.Optional(Attribute),
}
const LeafField = Type.Union([Selector, Type.Object(Leaf, CLOSED)])

/** With `fields` an element becomes an object of what is found below it. */
const Field = Type.Union([
  Selector,
  Type.Object(
    {
      ...Leaf,
      fields: Type.Optional(
        Type.Record(Type.String({ pattern: NAME }), LeafField, {
          ...CLOSED,
          maxProperties: EXTRACT_FIELDS_MAX,
        }),
      ),
    },
    CLOSED,
  ),
])
export type ExtractField = Readonly<Static<typeof Field>>

export const ExtractSpec = Type.Object(
  {
    fields: Type.Optional(
      Type.Record(Type.String({ pattern: NAME }), Field, {
        ...CLOSED,
        maxProperties: EXTRACT_FIELDS_MAX,
      }),
    ),
    /** Each JSON-LD document of the page. */
    jsonLd: Type.Optional(Type.Boolean()),
    /** OpenGraph, Twitter's cards, description and author. */
    openGraph: Type.Optional(Type.Boolean()),
    /** The article without what stands around it. */
    text: Type.Optional(Type.Boolean()),
    /** The article; `page`: with what stands around it. */
    markdown: Type.Optional(Type.Union([Type.Boolean(), Type.Literal('page')])),
    links: Type.Optional(Type.Boolean()),
    tables: Type.Optional(Type.Boolean()),
  },
  CLOSED,
)
export type ExtractSpec = Readonly<Static<typeof ExtractSpec>>

const LeafValue = Type.Union([Type.Null(), Text, Type.Array(Text)])
const FieldObject = Type.Record(Text, LeafValue)
export const FieldValue = Type.Union([LeafValue, FieldObject, Type.Array(FieldObject)])
export type FieldValue = Static<typeof FieldValue>

export const ExtractedArticle = Type.Object({
  title: Type.Optional(Text),
  byline: Type.Optional(Text),
  site: Type.Optional(Text),
  /** As the page writes it. */
  published: Type.Optional(Text),
  language: Type.Optional(Text),
  excerpt: Type.Optional(Text),
  text: Text,
})
export type ExtractedArticle = Static<typeof ExtractedArticle>

export const ExtractedLink = Type.Object({
  url: Text,
  text: Text,
  /** As the page writes it: `nofollow`. */
  rel: Type.Optional(Text),
})
export type ExtractedLink = Static<typeof ExtractedLink>

export const ExtractedTable = Type.Object({
  caption: Type.Optional(Text),
  /** How many of the rows are headings. */
  headRows: Type.Integer({ minimum: 0 }),
  /** A cell over several columns stands in the first of them. */
  rows: Type.Array(Type.Array(Text)),
})
export type ExtractedTable = Static<typeof ExtractedTable>

export const Extracted = Type.Object({
  /** Of the page. */
  id: Text,
  url: Text,
  /** Hex SHA-256 of the content that this was taken from. */
  hash: Text,
  fields: Type.Optional(Type.Record(Text, FieldValue)),
  jsonLd: Type.Optional(Type.Array(Type.Unknown())),
  openGraph: Type.Optional(Type.Record(Text, Type.Union([Text, Type.Array(Text)]))),
  text: Type.Optional(ExtractedArticle),
  markdown: Type.Optional(Text),
  links: Type.Optional(Type.Array(ExtractedLink)),
  tables: Type.Optional(Type.Array(ExtractedTable)),
  /** What there was more of than is told. */
  cut: Type.Optional(Type.Array(Text)),
})
export type Extracted = Static<typeof Extracted>

export const CrawlExtracts = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Text,
      url: Text,
      extracted: Type.Optional(Extracted),
      /** Why there is nothing. */
      code: Type.Optional(Text),
    }),
  ),
  cursor: Type.Optional(Text),
})
export type CrawlExtracts = Static<typeof CrawlExtracts>
