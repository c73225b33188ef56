/**
 * What people let applications do: the scopes of OAuth 2.0 (RFC 6749, 3.3) that Mastodon has
 * (docs.joinmastodon.org/api/oauth-scopes). `read` holds all `read:x`, `write` all `write:x`;
 * `follow` is the older name for those about people. Pure.
 */
import type { Permission } from './permissions.ts'

const READ =
  'accounts blocks bookmarks favourites filters follows lists mutes notifications search statuses'
const WRITE =
  'accounts blocks bookmarks conversations favourites filters follows lists media mutes ' +
  'notifications reports statuses'

/** Those that are no part of another one. */
const WHOLE = ['read', 'write', 'follow', 'push', 'profile'] as const

export const OAUTH_SCOPES: readonly string[] = [
  ...WHOLE,
  ...READ.split(' ').map((what) => `read:${what}`),
  ...WRITE.split(' ').map((what) => `write:${what}`),
]

/** What an application has that asks for nothing. */
export const SCOPES_DEFAULT: readonly string[] = ['read']
/** Fits all of them. */
export const SCOPES_CHARS_MAX = 1_000

const KNOWN: ReadonlySet<string> = new Set(OAUTH_SCOPES)
const OF_FOLLOW = /^(?:read|write):(?:blocks|follows|mutes)$/

/** Each once, in their order; `undefined`: one is none. */
export function readScopes(text: string): readonly string[] | undefined {
  if (text.length > SCOPES_CHARS_MAX) return undefined
  const scopes = [...new Set(text.split(/[\s+]+/).filter(Boolean))]
  return scopes.every((scope) => KNOWN.has(scope)) ? scopes : undefined
}

/** Whether who has these may what needs that one. */
export function hasScope(scopes: readonly string[], needed: string): boolean {
  const [whole = ''] = needed.split(':')
  return scopes.some((scope) => {
    if (scope === needed || scope === whole) return true
    return scope === 'follow' && OF_FOLLOW.test(needed)
  })
}

/** Of what the account may, what its application may at most. */
export function permissionsOfScopes(scopes: readonly string[]): ReadonlySet<Permission> {
  const reads = scopes.some((scope) => /^(?:read|follow)\b/.test(scope))
  const writes = scopes.some((scope) => /^(?:write|follow)\b/.test(scope))
  return new Set<Permission>([
    ...(reads || writes || scopes.includes('profile') ? (['dweets.read'] as const) : []),
    ...(writes ? (['dweets.write', 'dweets.moderate'] as const) : []),
  ])
}

/**
 * As `permissionsOfScopes`, beyond the API of Mastodon, where nobody looks at parts of scopes:
 * there a part counts for nothing, as it would count for the whole.
 */
export function permissionsOfWholeScopes(scopes: readonly string[]): ReadonlySet<Permission> {
  return new Set<Permission>([
    ...(scopes.includes('read') ? (['dweets.read'] as const) : []),
    ...(scopes.includes('write') ? (['dweets.write', 'dweets.moderate'] as const) : []),
  ])
}
