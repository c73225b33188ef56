/**
 * Who asks. Each request of a door passes here once, whichever way it is answered; what its asker
 * may do is decided by the table of demands (wire/demands.ts).
 */
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import type { Origin, Principal } from '../../services/accounts/types.ts'
import { foldNick } from '../../wire/account-texts.ts'
import { refusalFor, type Demand } from '../../wire/demands.ts'
import { permissionsOfWholeScopes } from '../../wire/oauth-scopes.ts'
import { PERMISSION_NAMES, PERMISSIONS_OF, type Permission } from '../../wire/permissions.ts'
import { isFromBeyond } from './beyond.ts'
import { Cookies } from './cookies.ts'
import { credentialIn, type Credential } from './credentials.ts'
import type { Entrance } from './door.ts'
import type { RawRequest } from './guards.ts'
import { foreignCookies } from './origins.ts'

/** As much of a request as tells who asks. */
export type AskedRequest = Pick<RawRequest, 'method' | 'headers' | 'socket'>

export interface GateOptions {
  readonly entrance?: Entrance | undefined
  /** Of the one who owns the member’s directory. */
  readonly isOwnerKey?: ((key: string) => boolean) | undefined
}

const BY_NOBODY = { nick: undefined, groups: [], by: { kind: 'guest' } } as const

const GUEST: Principal = { ...BY_NOBODY, role: 'guest', permissions: PERMISSIONS_OF.guest }

/** At a door that asks nobody who they are. */
const EVERYBODY: Principal = {
  ...BY_NOBODY,
  role: 'guest',
  permissions: new Set(PERMISSION_NAMES.filter((name) => name !== 'ring.backup')),
}

/**
 * Whoever owns the directory of a member: takes backups, and gives accounts back whose passwords
 * nobody knows any more. Reads all that the member keeps without asking a door.
 */
const OWNER: Principal = {
  nick: undefined,
  groups: [],
  by: { kind: 'owner' },
  role: 'operator',
  permissions: new Set<Permission>(['ring.backup', 'accounts.manage']),
}

/** How keys of accounts begin; passwords are for log-ins alone. */
const KEY_HEAD = 'anillo-k.'

interface LetIn {
  /** The header, and what was read from it. */
  readonly authorization: string
  readonly shown: Credential
}

export class Gate {
  readonly cookies: Cookies | undefined
  readonly #entrance: Entrance | undefined
  readonly #isOwnerKey: (key: string) => boolean
  /** What connections were last let in with. */
  readonly #letIn = new WeakMap<RawRequest['socket'], LetIn>()

  constructor({ entrance, isOwnerKey = () => false }: GateOptions) {
    this.#entrance = entrance
    this.#isOwnerKey = isOwnerKey
    this.cookies = entrance === undefined ? undefined : new Cookies(entrance.ringId)
  }

