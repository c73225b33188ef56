/** Addresses of the open door, as people paste them where a name is asked for. Pure. */

const PLACE = /^\/share\/(?:n\/(?<name>[^/]+)|(?<root>[0-9a-f]{64})(?:\/[^/]*)?)$/i

/** What stands there, and where. */
export type ShareAddress =
  | { readonly kind: 'root'; readonly root: string; readonly url: string }
  | { readonly kind: 'name'; readonly name: string; readonly url: string }

/** Of `http://HOST/share/ROOT` or `http://HOST/share/n/NAME`; `undefined`: it is something else. */
export function shareAddressOf(text: string): ShareAddress | undefined {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined
  const { origin, pathname } = new URL(text)
  const { name, root } = PLACE.exec(pathname)?.groups ?? {}
  if (root !== undefined) {
    const lower = root.toLowerCase()
    return { kind: 'root', root: lower, url: `${origin}/share/${lower}` }
  }
  if (name === undefined) return undefined
  try {
    return { kind: 'name', name: decodeURIComponent(name), url: `${origin}${pathname}` }
  } catch {
    return undefined
  }
}
