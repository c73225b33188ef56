/**
 * The two cookies of a log-in in a browser (RFC 6265): scripts cannot read them, and no other
 * site's pages send them. Cookies are not apart by port, so their names bear some digits of the
 * ring's id: several rings share `localhost`.
 */
import type { IssuedTokens } from '../../services/accounts/types.ts'
import { SESSION_COOKIE_SECONDS } from './limits.ts'

export type CookieName = 'access' | 'refresh'

export type FoundCookie =
  | { readonly kind: 'absent' }
  | { readonly kind: 'one'; readonly value: string }
  /** Several of one name, which nobody sets but who wants to be taken for another. */
  | { readonly kind: 'several' }

const RING_DIGITS = 8

/**
 * The refresh token goes to where it is used alone. Both stay as long as the session may: an access
 * token that has expired is refused, and not taken for no credential at all.
 */
const PATHS: Readonly<Record<CookieName, string>> = { access: '/', refresh: '/v1/auth' }

interface WrittenCookie {
  readonly value: string
  readonly seconds: number
  /** Sent over TLS alone. */
  readonly isSecure: boolean
}

export class Cookies {
  readonly #names: Readonly<Record<CookieName, string>>

  constructor(ringId: string) {
    const digits = ringId.slice(0, RING_DIGITS)
    this.#names = { access: `anillo-access-${digits}`, refresh: `anillo-refresh-${digits}` }
  }

  /** @param header `Cookie` of a request */
  read(header: string, cookie: CookieName): FoundCookie {
    const name = this.#names[cookie]
    const values = header.split(';').flatMap((pair) => {
      const at = pair.indexOf('=')
      return at > 0 && pair.slice(0, at).trim() === name ? [pair.slice(at + 1).trim()] : []
    })
    const [value] = values
    if (value === undefined) return { kind: 'absent' }
    return values.length === 1 ? { kind: 'one', value } : { kind: 'several' }
  }

  /** Values of `Set-Cookie`. */
  set(tokens: IssuedTokens, isSecure: boolean): readonly string[] {
    const lasting = { seconds: SESSION_COOKIE_SECONDS, isSecure }
    return [
      this.#written('access', { value: tokens.accessToken, ...lasting }),
      this.#written('refresh', { value: tokens.refreshToken, ...lasting }),
    ]
  }

  /** Takes both out of the browser. */
  clear(isSecure: boolean): readonly string[] {
    const gone = { value: '', seconds: 0, isSecure }
    return [this.#written('access', gone), this.#written('refresh', gone)]
  }

  #written(cookie: CookieName, { isSecure, seconds, value }: WrittenCookie): string {
    const head = `${this.#names[cookie]}=${value}; Path=${PATHS[cookie]}; Max-Age=${seconds}`
    return `${head}; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`
  }
}
