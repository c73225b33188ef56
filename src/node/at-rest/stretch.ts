/** A key from a passphrase (argon2id, RFC 9106), off the event loop. */
import { argon2 } from 'node:crypto'
import { promisify } from 'node:util'

import { utf8 } from '../../base/bytes.ts'
import { CIPHER_KEY_BYTES } from '../../effects/cipher.ts'

export interface StretchCost {
  readonly memoryKib: number
  readonly passes: number
  readonly lanes: number
}

export interface Stretching extends StretchCost {
  readonly salt: Uint8Array
}

/** The second recommended choice of RFC 9106, section 4: 64 MiB, some 0.2 s here. */
export const STRETCH_COST: StretchCost = { memoryKib: 65_536, passes: 3, lanes: 4 }

/** As the RFC recommends. */
export const SALT_BYTES = 16

const argon2Async = promisify(argon2)

/** The passphrase in Unicode's composed form, since keyboards differ. */
export async function stretch(passphrase: string, stretching: Stretching): Promise<Uint8Array> {
  const { memoryKib, passes, lanes, salt } = stretching
  const key = await argon2Async('argon2id', {
    message: utf8(passphrase.normalize('NFC')),
    nonce: salt,
    memory: memoryKib,
    passes,
    parallelism: lanes,
    tagLength: CIPHER_KEY_BYTES,
  })
  return new Uint8Array(key)
}
