/**
 * A cipher that notes how much it was asked for, so that the same work can be done again by itself
 * and its time be taken: calls of some microseconds each cannot be timed one by one.
 */
import { CIPHER_KEY_BYTES, SEAL_BYTES, type Cipher } from '../src/effects/cipher.ts'

/** How often each length was asked for. */
export type Lengths = readonly (readonly [bytes: number, count: number])[]

export interface CipherTally {
  readonly seals: Lengths
  readonly opens: Lengths
}

export interface TalliedCipher extends Cipher {
  /** Since the last time that it was asked. */
  take(): CipherTally
}

export function talliedCipher(cipher: Cipher): TalliedCipher {
  let seals = new Map<number, number>()
  let opens = new Map<number, number>()
  const note = (lengths: Map<number, number>, bytes: number): void => {
    lengths.set(bytes, (lengths.get(bytes) ?? 0) + 1)
  }
  return {
    sealInto(key, sealing) {
      note(seals, sealing.bytes.length)
      cipher.sealInto(key, sealing)
    },
    seal(key, bytes, bound) {
      note(seals, bytes.length)
      return cipher.seal(key, bytes, bound)
    },
    open(key, sealed, bound) {
      note(opens, sealed.length)
      return cipher.open(key, sealed, bound)
    },
    openInto(key, opening) {
      note(opens, opening.sealed.length)
      return cipher.openInto(key, opening)
    },
    take() {
      const tally = { seals: [...seals], opens: [...opens] }
      seals = new Map()
      opens = new Map()
      return tally
    },
  }
}

/** As the store binds a row's key. */
const BOUND = new Uint8Array(40)

/** Time of the processor, ms, that the same work takes with nothing around it. */
export function againMs(cipher: Cipher, { seals, opens }: CipherTally): number {
  const key = new Uint8Array(CIPHER_KEY_BYTES).fill(7)
  const longest = Math.max(SEAL_BYTES, ...[...seals, ...opens].map(([bytes]) => bytes))
  const room = new Uint8Array(longest + SEAL_BYTES)
  const plain = new Uint8Array(longest).fill(1)
  const sealed = opens.map(([bytes, count]) => {
    const content = plain.subarray(0, Math.max(0, bytes - SEAL_BYTES))
    return { sealed: cipher.seal(key, content, BOUND), count }
  })
  const before = process.cpuUsage()
  for (const [bytes, count] of seals) {
    const sealing = { bytes: plain.subarray(0, bytes), bound: BOUND, into: room, at: 0 }
    for (let at = 0; at < count; at++) cipher.sealInto(key, sealing)
  }
  for (const { sealed: bytes, count } of sealed) {
    const opening = { sealed: bytes, bound: BOUND, into: room }
    for (let at = 0; at < count; at++) cipher.openInto(key, opening)
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e3
}
