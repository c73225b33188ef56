/** Where in the microblog one is, as it stands in the address of the page (`at=`). Pure. */

export type DweetPlace =
  | { readonly kind: 'home' | (typeof SIMPLE)[number] }
  /** A list of people. */
  | { readonly kind: 'list'; readonly id: string }
  | { readonly kind: 'search'; readonly words: string }
  /** `tag`: without `#`. */
  | { readonly kind: 'tag'; readonly tag: string }
  | { readonly kind: 'dweet'; readonly id: string }
  /** The home, with this in what is being written. */
  | { readonly kind: 'write'; readonly text: string }
  | { readonly kind: 'person'; readonly nick: string; readonly part: PersonPart }

export type PersonPart = 'dweets' | 'followers' | 'following'

const SIMPLE = ['local', 'bookmarks', 'notifications', 'lists', 'reports', 'settings'] as const
const SEARCH = 'search:'
const WRITE = 'write:'
const LIST = /^list:(\d+)$/
const DWEET = /^\d+$/
const PERSON = /^@([a-z0-9_]+)(?:\/(followers|following))?$/i

/** What leads nowhere is the home. */
export function parsePlace(at = ''): DweetPlace {
  const simple = SIMPLE.find((one) => one === at)
  if (simple !== undefined) return { kind: simple }
  if (at.startsWith(SEARCH)) return { kind: 'search', words: at.slice(SEARCH.length) }
  if (at.startsWith(WRITE)) return { kind: 'write', text: at.slice(WRITE.length) }
  if (at.startsWith('#') && at.length > 1) return { kind: 'tag', tag: at.slice(1) }
  const [, list] = LIST.exec(at) ?? []
  if (list !== undefined) return { kind: 'list', id: list }
  if (DWEET.test(at)) return { kind: 'dweet', id: at }
  const [, nick, part] = PERSON.exec(at) ?? []
  if (nick === undefined) return { kind: 'home' }
  return { kind: 'person', nick: nick.toLowerCase(), part: partOf(part) }
}

function partOf(part: string | undefined): PersonPart {
  return part === 'followers' || part === 'following' ? part : 'dweets'
}

/** `undefined`: the home. */
export function placeText(place: DweetPlace): string | undefined {
  switch (place.kind) {
    case 'home':
      return undefined
    case 'search':
      return SEARCH + place.words
    case 'write':
      return WRITE + place.text
    case 'tag':
      return `#${place.tag}`
    case 'dweet':
      return place.id
    case 'list':
      return `list:${place.id}`
    case 'person':
      return place.part === 'dweets' ? `@${place.nick}` : `@${place.nick}/${place.part}`
    case 'local':
    case 'bookmarks':
    case 'notifications':
    case 'lists':
    case 'reports':
    case 'settings':
      return place.kind
  }
}

/** What was typed to look for: a person, a tag, or words. */
export function placeOfTyped(typed: string): DweetPlace {
  const text = typed.trim()
  const place = parsePlace(text)
  return place.kind === 'person' || place.kind === 'tag' ? place : { kind: 'search', words: text }
}
