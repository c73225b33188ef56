/**
 * What lets whoever has it look at one thing, as somebody else who may: in the addresses of
 * pictures, which programs load without a token. It says who, by which session, until which day,
 * and of all of that, and of the thing, an HMAC under a key of that session alone (RFC 2104):
 *
 *     NICK.SESSION.DAY.MAC    the day since 1970 on which it ends; 22 letters of base64url
 *
 * Nothing is kept of it, and each member knows it, until the session ends.
 */
import { sameDigest } from '../../base/hash.ts'
import { bytesOfHex } from '../../base/hex.ts'
import { DAY_MS } from '../../base/limits.ts'
import type { Crypto } from '../../effects/crypto.ts'
import { principalOfSession } from './authentication.ts'
import type { AccountsOptions } from './parts.ts'
import { sessionKey } from './places.ts'
import { readSession, type SessionRow } from './rows.ts'
import { base64url, secretOfSeed } from './secrets.ts'
import type { Principal } from './types.ts'

/** Whole days, so that an address stays the same for one: programs keep pictures by address. */
const DAYS = 2
const MAC_BYTES = 16
/** Refresh secrets are letters of base64url: none of them is this text. */
const FOR_VIEWS = 'anillo/views/1'

const FORM = /^([a-z0-9_]{1,30})\.([\w-]{16})\.(\d{1,6})\.([\w-]{22})$/

/** @param what names the thing, whoever asks for it */
export type WriteViewPass = (what: string) => string

export class ViewPasses {
  readonly #options: AccountsOptions

  constructor(options: AccountsOptions) {
    this.#options = options
  }

  /** `undefined`: who asks has no session. @throws AnilloError STORE_UNAVAILABLE */
  async writer({ by, nick }: Principal): Promise<WriteViewPass | undefined> {
    if (nick === undefined || by.kind !== 'session') return undefined
    const row = await this.#session(nick, by.id)
    if (row === undefined) return undefined
    const day = this.#today() + DAYS
    const said = `${nick}.${by.id}.${day}`
    return (what) => `${said}.${this.#mac(row, said, what)}`
  }

  /** Who looks, as of now; `undefined`: it does not hold. @throws AnilloError STORE_UNAVAILABLE */
  async viewer(pass: string, what: string): Promise<Principal | undefined> {
    const [, nick = '', id = '', day = '', mac = ''] = FORM.exec(pass) ?? []
    if (Number(day) <= this.#today()) return undefined
    const row = await this.#session(nick, id)
    if (row === undefined) return undefined
    if (!sameDigest(this.#mac(row, `${nick}.${id}.${day}`, what), mac)) return undefined
    return principalOfSession(nick, id, row)
  }

  async #session(nick: string, id: string): Promise<SessionRow | undefined> {
    const record = await this.#options.store.get(sessionKey(nick, id))
    return record && readSession(record)
  }

  #today(): number {
    return Math.floor(this.#options.effects.clock.wallMs() / DAY_MS)
  }

  #mac({ seed }: SessionRow, said: string, what: string): string {
    const { crypto }: { readonly crypto: Pick<Crypto, 'mac'> } = this.#options.effects
    const key = Buffer.from(secretOfSeed(crypto, seed, FOR_VIEWS), 'base64url')
    return base64url(bytesOfHex(crypto.mac(key, `${said} ${what}`)).subarray(0, MAC_BYTES))
  }
}
