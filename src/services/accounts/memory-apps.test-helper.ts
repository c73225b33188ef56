/** Applications in memory: the model of how `Apps` behaves, for trying doors without a ring. */
import { sha256Hex } from '../../base/hash.ts'
import { bytesOfHex } from '../../base/hex.ts'
import { permissionsOfScopes } from '../../wire/oauth-scopes.ts'
import type {
  App,
  AppGrant,
  Apps,
  AppToken,
  CodeGrant,
  CodeProof,
  MadeApp,
  NewApp,
} from './app-types.ts'
import type { Principal } from './types.ts'

interface Held extends AppGrant {
  readonly nick: string | undefined
}

interface Credentials {
  readonly nick: string
  readonly password: string
}

/** Opens a session: whose. @throws AnilloError BAD_LOGIN */
type Opening = (credentials: Credentials) => Promise<{ readonly nick: string; readonly id: string }>

const AT_MS = Date.parse('2026-11-21T00:00:00.000Z')

export class MemoryApps implements Apps {
  readonly #opening: Opening
  readonly #apps = new Map<string, MadeApp>()
  readonly #codes = new Map<string, { grant: CodeGrant; nick: string; token?: string }>()
  readonly #tokens = new Map<string, Held>()
  #count = 0

  constructor(opening: Opening) {
    this.#opening = opening
  }

  /** Whoever shows that token; `undefined`: it is none of an application. */
  holder(token: string, whole: (nick: string) => Principal): Principal | undefined {
    const held = this.#tokens.get(token)
    if (held === undefined) return undefined
    const { id, name, website } = held.app
    const app = { id, name, ...(website === undefined ? {} : { website }), scopes: held.scopes }
    if (held.nick === undefined) {
      const nobody = { nick: undefined, role: 'guest', groups: [] } as const
      return { ...nobody, permissions: new Set(), by: { kind: 'app', app } }
    }
    const who = whole(held.nick)
    const ofApp = permissionsOfScopes(held.scopes)
    const permissions = new Set([...who.permissions].filter((one) => ofApp.has(one)))
    return { ...who, permissions, by: { kind: 'session', id: token, app } }
  }

  async make(app: NewApp): Promise<MadeApp> {
    const made = { ...app, id: `app${++this.#count}`, secret: `secret${this.#count}` }
    this.#apps.set(made.id, made)
    return made
  }

  async find(id: string): Promise<App | undefined> {
    const made = this.#apps.get(id)
    if (made === undefined) return undefined
    const { secret: _, ...app } = made
    return app
  }

  async prove(id: string, secret: string): Promise<App | undefined> {
    return this.#apps.get(id)?.secret === secret ? this.find(id) : undefined
  }

  async tokenOf(grant: AppGrant): Promise<AppToken> {
    return this.#token({ ...grant, nick: undefined })
  }

  async logIn(credentials: Credentials, _from: unknown, grant: AppGrant): Promise<AppToken> {
    const { nick } = await this.#opening(credentials)
    return this.#token({ ...grant, nick })
  }

  async grantCode(credentials: Credentials, _from: unknown, grant: CodeGrant): Promise<string> {
    const { nick } = await this.#opening(credentials)
    const code = `code-${++this.#count}`
    this.#codes.set(code, { grant, nick })
    return code
  }

  async redeem(code: string, proof: CodeProof): Promise<AppToken | undefined> {
    const held = this.#codes.get(code)
    if (held?.grant.app.id !== proof.app.id) return undefined
    const { grant, nick, token: before } = held
    const challenge = proof.verifier === undefined ? undefined : challengeOf(proof.verifier)
    const isSame = grant.redirectUri === proof.redirectUri && grant.challenge === challenge
    if (before !== undefined || !isSame) {
      this.#codes.delete(code)
      if (before !== undefined) this.#tokens.delete(before)
      return undefined
    }
    const made = this.#token({ app: grant.app, scopes: grant.scopes, nick })
    held.token = made.token
    return made
  }

  async revoke(token: string, app: App): Promise<void> {
    if (this.#tokens.get(token)?.app.id === app.id) this.#tokens.delete(token)
  }

  #token(held: Held): AppToken {
    const token = `app-token-${++this.#count}`
    this.#tokens.set(token, held)
    return { token, scopes: held.scopes, createdAtMs: AT_MS }
  }
}

function challengeOf(verifier: string): string {
  return Buffer.from(bytesOfHex(sha256Hex(verifier))).toString('base64url')
}
