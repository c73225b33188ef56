/**
 * Secrets that people and programs hold, as text. Each names its row, so that nothing is searched:
 *
 *     anillo-r.NICK.SESSION.SECRET   a refresh token
 *     anillo-k.NICK.KEY.SECRET       an API key
 *     anillo-s.NICK.SESSION.SECRET   the token of an application, for somebody
 *     anillo-c.NICK.SESSION.SECRET   the code that it gets that token for
 *     anillo-a.APP.SCOPES.SECRET     the token of an application, for itself
 *
 * A secret is 256 bits of chance in base64url; of it the row holds the SHA-256.
 */
import { bytesOfHex } from '../../base/hex.ts'
import type { Crypto } from '../../effects/crypto.ts'
import type { Random } from '../../effects/random.ts'

const ID_BYTES = 12
const SECRET_BYTES = 32
export const SEED_BYTES = 32

const REFRESH = 'anillo-r'
const KEY = 'anillo-k'
const SESSION = 'anillo-s'
const CODE = 'anillo-c'
const APP = 'anillo-a'

export interface NamedSecret {
  readonly nick: string
  readonly id: string
  readonly secret: string
}

const FORM = /^(anillo-[rksc])\.([a-z0-9_]{1,30})\.([\w-]{16})\.([\w-]{43})$/

export function isKeySecret(text: string): boolean {
  return text.startsWith(`${KEY}.`)
}

export function writeKeySecret(named: NamedSecret): string {
  return write(KEY, named)
}

export function writeRefreshToken(named: NamedSecret): string {
  return write(REFRESH, named)
}

export function isSessionToken(text: string): boolean {
  return text.startsWith(`${SESSION}.`)
}

export function writeSessionToken(named: NamedSecret): string {
  return write(SESSION, named)
}

export function readSessionToken(text: string): NamedSecret | undefined {
  return read(SESSION, text)
}

export function writeCode(named: NamedSecret): string {
  return write(CODE, named)
}

export function readCode(text: string): NamedSecret | undefined {
  return read(CODE, text)
}

export interface AppSecret {
  readonly id: string
  readonly scopes: readonly string[]
  readonly secret: string
}

const APP_FORM = /^anillo-a\.([\w-]{16})\.([a-z:_]*)\.([\w-]{43})$/
/** Between scopes; none has it. */
const AND = '_'

export function isAppToken(text: string): boolean {
  return text.startsWith(`${APP}.`)
}

export function writeAppToken({ id, scopes, secret }: AppSecret): string {
  return `${APP}.${id}.${scopes.join(AND)}.${secret}`
}

export function readAppToken(text: string): AppSecret | undefined {
  const [, id, scopes, secret] = APP_FORM.exec(text) ?? []
  if (id === undefined || scopes === undefined || secret === undefined) return undefined
  return { id, scopes: scopes.split(AND).filter(Boolean), secret }
}

/** Of the token of an application for itself. @param seed of the application, 64 hex digits */
export function appSecretOf(
  crypto: Pick<Crypto, 'mac'>,
  seed: string,
  scopes: readonly string[],
): string {
  return secretOfSeed(crypto, seed, `anillo/app/1 ${scopes.join(' ')}`)
}

/** `undefined`: it is none. */
export function readKeySecret(text: string): NamedSecret | undefined {
  return read(KEY, text)
}

export function readRefreshToken(text: string): NamedSecret | undefined {
  return read(REFRESH, text)
}

/** Begins with a letter: people type ids of keys as arguments, where “-” begins an option. */
export function newId(random: Pick<Random, 'bytes'>): string {
  const bytes = random.bytes(ID_BYTES)
  bytes[0] = (bytes[0] ?? 0) & FIRST_IS_LETTER
  return base64url(bytes)
}

/** The first six bits are the first letter’s; of base64url’s letters the first 32 are A to f. */
const FIRST_IS_LETTER = 0b0111_1111

export function newSecret(random: Random): string {
  return base64url(random.bytes(SECRET_BYTES))
}

/**
 * That follows from a seed and what its holder knows: told again to whoever shows that again, while
 * the ring keeps the seed alone.
 * @param seed 64 hex digits
 */
export function secretOfSeed(crypto: Pick<Crypto, 'mac'>, seed: string, known: string): string {
  return base64url(bytesOfHex(crypto.mac(bytesOfHex(seed), known)))
}

/** Refresh secrets are letters of base64url: none of them is this text. */
const FOR_COPIES = 'anillo/copies/1'

/**
 * The key for what a browser keeps, of one session: 256 bits in base64url. It is the same as long
 * as the session goes on, and nobody can make it again once the session's seed is gone.
 * @param seed of the session, 64 hex digits
 */
export function copiesKeyOf(crypto: Pick<Crypto, 'mac'>, seed: string): string {
  return secretOfSeed(crypto, seed, FOR_COPIES)
}

export function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64url')
}

function write(kind: string, { id, nick, secret }: NamedSecret): string {
  return `${kind}.${nick}.${id}.${secret}`
}

function read(wanted: string, text: string): NamedSecret | undefined {
  const [, kind, nick, id, secret] = FORM.exec(text) ?? []
  if (kind !== wanted || nick === undefined || id === undefined) return undefined
  return secret === undefined ? undefined : { nick, id, secret }
}
