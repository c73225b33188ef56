/**
 * What a client can show to doors: a key, a session that is kept somewhere, the first that holds.
 */
import { isAnilloError } from '../base/errors.ts'
import { logIn, refresh, type TokenPair } from './log-in.ts'
import { showing, type ClientWorld, type Credentials, type Way } from './request.ts'

/** An API key, shown as it is; there is nothing else where a door refuses it. */
export class KeyCredentials implements Credentials {
  readonly authorization: string

  constructor(key: string) {
    this.authorization = `Bearer ${key}`
  }

  async renew(): Promise<boolean> {
    return false
  }
}

export interface KeptSession {
  readonly nick: string
  readonly accessToken: string
  readonly refreshToken: string
}

/** Where a session is kept; others may change it at any time. */
export interface SessionPlace {
  read(): Promise<KeptSession | undefined>
  /** `undefined`: it ended. */
  write(session: KeptSession | undefined): Promise<void>
}

/** In this process alone. */
export function sessionInMemory(): SessionPlace {
  let kept: KeptSession | undefined
  return {
    read: async () => kept,
    write: async (session) => {
      kept = session
    },
  }
}

export interface NickAndPassword {
  readonly nick: string
  readonly password: string
}

export interface SessionOptions {
  readonly place: SessionPlace
  /** What the session is listed as. */
  readonly client: string
  /** Asked for when there is no session; answers `undefined` where there is no password either. */
  readonly password?: () => Promise<NickAndPassword | undefined>
  /** Told of a session that a password began. */
  readonly onBegin?: (nick: string) => void
  /** Told of a session that doors no longer take. */
  readonly onEnd?: (session: KeptSession) => void
  /** Told of a password that is not the account's; absent: whoever asks is told. */
  readonly onWrong?: () => Promise<void>
}

/** A session: renewed when a door refuses it, begun anew where a password is known. */
export class SessionCredentials implements Credentials {
  readonly #options: SessionOptions
  #session: KeptSession | undefined
  #renewing: Promise<boolean> | undefined

  /** With what is kept already. */
  static async open(options: SessionOptions): Promise<SessionCredentials> {
    return new SessionCredentials(options, await options.place.read())
  }

  private constructor(options: SessionOptions, session: KeptSession | undefined) {
    this.#options = options
    this.#session = session
  }

  get authorization(): string | undefined {
    return authorizationOf(this.#session)
  }

  /** One at a time: whoever is refused meanwhile shares what that one finds. */
  async renew(refused: string | undefined, way: Way): Promise<boolean> {
    if (this.authorization !== undefined && this.authorization !== refused) return true
    this.#renewing ??= this.#renew(way).finally(() => {
      this.#renewing = undefined
    })
    return this.#renewing
  }

  async #renew(way: Way): Promise<boolean> {
    const refused = this.authorization
    const kept = await this.#options.place.read()
    this.#session = kept
    if (kept !== undefined && authorizationOf(kept) !== refused) return true
    if (kept !== undefined && (await this.#refresh(kept, way))) return true
    const known = await this.#options.password?.()
    if (known === undefined) return false
    const tokens = await this.#logIn(known, way)
    if (tokens === undefined) return false
    await this.#keep(known.nick, tokens)
    this.#options.onBegin?.(known.nick)
    return true
  }

  async #logIn(known: NickAndPassword, way: Way): Promise<TokenPair | undefined> {
    const { client, onWrong } = this.#options
    try {
      return await logIn(way, { ...known, client })
    } catch (thrown) {
      if (onWrong === undefined || !isAnilloError(thrown, 'BAD_LOGIN')) throw thrown
      await onWrong()
      return undefined
    }
  }

  async #refresh(session: KeptSession, way: Way): Promise<boolean> {
    try {
      await this.#keep(session.nick, await refresh(way, session.refreshToken))
      return true
    } catch (thrown) {
      if (!isAnilloError(thrown, 'LOGIN_FIRST')) throw thrown
    }
    this.#session = undefined
    await this.#options.place.write(undefined)
    this.#options.onEnd?.(session)
    return false
  }

  async #keep(nick: string, { accessToken, refreshToken }: TokenPair): Promise<void> {
    this.#session = { nick, accessToken, refreshToken }
    await this.#options.place.write(this.#session)
  }
}

function authorizationOf(session: KeptSession | undefined): string | undefined {
  return session === undefined ? undefined : `Bearer ${session.accessToken}`
}

/** The first of them; the next where a door takes that one no longer; in the end, nobody. */
export class FirstCredentials implements Credentials {
  readonly #all: readonly Credentials[]
  #at = 0

  constructor(all: readonly Credentials[]) {
    this.#all = all
  }

  get authorization(): string | undefined {
    return this.#all[this.#at]?.authorization
  }

  async renew(refused: string | undefined, way: Way): Promise<boolean> {
    for (;;) {
      const at = this.#at
      const one = this.#all[at]
      // Being nobody is still something else than what was refused.
      if (one === undefined) return refused !== undefined
      if (await one.renew(refused, way)) return true
      // Another request may have gone on meanwhile.
      if (this.#at === at) this.#at++
      if (this.authorization !== undefined) return true
    }
  }
}

/** `fetch` as somebody, for programs that make their requests themselves. */
export function fetchAs(credentials: Credentials, way: Way): ClientWorld['fetch'] {
  return async (url, init) =>
    showing(credentials, way, (authorization) => {
      const headers = new Headers(init.headers)
      if (authorization !== undefined) headers.set('authorization', authorization)
      return way.world.fetch(url, { ...init, headers })
    })
}
