/** A cipher that can be told not to encrypt: what is left then is the copying. */
import { CIPHER_KEY_BYTES, SEAL_BYTES, type Cipher, type SealInto } from '../src/effects/cipher.ts'

export interface SwitchedCipher extends Cipher {
  isOn: boolean
}

const NONCE_BYTES = 12
const TAG_BYTES = SEAL_BYTES - NONCE_BYTES
/** A nonce of chance is never this one. */
const IN_CLEAR = 0xff

export function switchedCipher(cipher: Cipher): SwitchedCipher {
  const copyInto = (_: Uint8Array, { bytes, into, at }: SealInto): void => {
    into.fill(IN_CLEAR, at, at + NONCE_BYTES)
    into.set(bytes, at + NONCE_BYTES)
  }
  const switched: SwitchedCipher = {
    isOn: true,
    sealInto: (key, sealing) => (switched.isOn ? cipher.sealInto : copyInto)(key, sealing),
    seal(key, bytes, bound) {
      if (switched.isOn || key.length !== CIPHER_KEY_BYTES) return cipher.seal(key, bytes, bound)
      const into = new Uint8Array(bytes.length + SEAL_BYTES)
      copyInto(key, { bytes, bound, into, at: 0 })
      return into
    },
    open: (key, sealed, bound) =>
      isInClear(sealed) ? contentOf(sealed).slice() : cipher.open(key, sealed, bound),
    openInto(key, opening) {
      const { sealed, into } = opening
      if (!isInClear(sealed)) return cipher.openInto(key, opening)
      const content = contentOf(sealed)
      into.set(content)
      return into.subarray(0, content.length)
    },
  }
  return switched
}

function isInClear(sealed: Uint8Array): boolean {
  if (sealed.length < SEAL_BYTES) return false
  return sealed.subarray(0, NONCE_BYTES).every((byte) => byte === IN_CLEAR)
}

function contentOf(sealed: Uint8Array): Uint8Array {
  return sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES)
}
