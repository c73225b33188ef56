/**
 * The key of a backup: 32 bytes of chance, which stand in its header sealed under a passphrase or a
 * key file. Who has the backup alone has nothing.
 */
import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'

import { utf8 } from '../../base/bytes.ts'
import { AnilloError } from '../../base/errors.ts'
import { bytesOfHex, hexOf } from '../../base/hex.ts'
import { CIPHER_KEY_BYTES } from '../../effects/cipher.ts'
import type { Effects } from '../../effects/effects.ts'
import { SALT_BYTES, stretch, STRETCH_COST, type StretchCost } from '../at-rest/stretch.ts'
import { damaged, type Archive } from './archive.ts'

/** What locks it. */
export type BackupLock =
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  /** 32 bytes, of a file that is kept elsewhere. */
  | { readonly kind: 'file'; readonly key: Uint8Array }

const FORMAT = 1
const BOUND = utf8('anillo backup key 1')

const Hex = Type.String({ pattern: '^(?:[0-9a-f]{2})+$' })
const Header = Type.Object({
  format: Type.Integer(),
  lock: Type.Union([
    Type.Object({ kind: Type.Literal('file'), sealed: Hex }),
    Type.Object({
      kind: Type.Literal('passphrase'),
      memoryKib: Type.Integer({ minimum: 8, maximum: 4 << 20 }),
      passes: Type.Integer({ minimum: 1, maximum: 1_000 }),
      lanes: Type.Integer({ minimum: 1, maximum: 64 }),
      salt: Hex,
      sealed: Hex,
    }),
  ]),
})
type Header = Static<typeof Header>

type KeyEffects = Pick<Effects, 'cipher' | 'random'>

/** The key of the archive; of one that is empty it is made. @throws AnilloError BACKUP_LOCKED */
export async function openBackupKey(
  effects: KeyEffects,
  archive: Archive,
  options: { readonly lock: BackupLock; readonly cost?: StretchCost },
): Promise<Uint8Array> {
  const text = await archive.readHeader()
  if (text !== undefined) return unlock(effects, readHeader(text), options.lock)
  const key = effects.random.bytes(CIPHER_KEY_BYTES)
  const header = await lockedHeader(effects, key, options)
  await archive.writeHeader(`${JSON.stringify(header, undefined, 2)}\n`)
  return key
}

async function lockedHeader(
  { cipher, random }: KeyEffects,
  key: Uint8Array,
  { lock, cost = STRETCH_COST }: { readonly lock: BackupLock; readonly cost?: StretchCost },
): Promise<Header> {
  if (lock.kind === 'file') {
    const sealed = hexOf(cipher.seal(lock.key, key, BOUND))
    return { format: FORMAT, lock: { kind: 'file', sealed } }
  }
  const salt = random.bytes(SALT_BYTES)
  const wrapping = await stretch(lock.passphrase, { ...cost, salt })
  const sealed = hexOf(cipher.seal(wrapping, key, BOUND))
  return { format: FORMAT, lock: { kind: 'passphrase', ...cost, salt: hexOf(salt), sealed } }
}

async function unlock(
  { cipher }: KeyEffects,
  { lock: locked }: Header,
  lock: BackupLock,
): Promise<Uint8Array> {
  if (locked.kind !== lock.kind) {
    const asked = locked.kind === 'file' ? 'a key file' : 'a passphrase'
    throw new AnilloError('BACKUP_LOCKED', { problem: `it was locked with ${asked}` })
  }
  const wrapping =
    lock.kind === 'file'
      ? lock.key
      : await stretch(lock.passphrase, { ...costOf(locked), salt: saltOf(locked) })
  const key = cipher.open(wrapping, bytesOfHex(locked.sealed), BOUND)
  if (key !== undefined) return key
  const problem = lock.kind === 'file' ? 'another key' : 'another passphrase'
  throw new AnilloError('BACKUP_LOCKED', { problem })
}

function costOf(locked: Header['lock']): StretchCost {
  return locked.kind === 'passphrase' ? locked : STRETCH_COST
}

function saltOf(locked: Header['lock']): Uint8Array {
  return bytesOfHex(locked.kind === 'passphrase' ? locked.salt : '')
}

function readHeader(text: string): Header {
  const json = jsonOf(text)
  if (!Check(Header, json)) throw damaged('backup.json', 'it does not describe a backup')
  if (json.format === FORMAT) return json
  throw damaged('backup.json', `its format ${json.format} is of another version of anillo`)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
