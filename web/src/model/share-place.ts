/** Where among the shares one is, as it stands in the address of the page (`at=`). Pure. */
import { shareAddressOf } from '../../../src/wire/share-address.ts'

export type SharePlace =
  | { readonly kind: (typeof SIMPLE)[number] }
  | { readonly kind: 'share'; readonly id: string }
  | { readonly kind: 'download'; readonly id: string }
  /** What stands under a name outside; empty: none was typed so far. */
  | { readonly kind: 'lookup'; readonly name: string }

const SIMPLE = ['shares', 'downloads', 'network'] as const
const LOOKUP = 'lookup'
const NAMED = /^(share|download):([0-9a-f]+)$/

/** What leads nowhere is the list of shares. */
export function parseSharePlace(at = ''): SharePlace {
  const simple = SIMPLE.find((one) => one === at)
  if (simple !== undefined) return { kind: simple }
  if (at === LOOKUP) return { kind: 'lookup', name: '' }
  if (at.startsWith(`${LOOKUP}:`)) return { kind: 'lookup', name: at.slice(LOOKUP.length + 1) }
  const [, kind, id = ''] = NAMED.exec(at) ?? []
  return kind === 'share' || kind === 'download' ? { kind, id } : { kind: 'shares' }
}

/** `undefined`: the list of shares. */
export function sharePlaceText(place: SharePlace): string | undefined {
  switch (place.kind) {
    case 'shares':
      return undefined
    case 'downloads':
    case 'network':
      return place.kind
    case 'share':
    case 'download':
      return `${place.kind}:${place.id}`
    case 'lookup':
      return place.name === '' ? LOOKUP : `${LOOKUP}:${place.name}`
  }
}

export type Wanted =
  | { readonly kind: 'magnet'; readonly magnet: string }
  /** `url`: who has it. */
  | { readonly kind: 'root'; readonly root: string; readonly url?: string }
  | { readonly kind: 'name'; readonly name: string; readonly url?: string }

/** What was typed or pasted by somebody who wants to have something. */
export function wantedOf(typed: string): Wanted {
  const text = typed.trim()
  if (/^magnet:/i.test(text)) return { kind: 'magnet', magnet: text }
  if (/^[0-9a-f]{64}$/i.test(text)) return { kind: 'root', root: text.toLowerCase() }
  return shareAddressOf(text) ?? { kind: 'name', name: text }
}
