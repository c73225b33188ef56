/**
 * BitTorrent’s Mainline DHT, as the service needs it: under the ring’s key it says where a share
 * is, so that whoever has a magnet link finds the ring though its addresses have changed
 * (docs/decisions/0055-items-in-mainline.md). What lies there ends after two hours, unless it is
 * said again.
 */
import type { SigningKey } from '../../../effects/signing.ts'

/** Who is to have said it, and of what. */
export interface MainlineAsk {
  /** An Ed25519 key, 64 hex digits. */
  readonly publisher: string
  /** Of the info-hash the first 20 bytes, 40 hex digits. */
  readonly salt: string
}

export interface MainlineSaying {
  readonly salt: string
  /** Greater than that of whatever was said of it before. */
  readonly sequence: number
  /** Where it is; none: it was taken back. */
  readonly urls: readonly string[]
}

export interface MainlineNetwork {
  /**
   * Where it is said to be; none where nobody says so within some seconds. Its signature holds;
   * what stands at the addresses is to be proven.
   */
  find(ask: MainlineAsk, signal?: AbortSignal): Promise<readonly string[]>
  /** @returns how many nodes took it; 0 also where no address of it is one for the world */
  say(key: SigningKey, saying: MainlineSaying, signal?: AbortSignal): Promise<number>
}
