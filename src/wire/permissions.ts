/**
 * Who may do what: the one table. Every door asks it for every request, `docs/permissions.md` is
 * written from it, and the page shows what it allows: so it imports nothing. Pure.
 */

/** Each is `service.action`. The text completes “may ...”. */
export const PERMISSIONS = {
  'ring.watch': 'see members, partitions, doings and look-ups',
  'ring.operate': 'let members in, empty and remove them, change settings of the ring',
  'ring.backup': 'copy everything that the ring keeps',
  'metrics.read': 'read the measurements of a member',
  'store.read': 'read records of tables that belong to no service',
  'store.write': 'change such records, hold locks',
  'pages.read': 'read pages that the ring keeps',
  'pages.scrape': 'have pages downloaded',
  'pages.import': 'add pages of archives that others made',
  'pages.delete': 'take pages away that the ring keeps, with all their versions',
  'files.read': 'see and download the files that are shared with them',
  'files.write': 'upload, change and share such files',
  'files.manage': 'do all that with the files of everybody, whatever is shared with them',
  'shares.read': 'see what the ring shares with everybody, and look for what others share',
  'shares.write': 'share own files with everybody, and download what others share',
  'dweets.read': 'read dweets and profiles, and what is new to them',
  'dweets.write': 'publish, redweet, like, follow, mute, block and report',
  'dweets.moderate':
    'see what people report of dweets and of each other, and decide it; delete the dweets of others',
  'account.own': 'see and change the own account, its sessions and keys',
  'accounts.manage': 'see all accounts, give roles, suspend and delete',
  'audit.read': 'read who did what that concerns security',
} as const

export type Permission = keyof typeof PERMISSIONS

export const PERMISSION_NAMES = Object.keys(PERMISSIONS).filter(isPermission)

export function isPermission(name: string): name is Permission {
  return Object.hasOwn(PERMISSIONS, name)
}

/** `guest`: whoever shows no credential, where there are guests (loopback, `--guest`). */
export const ACCOUNT_ROLES = ['administrator', 'operator', 'moderator', 'member', 'guest'] as const
export type AccountRole = (typeof ACCOUNT_ROLES)[number]

/** Roles that an account can have. */
export const ACCOUNT_ROLE_NAMES = ['administrator', 'operator', 'moderator', 'member'] as const
export type AccountRoleName = (typeof ACCOUNT_ROLE_NAMES)[number]

const EVERYTHING = new Set<Permission>(PERMISSION_NAMES)

const MEMBER: readonly Permission[] = [
  'pages.read',
  'pages.scrape',
  'pages.import',
  'files.read',
  'files.write',
  'shares.read',
  'shares.write',
  'dweets.read',
  'dweets.write',
  'account.own',
]

export const PERMISSIONS_OF: Readonly<Record<AccountRole, ReadonlySet<Permission>>> = {
  administrator: EVERYTHING,
  /** Keeps the ring running; gives nobody rights, and reads nobody's files. */
  operator: without(EVERYTHING, 'accounts.manage', 'files.manage'),
  /** A member who keeps the peace among dweets. */
  moderator: new Set<Permission>([...MEMBER, 'dweets.moderate']),
  /** Records have no owners, so that they are not everybody's: `grants` of an account open them. */
  member: new Set(MEMBER),
  /** Files and dweets are people's own: a guest who asks for them is told to log in. */
  guest: new Set<Permission>(['ring.watch', 'metrics.read', 'pages.read', 'pages.scrape']),
}

/** What may be given to a single account beside what its role allows. */
export const GRANTABLE: ReadonlySet<Permission> = without(EVERYTHING, 'accounts.manage')

function without(
  all: ReadonlySet<Permission>,
  ...names: readonly Permission[]
): ReadonlySet<Permission> {
  return new Set([...all].filter((one) => !names.includes(one)))
}
