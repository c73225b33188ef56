/** What an address at the open door asks for. Pure. */

export type Asked =
  /** All that is shared as this name. */
  | { readonly kind: 'name'; readonly name: string }
  /** `file`: the name at the end of the address, which some clients add. */
  | { readonly kind: 'content'; readonly root: string; readonly file?: string }
  | { readonly kind: 'tree' | 'have' | 'torrent'; readonly root: string }

const ABOUT: ReadonlySet<string> = new Set(['tree', 'have', 'torrent'])

/**
 * Names come as one part of the address, percent-encoded; what stands behind a `?` is passed over.
 * `undefined`: there is no such address.
 */
export function askedBy(target: string): Asked | undefined {
  const path = /^(\/[^?#]*)/.exec(target)?.[1]
  const [empty, share, first, ...rest] = path?.split('/') ?? []
  if (empty !== '' || share !== 'share' || first === undefined || rest.length > 1) return undefined
  const [last] = rest.map(decoded)
  if (rest.length === 1 && (last === undefined || last === '')) return undefined
  if (first === 'n') return last === undefined ? undefined : { kind: 'name', name: last }
  const root = first.toLowerCase()
  if (!/^[0-9a-f]{64}$/.test(root)) return undefined
  if (last === undefined) return { kind: 'content', root }
  if (ABOUT.has(last)) return { kind: last as 'tree' | 'have' | 'torrent', root }
  return { kind: 'content', root, file: last }
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}
