/**
 * What each request must bring: the one table of demands, and the one place that decides. A door
 * does not start with a route that is not here; `docs/permissions.md` is written from it. Pure.
 */
import { AnilloError } from '../base/errors.ts'
import { MASTODON_DEMANDS } from './mastodon-demands.ts'
import type { AccountRole, Permission } from './permissions.ts'

/** Who asks, as far as it counts for what they may do. */
export interface Asker {
  /** Folded; `undefined`: a guest. */
  readonly nick: string | undefined
  readonly role: AccountRole
  readonly permissions: ReadonlySet<Permission>
}

/**
 * `nothing`: whatever credential is shown is not even looked at. `anybody`: one that is shown must
 * hold. `somebody`: an account, or a guest where there are guests.
 */
export type Demand = 'nothing' | 'anybody' | 'somebody' | Permission | OwnDemand

/** What belongs to one account; without `others` it alone may do it. */
export interface OwnDemand {
  readonly own: Permission
  readonly others?: Permission
  /** Lets in who lacks both: they are shown what everybody may know. */
  readonly partly?: Permission
}

export const MINE_OR_MANAGED: OwnDemand = { own: 'account.own', others: 'accounts.manage' }
const ACCOUNT_OR_PROFILE: OwnDemand = { ...MINE_OR_MANAGED, partly: 'dweets.read' }
const MINE: OwnDemand = { own: 'account.own' }
const MY_PROFILE: OwnDemand = { own: 'dweets.write' }

