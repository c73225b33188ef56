/** argon2id (RFC 9106) of OpenSSL, on the runtime’s threads. */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

import { utf8 } from '../base/bytes.ts'
import { sha256Hex } from '../base/hash.ts'
import type { Passwords } from '../effects/passwords.ts'

/** OWASP’s choice for servers: 19 MiB, two passes, one lane; some 25 ms. */
const MEMORY_KIB = 19_456
const PASSES = 2
const LANES = 1
const SALT_BYTES = 16
const HASH_BYTES = 32

interface Hashed {
  readonly memoryKib: number
  readonly passes: number
  readonly lanes: number
  readonly salt: Buffer
  readonly hash: Buffer
}

const argon2Async = promisify(argon2)

export function platformPasswords(): Passwords {
  return { hash, verify }
}

async function hash(password: string, saltOf?: string): Promise<string> {
  return writeHashed(await hashed(password, saltFrom(saltOf)))
}

function saltFrom(text: string | undefined): Buffer {
  if (text === undefined) return randomBytes(SALT_BYTES)
  return Buffer.from(sha256Hex(text), 'hex').subarray(0, SALT_BYTES)
}

async function verify(password: string, text: string | undefined): Promise<boolean> {
  const known = text === undefined ? undefined : readHashed(text)
  if (known === undefined) {
    await hashed(password, randomBytes(SALT_BYTES))
    return false
  }
  const shown = await stretch(password, known)
  return shown.length === known.hash.length && timingSafeEqual(shown, known.hash)
}

async function hashed(password: string, salt: Buffer): Promise<Hashed> {
  const cost = { memoryKib: MEMORY_KIB, passes: PASSES, lanes: LANES, salt }
  return { ...cost, hash: await stretch(password, { ...cost, hash: Buffer.alloc(HASH_BYTES) }) }
}

function stretch(password: string, { hash, lanes, memoryKib, passes, salt }: Hashed) {
  return argon2Async('argon2id', {
    message: utf8(password),
    nonce: salt,
    memory: memoryKib,
    passes,
    parallelism: lanes,
    tagLength: hash.length,
  })
}

function writeHashed({ hash, lanes, memoryKib, passes, salt }: Hashed): string {
  const cost = `m=${memoryKib},t=${passes},p=${lanes}`
  return `$argon2id$v=19$${cost}$${base64(salt)}$${base64(hash)}`
}

const PHC =
  /^\$argon2id\$v=19\$m=([1-9]\d{1,6}),t=([1-9]\d?),p=([1-9]\d?)\$([\w+/]{22})\$([\w+/]{43})$/

function readHashed(text: string): Hashed | undefined {
  const [, memoryKib, passes, lanes, salt, hash] = PHC.exec(text) ?? []
  if (salt === undefined || hash === undefined) return undefined
  return {
    memoryKib: Number(memoryKib),
    passes: Number(passes),
    lanes: Number(lanes),
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  }
}

/** As PHC texts have it: without padding. */
function base64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '')
}
