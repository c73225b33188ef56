/**
 * The platform's own AES-GCM, so that every flipped bit is noticed as there; only the nonces come
 * from the seed. A cheaper checksum would save some 3 us of the 30 and more that a virtual write
 * and sync take.
 */
import type { Cipher } from '../../src/effects/cipher.ts'
import type { Random } from '../../src/effects/random.ts'
import { makeCipher } from '../../src/platform/cipher.ts'

export function virtualCipher(random: Random): Cipher {
  return makeCipher((nonce) => nonce.set(random.bytes(nonce.length)))
}