/** By method and address, as the router knows them; `HEAD` is as `GET`. */
export const DEMANDS = {
  'GET /healthz': 'nothing',
  'GET /readyz': 'nothing',
  'GET /metrics': 'metrics.read',
  'GET /v1/openapi.json': 'nothing',
  /** The description of the API, for people. */
  'GET /docs/*': 'nothing',
  /** Files of the page. */
  'GET /*': 'nothing',
  /** Browsers ask so what a page of another origin may do; they show no credential with it. */
  'OPTIONS /v1/*': 'nothing',

  'POST /v1/auth/login': 'nothing',
  'POST /v1/auth/refresh': 'nothing',
  'POST /v1/auth/logout': 'account.own',
  'GET /v1/auth/me': 'somebody',
  /** Of the session that asks. */
  'GET /v1/auth/copies-key': 'account.own',
  'GET /v1/auth/jwks': 'nothing',
  'GET /v1/auth/registration': 'nothing',
  /** Whether people make their accounts themselves is a setting of the ring. */
  'POST /v1/users': 'anybody',
  'GET /v1/users': 'accounts.manage',
  'GET /v1/users/:nick': ACCOUNT_OR_PROFILE,
  'PATCH /v1/users/:nick': MINE_OR_MANAGED,
  'DELETE /v1/users/:nick': MINE_OR_MANAGED,
  'PUT /v1/users/:nick/role': 'accounts.manage',
  'PUT /v1/users/:nick/state': 'accounts.manage',
  'GET /v1/users/:nick/sessions': MINE_OR_MANAGED,
  'DELETE /v1/users/:nick/sessions/:id': MINE_OR_MANAGED,
  'GET /v1/users/:nick/keys': MINE_OR_MANAGED,
  'POST /v1/users/:nick/keys': MINE,
  'DELETE /v1/users/:nick/keys/:id': MINE_OR_MANAGED,
  'GET /v1/audit': 'audit.read',
  /** Names of files are people's: who may read all of them may read these. */
  'GET /v1/audit/files': 'files.manage',
  /** Who may change a group, its owners and who manages accounts, the service says. */
  'GET /v1/groups': 'account.own',
  'POST /v1/groups': 'accounts.manage',
  'GET /v1/groups/:name': 'account.own',
  'PATCH /v1/groups/:name': 'account.own',
  'DELETE /v1/groups/:name': 'accounts.manage',
  'GET /v1/groups/:name/people': 'account.own',
  'PUT /v1/groups/:name/people/:nick': 'account.own',
  'DELETE /v1/groups/:name/people/:nick': 'account.own',
  'GET /v1/people': 'files.write',

  'GET /v1/ring': 'ring.watch',
  'GET /v1/ring/lookup': 'ring.watch',
  'GET /v1/ring/events': 'ring.watch',
  'GET /v1/ring/waiting': 'ring.watch',
  'POST /v1/ring/waiting/:code/admit': 'ring.operate',
  'POST /v1/tokens': 'ring.operate',
  'POST /v1/ring/members/:id/:order': 'ring.operate',
  'POST /v1/ring/authority': 'ring.operate',
  'GET /v1/ring/settings': 'ring.watch',
  'PUT /v1/ring/settings/:name': 'ring.operate',
  'POST /v1/ring/backups': 'ring.backup',
  'PUT /v1/ring/backups/holds/:holder': 'ring.backup',
  'GET /v1/ring/backups/chunks/:hash': 'ring.backup',

  'GET /v1/kv/:table/:pk': 'store.read',
  'POST /v1/kv/:table/:pk': 'store.write',
  'GET /v1/kv/:table/:pk/:sk': 'store.read',
  'PUT /v1/kv/:table/:pk/:sk': 'store.write',
  'DELETE /v1/kv/:table/:pk/:sk': 'store.write',
  'GET /v1/locks/:name': 'store.read',
  'POST /v1/locks/:name': 'store.write',
  'PUT /v1/locks/:name': 'store.write',
  'DELETE /v1/locks/:name': 'store.write',

  'POST /v1/scrapes': 'pages.scrape',
  'GET /v1/scrapes/:id': 'pages.read',
  'POST /v1/crawls': 'pages.scrape',
  'GET /v1/crawls': 'pages.read',
  'GET /v1/crawls/:id': 'pages.read',
  'GET /v1/crawls/:id/hosts': 'pages.read',
  'GET /v1/crawls/:id/urls': 'pages.read',
  'GET /v1/crawls/:id/extracted': 'pages.read',
  'GET /v1/crawls/:id/events': 'pages.read',
  'GET /v1/crawls/:id/export': 'pages.read',
  'POST /v1/crawls/:id/:order': 'pages.scrape',
  'DELETE /v1/crawls/:id': 'pages.scrape',
  'POST /v1/crawls/:id/webhook/test': 'pages.scrape',
  'GET /v1/schedules': 'pages.read',
  'GET /v1/schedules/:id': 'pages.read',
  'PATCH /v1/schedules/:id': 'pages.scrape',
  'POST /v1/schedules/:id/:order': 'pages.scrape',
  'POST /v1/schedules/:id/webhook/test': 'pages.scrape',
  'DELETE /v1/schedules/:id': 'pages.scrape',
  /** Of each kind who asks is told what they may read of it. */
  'GET /v1/find': 'somebody',
  'GET /v1/glance': 'somebody',
  'GET /v1/feed': 'account.own',
  'GET /v1/feed/unseen': 'account.own',
  'POST /v1/feed/seen': 'account.own',
  'GET /v1/search': 'pages.read',
  'GET /v1/pages': 'pages.read',
  'GET /v1/pages/export': 'pages.read',
  'POST /v1/pages/kept': 'pages.read',
  'POST /v1/pages/import': 'pages.import',
  'GET /v1/pages/:id': 'pages.read',
  'DELETE /v1/pages/:id': 'pages.delete',
  'POST /v1/pages/:id/extract': 'pages.read',
  'GET /v1/pages/:id/text': 'pages.read',
  'GET /v1/pages/:id/markdown': 'pages.read',
  'GET /v1/pages/:id/content': 'pages.read',
  'GET /v1/pages/:id/versions': 'pages.read',
  'GET /v1/pages/:id/diff': 'pages.read',
  'GET /v1/pages/:id/rendered': 'pages.read',
  'GET /v1/pages/:id/screenshot': 'pages.read',
  'GET /v1/pages/:id/similar': 'pages.read',
  'GET /v1/pages/:id/view': 'pages.read',
  'GET /v1/pages/:id/witness': 'pages.read',
  'GET /v1/pages/:id/witness/verdict': 'pages.read',
  /** What is in the tree itself, the grants of its folders say. */
  'GET /v1/files/*': 'files.read',
  'PUT /v1/files/*': 'files.write',
  'POST /v1/files/*': 'files.write',
  'DELETE /v1/files/*': 'files.write',
  'GET /v1/shares': 'shares.read',
  'POST /v1/shares': 'shares.write',
  'GET /v1/shares/lookup': 'shares.read',
  'GET /v1/shares/network': 'shares.read',
  'GET /v1/shares/network/lookups': 'shares.read',
  'GET /v1/shares/network/lookups/:number': 'shares.read',
  'GET /v1/shares/:key': 'shares.read',
  'DELETE /v1/shares/:key': 'shares.write',
  'GET /v1/shares/:key/torrent': 'shares.read',
  /** One’s own alone; of managers of files those of all. */
  'GET /v1/shares/downloads': 'shares.read',
  'POST /v1/shares/downloads': 'shares.write',
  'GET /v1/shares/downloads/:id': 'shares.read',
  'GET /v1/shares/downloads/:id/events': 'shares.read',
  'POST /v1/shares/downloads/:id/:order': 'shares.write',
  'DELETE /v1/shares/downloads/:id': 'shares.write',
  'GET /v1/uploads/*': 'files.write',
  'PATCH /v1/uploads/*': 'files.write',
  'DELETE /v1/uploads/*': 'files.write',
  'GET /v1/shared': 'files.read',
  'GET /v1/trash': 'files.write',
  'DELETE /v1/trash': 'files.write',
  'DELETE /v1/trash/:id': 'files.write',
  'POST /v1/trash/:id/restore': 'files.write',
  'GET /v1/quota': 'files.read',
  'GET /v1/quotas': 'files.manage',
  'PUT /v1/quotas': 'files.manage',
  'GET /v1/quotas/:nick': 'files.manage',
  'PUT /v1/quotas/:nick': 'files.manage',
  'POST /v1/links': 'files.write',
  'GET /v1/links': 'files.write',
  'GET /v1/links/:id': 'files.write',
  'PATCH /v1/links/:id': 'files.write',
  'DELETE /v1/links/:id': 'files.write',
  'POST /v1/dweets': 'dweets.write',
  /** What one has seen is nobody else's concern, so that who may read may say it. */
  'POST /v1/dweets/attachments': 'dweets.write',
  'GET /v1/dweets/attachments/:file': 'dweets.write',
  'DELETE /v1/dweets/attachments/:file': 'dweets.write',
  'GET /v1/dweets/:id/attachments/:file': 'dweets.read',
  'GET /v1/dweets/new': 'dweets.read',
  'POST /v1/dweets/new/ack': 'dweets.read',
  'POST /v1/dweets/new/catch-up': 'dweets.read',
  'GET /v1/dweets/home': 'dweets.read',
  'GET /v1/dweets/local': 'dweets.read',
  'GET /v1/dweets/bookmarks': 'dweets.read',
  'GET /v1/dweets/tags/:tag': 'dweets.read',
  'GET /v1/dweets/search': 'dweets.read',
  'GET /v1/dweets/events': 'dweets.read',
  'GET /v1/dweets/:id': 'dweets.read',
  'PATCH /v1/dweets/:id': 'dweets.write',
  /** Of others' with `dweets.moderate`: the service says. */
  'DELETE /v1/dweets/:id': 'dweets.write',
  'GET /v1/dweets/:id/history': 'dweets.read',
  'GET /v1/dweets/:id/thread': 'dweets.read',
  'PUT /v1/dweets/:id/like': 'dweets.write',
  'DELETE /v1/dweets/:id/like': 'dweets.write',
  'PUT /v1/dweets/:id/bookmark': 'dweets.write',
  'DELETE /v1/dweets/:id/bookmark': 'dweets.write',
  'POST /v1/dweets/:id/redweet': 'dweets.write',
  'DELETE /v1/dweets/:id/redweet': 'dweets.write',
  'GET /v1/dweets/export': 'dweets.read',
  'POST /v1/dweets/import': 'dweets.write',
  'GET /v1/dweets/retention': 'dweets.read',
  'PUT /v1/dweets/retention': 'dweets.write',
  'DELETE /v1/dweets/retention': 'dweets.write',
  'DELETE /v1/users/:nick/dweets': MY_PROFILE,
  'GET /v1/users/:nick/profile': 'dweets.read',
  'PATCH /v1/users/:nick/profile': MY_PROFILE,
  'GET /v1/users/:nick/dweets': 'dweets.read',
  'GET /v1/users/:nick/followers': 'dweets.read',
  'GET /v1/users/:nick/following': 'dweets.read',
  'PUT /v1/users/:nick/follow': 'dweets.write',
  'DELETE /v1/users/:nick/follow': 'dweets.write',
  'PUT /v1/users/:nick/mute': 'dweets.write',
  'DELETE /v1/users/:nick/mute': 'dweets.write',
  'PUT /v1/users/:nick/block': 'dweets.write',
  'DELETE /v1/users/:nick/block': 'dweets.write',
  /** Of another's the service says that there is none. */
  'GET /v1/lists': 'dweets.read',
  'POST /v1/lists': 'dweets.write',
  'GET /v1/lists/:id': 'dweets.read',
  'PATCH /v1/lists/:id': 'dweets.write',
  'DELETE /v1/lists/:id': 'dweets.write',
  'GET /v1/lists/:id/dweets': 'dweets.read',
  'GET /v1/lists/:id/people': 'dweets.read',
  'PUT /v1/lists/:id/people/:nick': 'dweets.write',
  'DELETE /v1/lists/:id/people/:nick': 'dweets.write',
  'GET /v1/users/:nick/lists': 'dweets.read',
  'POST /v1/reports': 'dweets.write',
  'GET /v1/reports': 'dweets.moderate',
  'GET /v1/reports/:id': 'dweets.moderate',
  'GET /v1/reports/:id/reports': 'dweets.moderate',
  'GET /v1/reports/:id/attachments/:file': 'dweets.moderate',
  'POST /v1/reports/:id/decisions': 'dweets.moderate',
  'GET /v1/feeds/users/:nick': 'dweets.read',
  'GET /v1/feeds/tags/:tag': 'dweets.read',
  'GET /v1/mutes': 'dweets.read',
  'GET /v1/blocks': 'dweets.read',
  'GET /v1/notifications': 'dweets.read',
  'DELETE /v1/notifications': 'dweets.write',
  ...MASTODON_DEMANDS,
  /** Public links: whoever has the token, and the password where there is one. */
  'GET /s/:token': 'nothing',
  'GET /s/:token/*': 'nothing',
  'POST /s/:token': 'nothing',
  'GET /s/link.css': 'nothing',
  /** WebDAV: Explorer asks the root what is spoken here. */
  'OPTIONS /': 'nothing',
  'OPTIONS /dav': 'nothing',
  'GET /dav': 'files.read',
  'PROPFIND /dav': 'files.read',
  'PROPPATCH /dav': 'files.write',
  'PUT /dav': 'files.write',
  'DELETE /dav': 'files.write',
  'MKCOL /dav': 'files.write',
  'COPY /dav': 'files.write',
  'MOVE /dav': 'files.write',
  'LOCK /dav': 'files.write',
  'UNLOCK /dav': 'files.write',
  'OPTIONS /dav/*': 'nothing',
  'GET /dav/*': 'files.read',
  'PROPFIND /dav/*': 'files.read',
  'PROPPATCH /dav/*': 'files.write',
  'PUT /dav/*': 'files.write',
  'DELETE /dav/*': 'files.write',
  'MKCOL /dav/*': 'files.write',
  'COPY /dav/*': 'files.write',
  'MOVE /dav/*': 'files.write',
  'LOCK /dav/*': 'files.write',
  'UNLOCK /dav/*': 'files.write',
  /** The door of archived pages, an origin of its own. */
  'GET /:instant/*': 'pages.read',
  'GET /timegate/*': 'pages.read',
  'GET /timemap/:format/*': 'pages.read',
  /** A pass was given to somebody who may read pages, for what a page loads. */
  'GET /p/:pass/:instant/*': 'nothing',
  /** Its own style sheet and scripts. */
  'GET /-/:file': 'nothing',
  'GET /-': 'nothing',
} as const satisfies Readonly<Record<string, Demand>>

