/** What the one search looks for (`api-find.ts`). Pure; the page has it, too. */
import type { Permission } from './permissions.ts'

/** In the order in which they are told. */
export const FIND_KINDS = ['pages', 'files', 'dweets', 'shares'] as const
export type FindKind = (typeof FIND_KINDS)[number]

/** What a kind is shown by: who may not do that finds nothing of it. */
export const FIND_NEEDS = {
  pages: 'pages.read',
  files: 'files.read',
  dweets: 'dweets.read',
  shares: 'shares.read',
} as const satisfies Record<FindKind, Permission>

export const FIND_QUERY_CHARS_MAX = 500
/** Results of each kind. */
export const FIND_LIMIT_DEFAULT = 5
export const FIND_LIMIT_MAX = 50

export function isFindKind(text: string): text is FindKind {
  return FIND_KINDS.some((kind) => kind === text)
}
