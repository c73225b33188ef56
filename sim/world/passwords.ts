/** Hashes of passwords that cost virtual time alone. */
import { sha256Hex } from '../../src/base/hash.ts'
import { hexOf } from '../../src/base/hex.ts'
import type { Passwords } from '../../src/effects/passwords.ts'
import type { Random } from '../../src/effects/random.ts'
import type { Life } from './life.ts'

const HASH_MS = 25
const SALT_BYTES = 16

export function virtualPasswords(life: Life, random: Random): Passwords {
  const answer = <T>(make: () => T): Promise<T> => life.answer(HASH_MS, 'password', make)
  return {
    hash: (password, saltOf) =>
      answer(() => {
        const salt = saltOf === undefined ? hexOf(random.bytes(SALT_BYTES)) : sha256Hex(saltOf)
        return hashOf(password, salt)
      }),
    verify: (password, hashed) =>
      answer(() => hashed === hashOf(password, hashed?.split('$')[2] ?? '')),
  }
}

function hashOf(password: string, salt: string): string {
  return `$virtual$${salt}$${sha256Hex(`${salt} ${password}`)}`
}
