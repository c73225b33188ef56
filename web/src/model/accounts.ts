/** Who looks at the page, what they may do, and which view that leads to. Pure. */
import type { Me } from '../../../src/wire/api-accounts.ts'
import {
  GRANTABLE,
  PERMISSION_NAMES,
  PERMISSIONS_OF,
  type AccountRole,
  type Permission,
} from '../../../src/wire/permissions.ts'

/** Whom the ring takes this window for. */
export type Who =
  /** It was not asked yet. */
  | { readonly kind: 'unknown' }
  /** The door asks nobody who they are, and refuses nobody. */
  | { readonly kind: 'anyone' }
  | { readonly kind: 'nobody' }
  /** An account, or a guest: `me.nick` is null. */
  | { readonly kind: 'told'; readonly me: Me }

export const UNKNOWN: Who = { kind: 'unknown' }

/** What is not known yet is drawn as if it were allowed: nothing has been asked so far. */
export function may(who: Who, permission: Permission | undefined): boolean {
  if (permission === undefined) return true
  switch (who.kind) {
    case 'unknown':
    case 'anyone':
      return true
    case 'nobody':
      return false
    case 'told':
      return who.me.permissions.includes(permission)
  }
}

export function nickOf(who: Who): string | undefined {
  return who.kind === 'told' ? (who.me.nick ?? undefined) : undefined
}

/** Names of the groups that one is in. */
export function groupsOf(who: Who): readonly string[] {
  return who.kind === 'told' ? (who.me.groups ?? []) : []
}

/** Whether anything of accounts is shown at all. */
export function hasAccounts(who: Who): boolean {
  return who.kind === 'nobody' || who.kind === 'told'
}

export const VIEW_NAMES = [
  'ring',
  'crawls',
  'archive',
  'copies',
  'find',
  'files',
  'shared',
  'trash',
  'shares',
  'dweets',
  'login',
  'register',
  'feed',
  'account',
  'people',
  'audit',
] as const
export type ViewName = (typeof VIEW_NAMES)[number]

/** What was asked for; it stands in the address of the page. */
export interface View {
  readonly name: ViewName
  /** Of `people`: whose account is open. */
  readonly nick?: string
  /** Of `crawls`: the id of the one that is open. */
  readonly crawl?: string
  /** Of `copies`: the id of the one that is open. */
  readonly copy?: string
  /** Of `files`: what is on show; absent: one’s own folder. */
  readonly path?: string
  /** Of `dweets` and `shares`: what of them is on show; absent: the first that there is. */
  readonly at?: string
  /** Of `find`: what is looked for. */
  readonly q?: string
}

export const RING_VIEW: View = { name: 'ring' }

/** Where one logs in, or makes an account. */
export function isEntrance({ name }: View): boolean {
  return name === 'login' || name === 'register'
}

/** What views may say of themselves in the address. */
const FIELDS: Readonly<Partial<Record<ViewName, 'nick' | 'crawl' | 'copy' | 'path' | 'at' | 'q'>>> =
  {
    people: 'nick',
    crawls: 'crawl',
    copies: 'copy',
    files: 'path',
    shares: 'at',
    dweets: 'at',
    find: 'q',
  }

/** @param search as in `location.search` */
export function parseView(search: string): View {
  const fields = new URLSearchParams(search)
  const name = VIEW_NAMES.find((one) => one === fields.get('view'))
  if (name === undefined) return RING_VIEW
  const field = FIELDS[name]
  const value = field === undefined ? null : fields.get(field)
  return field === undefined || value === null ? { name } : { name, [field]: value }
}

/** With its `?`; empty for the ring. */
export function searchOf({ name, nick, crawl, copy, path, at, q }: View): string {
  if (name === 'ring') return ''
  const more = {
    ...(nick === undefined ? {} : { nick }),
    ...(crawl === undefined ? {} : { crawl }),
    ...(copy === undefined ? {} : { copy }),
    ...(path === undefined ? {} : { path }),
    ...(at === undefined ? {} : { at }),
    ...(q === undefined ? {} : { q }),
  }
  const fields = new URLSearchParams({ view: name, ...more })
  return `?${fields.toString()}`
}

/** What a view is about. */
const NEEDED: Readonly<Record<ViewName, Permission | undefined>> = {
  ring: undefined,
  crawls: 'pages.read',
  archive: 'pages.read',
  copies: 'pages.read',
  files: 'files.read',
  shared: 'files.read',
  trash: 'files.write',
  shares: 'shares.read',
  dweets: 'dweets.read',
  find: undefined,
  login: undefined,
  register: undefined,
  feed: 'account.own',
  account: 'account.own',
  people: 'accounts.manage',
  audit: 'audit.read',
}