export type RouteName = keyof typeof DEMANDS

export function isRouteName(name: string): name is RouteName {
  return Object.hasOwn(DEMANDS, name)
}

export function demandOf(route: RouteName): Demand {
  return DEMANDS[route]
}

/**
 * The one place that decides.
 * @param owner folded nick of the account that it belongs to
 * @returns why it is refused: LOGIN_FIRST, PERMISSION_MISSING, FORBIDDEN; `undefined`: it is not
 */
export function refusalFor(
  asker: Asker | undefined,
  demand: Demand,
  owner?: string,
): AnilloError | undefined {
  if (demand === 'nothing' || demand === 'anybody') return undefined
  if (asker === undefined) return new AnilloError('LOGIN_FIRST')
  if (demand === 'somebody') return undefined
  if (typeof demand === 'string') return lacking(asker, demand)
  const refusal = refusalOfOwn(asker, demand, owner)
  return refusal !== undefined && demand.partly !== undefined
    ? lacking(asker, demand.partly)
    : refusal
}

function refusalOfOwn(
  asker: Asker,
  demand: OwnDemand,
  owner: string | undefined,
): AnilloError | undefined {
  if (owner !== undefined && asker.nick === owner) return lacking(asker, demand.own)
  if (demand.others !== undefined) return lacking(asker, demand.others)
  if (asker.nick === undefined) return new AnilloError('LOGIN_FIRST')
  return new AnilloError('FORBIDDEN', { problem: 'it is for the account itself' })
}

/** To a guest it says what helps. */
function lacking(asker: Asker, permission: Permission): AnilloError | undefined {
  if (asker.permissions.has(permission)) return undefined
  return asker.nick === undefined
    ? new AnilloError('LOGIN_FIRST')
    : new AnilloError('PERMISSION_MISSING', { permission })
}