  /**
   * @param owner what is asked for belongs to this nick, as it was written
   * @returns `undefined`: nobody asks, and nobody needs to
   * @throws AnilloError LOGIN_FIRST, PERMISSION_MISSING, FORBIDDEN, STORE_UNAVAILABLE
   */
  async admit(
    request: AskedRequest,
    demand: Demand,
    owner?: string,
  ): Promise<Principal | undefined> {
    if (demand === 'nothing') return undefined
    const shown = this.#shown(request)
    const asker = await this.#whoAsks(request, shown).catch((thrown: unknown) => {
      // Where too few members answer to tell who asks, the ring is what has to be looked at.
      if (demand !== 'ring.watch' || !isAnilloError(thrown, 'STORE_UNAVAILABLE')) throw thrown
      const stranger = this.stranger(request)
      if (stranger === undefined) throw thrown
      return stranger
    })
    const nick = owner === undefined ? undefined : foldNick(owner)
    const refusal = refusalFor(asker, demand, nick)
    if (refusal !== undefined) throw refusal
    const { authorization } = request.headers
    const isTold = asker !== OWNER && asker !== GUEST
    if (authorization !== undefined && isTold && !this.isKnown(request)) {
      this.#letIn.set(request.socket, { authorization, shown })
    }
    return asker
  }

  /**
   * As `admit`, for programs that keep nick and password and show both with each request (WebDAV):
   * nobody is a guest, and cookies, which browsers send by themselves, count for nothing.
   * @throws AnilloError BAD_LOGIN, ACCOUNT_SUSPENDED, SLOW_DOWN, BUSY, and as `admit`
   */
  async admitByPassword(
    request: AskedRequest,
    demand: Demand,
    from: Origin,
  ): Promise<Principal | undefined> {
    if (demand === 'nothing') return undefined
    const asker = await this.#whoShows(credentialIn(request.headers, NO_COOKIES), from)
    const refusal = refusalFor(asker, demand)
    if (refusal !== undefined) throw refusal
    return asker
  }

  /**
   * As `admit`, for programs that show a token alone: nobody is a guest, and no cookie counts,
   * since pages of any origin may ask so.
   * @param token shown elsewhere than in a header
   * @throws AnilloError as `admit`
   */
  async admitByToken(
    request: AskedRequest,
    demand: Demand,
    token?: string,
  ): Promise<Principal | undefined> {
    if (demand === 'nothing') return undefined
    const shown = token === undefined ? credentialIn(request.headers, NO_COOKIES) : undefined
    const asker = await this.#whoBears(token ?? shown)
    const refusal = refusalFor(asker, demand)
    if (refusal !== undefined) throw refusal
    return asker
  }

  /** @throws AnilloError LOGIN_FIRST, STORE_UNAVAILABLE */
  async #whoBears(shown: Credential | string | undefined): Promise<Principal | undefined> {
    if (this.#entrance === undefined) return EVERYBODY
    const { accounts } = this.#entrance
    if (typeof shown === 'string') return accounts.authenticate(shown)
    if (shown === undefined || shown.kind === 'none') return undefined
    if (shown.kind === 'bearer') return accounts.authenticate(shown.token)
    throw new AnilloError('LOGIN_FIRST')
  }

  /** @throws AnilloError LOGIN_FIRST, and as `admitByPassword` */
  async #whoShows(shown: Credential, from: Origin): Promise<Principal> {
    if (this.#entrance === undefined) return EVERYBODY
    const { accounts } = this.#entrance
    if (shown.kind === 'bearer') return accounts.authenticate(shown.token)
    if (shown.kind !== 'basic') throw new AnilloError('LOGIN_FIRST')
    const { nick, token: password } = shown
    return accounts.authenticateByPassword({ nick, password }, from)
  }

  /**
   * Its connection was let in by the very same credential before: what it asks for may be looked up
   * while that is asked again, to be told only if it still holds. Both then go one way together.
   */
  isKnown({ headers, socket }: AskedRequest): boolean {
    const { authorization } = headers
    return authorization !== undefined && this.#letIn.get(socket)?.authorization === authorization
  }

  /** @throws AnilloError FORBIDDEN where a page of another origin would have the cookies used */
  async refuseForeign(request: AskedRequest): Promise<void> {
    const refusal = this.#entrance && (await foreignCookies(request, this.#entrance))
    if (refusal !== undefined) throw refusal
  }

  /**
   * What somebody of whom nothing is known counts as: also where the ring cannot say whether a
   * credential holds, and says why.
   */
  stranger(request: AskedRequest): Principal | undefined {
    if (isFromBeyond(request)) return undefined
    if (this.#entrance === undefined) return EVERYBODY
    return this.#entrance.hasGuests ? GUEST : undefined
  }

  #shown(request: AskedRequest): Credential {
    const { headers, socket } = request
    const letIn = this.#letIn.get(socket)
    if (letIn !== undefined && letIn.authorization === headers.authorization) return letIn.shown
    return credentialIn(headers, this.cookies ?? NO_COOKIES)
  }

  async #whoAsks(request: AskedRequest, shown: Credential): Promise<Principal | undefined> {
    const entrance = this.#entrance
    if (this.#isOwner(request, shown)) return OWNER
    const stranger = this.stranger(request)
    if (entrance === undefined || shown.kind === 'none') return stranger
    if (shown.kind === 'cookie') await this.refuseForeign(request)
    const principal = ofWholeScopes(await authenticated(entrance, shown))
    return stranger === undefined ? principal : withGuestRights(principal)
  }

  /**
   * An owner of the directory is on its machine: from beyond the key is nothing, whoever found it.
   * What let a connection in as an account before is none.
   */
  #isOwner(request: AskedRequest, shown: Credential): boolean {
    if (shown.kind !== 'bearer' || isFromBeyond(request) || this.isKnown(request)) return false
    return this.#isOwnerKey(shown.token)
  }
}

const NO_COOKIES = new Cookies('')

/** What does not hold is never taken for no credential. */
async function authenticated({ accounts }: Entrance, shown: Credential): Promise<Principal> {
  if (shown.kind === 'none' || shown.kind === 'malformed') throw new AnilloError('LOGIN_FIRST')
  if (shown.kind !== 'basic') return accounts.authenticate(shown.token)
  if (!shown.token.startsWith(KEY_HEAD)) throw new AnilloError('LOGIN_FIRST')
  const principal = await accounts.authenticate(shown.token)
  if (principal.nick !== foldNick(shown.nick)) throw new AnilloError('LOGIN_FIRST')
  return principal
}

/** Parts of scopes are looked at by the API of Mastodon alone (`admitByToken`). */
function ofWholeScopes(principal: Principal): Principal {
  const { by, permissions } = principal
  if (by.kind !== 'session' || by.app === undefined) return principal
  const whole = permissionsOfWholeScopes(by.app.scopes)
  return { ...principal, permissions: new Set([...permissions].filter((one) => whole.has(one))) }
}

/**
 * Who logs in where there are guests may no less than before; keys and applications do what they
 * were made and let in for.
 */
function withGuestRights(principal: Principal): Principal {
  const { by, permissions } = principal
  const isWider = [...GUEST.permissions].some((name) => !permissions.has(name))
  if (by.kind !== 'session' || by.app !== undefined || !isWider) return principal
  return { ...principal, permissions: new Set([...permissions, ...GUEST.permissions]) }
}
