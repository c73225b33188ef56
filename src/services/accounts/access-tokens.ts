/**
 * Access tokens: JSON Web Tokens (RFC 7519) signed with Ed25519 (RFC 8037), of one algorithm and
 * one form. A token that held once is remembered until it expires; that its session still is, is
 * read anew each time.
 */
import { Type } from 'typebox'

import { tryText, utf8 } from '../../base/bytes.ts'
import type { RingId } from '../../base/ids.ts'
import { SECOND_MS } from '../../base/limits.ts'
import type { Effects } from '../../effects/effects.ts'
import { reader } from '../../wire/method.ts'
import { ACCESS_TOKEN_MS, BEARER_CHARS_MAX, CLOCK_LEEWAY_MS, KNOWN_TOKENS_MAX } from './limits.ts'
import { base64url } from './secrets.ts'
import type { SigningKeys } from './signing-keys.ts'
import type { Principal } from './types.ts'

const AUDIENCE = 'anillo'
const ALGORITHM = 'EdDSA'

/** Other members of it (`crit`, `jwk`, `x5u`) are not understood, so they are refused. */
const Header = Type.Object(
  { alg: Type.Literal(ALGORITHM), kid: Type.String(), typ: Type.Literal('JWT') },
  { additionalProperties: false },
)
const Claims = Type.Object({
  iss: Type.String(),
  aud: Type.Literal(AUDIENCE),
  sub: Type.String({ pattern: '^[a-z0-9_]{1,30}$' }),
  sid: Type.String({ pattern: '^[\\w-]{16}$' }),
  iat: Type.Integer(),
  exp: Type.Integer(),
})
const readHeader = reader(Header)
const readClaims = reader(Claims)

/** What a token that holds says; and what its holder was, the last time the row was read. */
export interface HeldToken {
  readonly nick: string
  readonly sessionId: string
  readonly expiresAtMs: number
  /** Of a version of the session’s row. */
  seen: { readonly version: number; readonly principal: Principal } | undefined
}

export interface AccessTokensOptions {
  readonly effects: Pick<Effects, 'clock' | 'signing'>
  readonly ringId: RingId
  readonly keys: SigningKeys
}

export class AccessTokens {
  readonly #options: AccessTokensOptions
  /** By the token, as the connections that show it hold it too. Oldest first. */
  readonly #known = new Map<string, HeldToken>()

  constructor(options: AccessTokensOptions) {
    this.#options = options
  }

  async issue({ nick, sessionId }: Pick<HeldToken, 'nick' | 'sessionId'>): Promise<string> {
    const { effects, keys, ringId } = this.#options
    const { id, privateKey } = await keys.signing()
    const issuedAtS = Math.floor(effects.clock.wallMs() / SECOND_MS)
    const head = encode({ alg: ALGORITHM, kid: id, typ: 'JWT' })
    const body = encode({
      iss: ringId,
      aud: AUDIENCE,
      sub: nick,
      sid: sessionId,
      iat: issuedAtS,
      exp: issuedAtS + ACCESS_TOKEN_MS / SECOND_MS,
    })
    const signed = `${head}.${body}`
    return `${signed}.${base64url(effects.signing.sign(privateKey, utf8(signed)))}`
  }

  /**
   * `undefined`: it does not hold, whyever. @throws AnilloError STORE_UNAVAILABLE where the key
   * cannot be looked up
   */
  check(token: string): HeldToken | undefined | Promise<HeldToken | undefined> {
    if (token.length > BEARER_CHARS_MAX) return undefined
    const known = this.#known.get(token)
    if (known === undefined) return this.#checkAnew(token)
    if (!this.#isExpired(known)) return known
    this.#known.delete(token)
    return undefined
  }

  async #checkAnew(token: string): Promise<HeldToken | undefined> {
    const { effects, keys, ringId } = this.#options
    const [head = '', body = '', signature = '', ...more] = token.split('.')
    if (more.length > 0) return undefined
    const header = readHeader(decode(head))
    const claims = readClaims(decode(body))
    if (header === undefined || claims === undefined || claims.iss !== ringId) return undefined
    const { exp, sid, sub } = claims
    const held = { nick: sub, sessionId: sid, expiresAtMs: exp * SECOND_MS, seen: undefined }
    if (this.#isExpired(held)) return undefined
    const key = await keys.find(header.kid)
    if (key === undefined) return undefined
    const bytes = Buffer.from(signature, 'base64url')
    // Other texts of the same bytes are not the token that was signed.
    if (base64url(bytes) !== signature) return undefined
    const text = utf8(`${head}.${body}`)
    if (!effects.signing.verify(key.publicKey, text, bytes)) return undefined
    this.#remember(token, held)
    return held
  }

  #remember(token: string, held: HeldToken): void {
    this.#known.set(token, held)
    if (this.#known.size <= KNOWN_TOKENS_MAX) return
    const [oldest] = this.#known.keys()
    if (oldest !== undefined) this.#known.delete(oldest)
  }

  #isExpired({ expiresAtMs }: Pick<HeldToken, 'expiresAtMs'>): boolean {
    return this.#options.effects.clock.wallMs() >= expiresAtMs + CLOCK_LEEWAY_MS
  }
}

function encode(value: object): string {
  return base64url(utf8(JSON.stringify(value)))
}

function decode(text: string): unknown {
  const json = tryText(Buffer.from(text, 'base64url'))
  if (json === undefined) return undefined
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
