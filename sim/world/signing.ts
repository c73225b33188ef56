/** Signatures that hold for one text and one key, and for no other. */
import { concat, equalBytes, utf8 } from '../../src/base/bytes.ts'
import { sha256Hex } from '../../src/base/hash.ts'
import { bytesOfHex } from '../../src/base/hex.ts'
import type { Random } from '../../src/effects/random.ts'
import { SIGNING_KEY_BYTES, type Signing } from '../../src/effects/signing.ts'

export function virtualSigning(random: Random): Signing {
  return {
    makeKey() {
      const privateKey = random.bytes(SIGNING_KEY_BYTES)
      return { privateKey, publicKey: publicKeyOf(privateKey) }
    },
    sign: (privateKey, bytes) => signatureOf(publicKeyOf(privateKey), bytes),
    verify: (publicKey, bytes, signature) => equalBytes(signature, signatureOf(publicKey, bytes)),
  }
}

function publicKeyOf(privateKey: Uint8Array): Uint8Array {
  return digest('public', privateKey)
}

/** Whoever knows the public key could make one; nobody in a simulation does. */
function signatureOf(publicKey: Uint8Array, bytes: Uint8Array): Uint8Array {
  const first = digest('signature', concat([publicKey, bytes]))
  return concat([first, digest('signature', concat([first, bytes]))])
}

function digest(what: string, bytes: Uint8Array): Uint8Array {
  return bytesOfHex(sha256Hex(concat([utf8(what), bytes])))
}
