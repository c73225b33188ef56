/**
 * What a request shows of who sent it (RFC 6750, 7617, 6265). Whether it holds is not known here.
 */
import { tryText } from '../../base/bytes.ts'
import type { Cookies } from './cookies.ts'
import type { RawRequest } from './guards.ts'

export type Credential =
  | { readonly kind: 'none' }
  | { readonly kind: 'bearer'; readonly token: string }
  /** A key as the password of its account. */
  | { readonly kind: 'basic'; readonly nick: string; readonly token: string }
  | { readonly kind: 'cookie'; readonly token: string }
  /** Something that is none of these. */
  | { readonly kind: 'malformed' }

type Headers = RawRequest['headers']

/** Far above what a token takes, far below what Node takes as a header. */
const TOKEN_CHARS_MAX = 4_096
const BEARER = new RegExp(`^bearer +([\\w.~+/=-]{1,${TOKEN_CHARS_MAX}})$`, 'i')
const BASIC = new RegExp(`^basic +([\\w+/-]{1,${TOKEN_CHARS_MAX}}={0,2})$`, 'i')

const NONE: Credential = { kind: 'none' }
const MALFORMED: Credential = { kind: 'malformed' }

/** The header counts before the cookie, which a browser adds by itself. */
export function credentialIn(headers: Headers, cookies: Cookies): Credential {
  const { authorization } = headers
  if (authorization !== undefined) return authorizationIn(authorization)
  if (headers.cookie === undefined) return NONE
  const found = cookies.read(headers.cookie, 'access')
  if (found.kind === 'absent') return NONE
  return found.kind === 'one' ? { kind: 'cookie', token: found.value } : MALFORMED
}

function authorizationIn(text: string): Credential {
  const token = BEARER.exec(text)?.[1]
  if (token !== undefined) return { kind: 'bearer', token }
  const basic = BASIC.exec(text)?.[1]
  return basic === undefined ? MALFORMED : basicIn(basic)
}

function basicIn(base64: string): Credential {
  const text = tryText(Buffer.from(base64, 'base64'))
  const at = text?.indexOf(':') ?? -1
  if (text === undefined || at < 1) return MALFORMED
  return { kind: 'basic', nick: text.slice(0, at), token: text.slice(at + 1) }
}
