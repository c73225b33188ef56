/**
 * Tokens: who shows one has been answered at its address a few minutes ago. None is kept; each is
 * made of the address and a secret that changes (BEP 5 has the idea).
 */
import { equalBytes } from '../base/bytes.ts'
import { sha256Hex } from '../base/hash.ts'
import { bytesOfHex, hexOf } from '../base/hex.ts'
import { TOKEN_BYTES } from '../wire/kademlia/limits.ts'
import { TOKEN_MS } from './settings.ts'

export class Tokens {
  readonly #secret: string

  /** @param secret some bytes that nobody can guess */
  constructor(secret: Uint8Array) {
    this.#secret = hexOf(secret)
  }

  tokenFor(host: string, nowMs: number): Uint8Array {
    return this.#token(host, Math.floor(nowMs / TOKEN_MS))
  }

  isGood(
    token: Uint8Array,
    { host, nowMs }: { readonly host: string; readonly nowMs: number },
  ): boolean {
    const period = Math.floor(nowMs / TOKEN_MS)
    return [period, period - 1].some((one) => equalBytes(token, this.#token(host, one)))
  }

  #token(host: string, period: number): Uint8Array {
    return bytesOfHex(sha256Hex(`${this.#secret} ${period} ${host}`).slice(0, 2 * TOKEN_BYTES))
  }
}