/** Views that the menu leads to, in its order. */
export const MENU_VIEWS = [
  'crawls',
  'archive',
  'copies',
  'files',
  'shares',
  'dweets',
  'account',
  'people',
  'audit',
] as const satisfies readonly ViewName[]

export function menuViews(who: Who): readonly (typeof MENU_VIEWS)[number][] {
  const isSomebody = nickOf(who) !== undefined
  return MENU_VIEWS.filter((name) => (isSomebody || isForGuests(name)) && may(who, NEEDED[name]))
}

const FOR_GUESTS: ReadonlySet<ViewName> = new Set(['ring', 'crawls', 'archive', 'copies', 'find'])

/** Views that need no account. */
function isForGuests(name: ViewName): boolean {
  return FOR_GUESTS.has(name)
}

export type Screen =
  | { readonly kind: 'view'; readonly name: ViewName }
  /** In place of a view that was asked for. */
  | { readonly kind: 'denied'; readonly needed: Permission }

/** What is drawn for whom. */
export function screenFor(who: Who, wanted: View): Screen {
  const { name } = wanted
  const view = (shown: ViewName): Screen => ({ kind: 'view', name: shown })
  if (!hasAccounts(who)) return view(isForGuests(name) ? name : 'ring')
  const isEntering = isEntrance(wanted)
  if (who.kind === 'nobody') return view(name === 'register' ? name : 'login')
  const needed = NEEDED[name]
  const isAllowed = needed === undefined || may(who, needed)
  if (nickOf(who) === undefined)
    return view(isEntering || (isForGuests(name) && isAllowed) ? name : 'login')
  if (isEntering) return view('ring')
  return isAllowed ? view(name) : { kind: 'denied', needed }
}

/** In the order of the table, those of the role told apart. */
export function grantsFor(role: AccountRole): readonly {
  readonly permission: Permission
  readonly isOfRole: boolean
}[] {
  return PERMISSION_NAMES.map((permission) => ({
    permission,
    isOfRole: PERMISSIONS_OF[role].has(permission),
  })).filter(({ permission, isOfRole }) => isOfRole || GRANTABLE.has(permission))
}

/** What a key can be made for: what anybody may without an account is not the account’s to give. */
export function keyMay(
  {
    permissions,
    role,
  }: { readonly permissions: readonly Permission[]; readonly role: AccountRole },
  guestMay: readonly Permission[],
): readonly Permission[] {
  return PERMISSION_NAMES.filter(
    (one) =>
      permissions.includes(one) && (!guestMay.includes(one) || PERMISSIONS_OF[role].has(one)),
  )
}

/** The set with the one put in or taken out, in the order of the table. */
export function toggled(
  permissions: readonly Permission[],
  permission: Permission,
): readonly Permission[] {
  const isIn = permissions.includes(permission)
  return PERMISSION_NAMES.filter((one) => (one === permission ? !isIn : permissions.includes(one)))
}

const BROWSERS = [
  ['Edg', 'Edge'],
  ['OPR', 'Opera'],
  ['Firefox', 'Firefox'],
  ['Chrome', 'Chrome'],
  ['Safari', 'Safari'],
] as const
const SYSTEMS = [
  ['Windows', 'Windows'],
  ['Android', 'Android'],
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Mac OS X', 'macOS'],
  ['Linux', 'Linux'],
] as const

/** What a session is listed as: `Firefox, Linux`. @param userAgent as browsers send it */
export function clientName(userAgent: string): string {
  const nameIn = (table: readonly (readonly [string, string])[]): readonly string[] =>
    table.filter(([mark]) => userAgent.includes(mark)).map(([, name]) => name)
  const names = [nameIn(BROWSERS)[0], nameIn(SYSTEMS)[0]].filter((name) => name !== undefined)
  return names.join(', ')
}

const FIELD_OF = {
  NICK_TAKEN: 'nick',
  NICK_UNFIT: 'nick',
  NAME_UNFIT: 'name',
  PASSWORD_UNFIT: 'password',
  BAD_LOGIN: 'password',
} as const

/** Which field of a form a refusal is about. */
export function fieldOf(code: string | undefined): 'nick' | 'name' | 'password' | undefined {
  return code !== undefined && Object.hasOwn(FIELD_OF, code)
    ? FIELD_OF[code as keyof typeof FIELD_OF]
    : undefined
}
