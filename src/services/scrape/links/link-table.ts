/** Which attributes of which elements lead where (WHATWG HTML, 4.12 and the elements named). */

/**
 * `page`: a reader goes there. `resource`: a page needs it to look right. `feed`: RSS or Atom.
 */
export type LinkKind = 'page' | 'resource' | 'feed'

/** An attribute that holds one URL, or several with descriptors (`srcset`). */
interface LinkAttribute {
  readonly kind: LinkKind
  readonly isSet?: true
}

const PAGE: LinkAttribute = { kind: 'page' }
const RESOURCE: LinkAttribute = { kind: 'resource' }
const RESOURCES: LinkAttribute = { kind: 'resource', isSet: true }

/** `link`, `meta` and `base` are read by themselves: their attributes depend on each other. */
const TABLE: Readonly<Record<string, Readonly<Record<string, LinkAttribute>>>> = {
  a: { href: PAGE },
  area: { href: PAGE },
  iframe: { src: PAGE },
  frame: { src: PAGE },
  img: { src: RESOURCE, srcset: RESOURCES },
  image: { href: RESOURCE, 'xlink:href': RESOURCE, src: RESOURCE },
  script: { src: RESOURCE },
  source: { src: RESOURCE, srcset: RESOURCES },
  video: { src: RESOURCE, poster: RESOURCE },
  audio: { src: RESOURCE },
  track: { src: RESOURCE },
  embed: { src: RESOURCE },
  object: { data: RESOURCE },
  input: { src: RESOURCE },
  body: { background: RESOURCE },
  table: { background: RESOURCE },
  td: { background: RESOURCE },
  th: { background: RESOURCE },
  use: { href: RESOURCE, 'xlink:href': RESOURCE },
}

/** Attributes of which more is read than where they lead. */
const OTHER: Readonly<Record<string, readonly string[]>> = {
  a: ['rel'],
  area: ['rel'],
  base: ['href'],
  link: ['href', 'rel', 'type', 'imagesrcset'],
  meta: ['name', 'content', 'http-equiv'],
}

const LINKS: ReadonlyMap<string, ReadonlyMap<string, LinkAttribute>> = new Map(
  Object.entries(TABLE).map(([tag, row]) => [tag, new Map(Object.entries(row))]),
)

const READ: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  [...new Set([...Object.keys(TABLE), ...Object.keys(OTHER)])].map((tag) => [
    tag,
    new Set([...Object.keys(TABLE[tag] ?? {}), ...(OTHER[tag] ?? [])]),
  ]),
)

/** The attributes of `tag` that are read beside `style`; `undefined`: none. */
export function attributesRead(tag: string): ReadonlySet<string> | undefined {
  return READ.get(tag)
}

/** What an attribute of `tag` leads to. */
export function linkAttribute(tag: string, name: string): LinkAttribute | undefined {
  return LINKS.get(tag)?.get(name)
}

/**
 * What `<link rel=… type=…>` leads to; `undefined`: nothing to fetch (`preconnect`, `pingback`).
 */
export function linkRelation(rel: string, type: string): LinkKind | undefined {
  const relations = new Set(rel.toLowerCase().split(/\s+/))
  if (relations.has('stylesheet')) return 'resource'
  if (relations.has('alternate')) return FEED_TYPE.test(type) ? 'feed' : 'page'
  if (PAGE_RELATIONS.some((relation) => relations.has(relation))) return 'page'
  return RESOURCE_RELATIONS.some((relation) => relations.has(relation)) ? 'resource' : undefined
}

const FEED_TYPE = /^\s*application\/(?:rss|atom|rdf)\+xml/i
const PAGE_RELATIONS = ['canonical', 'next', 'prev', 'amphtml']
const RESOURCE_RELATIONS = [
  'icon',
  'apple-touch-icon',
  'apple-touch-icon-precomposed',
  'mask-icon',
  'manifest',
  'preload',
  'modulepreload',
]
