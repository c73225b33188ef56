/**
 * The member's key: 32 random bytes under which all that it keeps is sealed (docs/at-rest.md). It
 * never changes; what changes is whether its file, readable by its owner alone, holds it as it is
 * or wrapped by a passphrase. The file is replaced whole, so that no moment is without one.
 */
import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'

import { assert } from '../../base/assert.ts'
import { utf8 } from '../../base/bytes.ts'
import { AnilloError } from '../../base/errors.ts'
import { sha256Hex } from '../../base/hash.ts'
import { bytesOfHex, hexOf } from '../../base/hex.ts'
import { CIPHER_KEY_BYTES } from '../../effects/cipher.ts'
import type { Effects } from '../../effects/effects.ts'
import { readJson, writeDurably } from '../enrolment/durable-files.ts'
import { SALT_BYTES, stretch, STRETCH_COST, type StretchCost } from './stretch.ts'

export type KeyEffects = Pick<Effects, 'disk' | 'cipher' | 'random'>

/** In the member's directory. */
export const MEMBER_KEY_NAME = 'member.key'

/** Longer is a mistake. */
export const PASSPHRASE_CHARACTERS_MAX = 1_024

/** Bound to the seal, so that it cannot pass for another one under the same key. */
const BOUND = utf8('anillo member key 1')

const Hex = Type.String({ pattern: '^(?:[0-9a-f]{2})+$' })

/** Of what an argon2 may be asked for: a damaged file must not take all memory. */
const MEMORY_KIB_MAX = 4 << 20
const PASSES_MAX = 1_000
const LANES_MAX = 64

const Plain = Type.Object({ kind: Type.Literal('plain'), key: Hex })
const Wrapped = Type.Object({
  kind: Type.Literal('passphrase'),
  memoryKib: Type.Integer({ minimum: 8, maximum: MEMORY_KIB_MAX }),
  passes: Type.Integer({ minimum: 1, maximum: PASSES_MAX }),
  lanes: Type.Integer({ minimum: 1, maximum: LANES_MAX }),
  salt: Hex,
  sealed: Hex,
})
const Content = Type.Union([Plain, Wrapped])
const KeyFile = Type.Object({ content: Content, sha256: Type.String() })

type Content = Static<typeof Content>

export interface PassphraseChange {
  readonly from: string | undefined
  /** `undefined`: none is asked for any more. */
  readonly to: string | undefined
}

/**
 * The key, made at the first call. A passphrase given for a file that has none wraps it from then
 * on.
 * @throws AnilloError PASSPHRASE_NEEDED, PASSPHRASE_WRONG, DATA_DAMAGED, SETTING_INVALID
 */
export async function openMemberKey(
  effects: KeyEffects,
  passphrase: string | undefined,
  cost: StretchCost = STRETCH_COST,
): Promise<Uint8Array> {
  checkLength(passphrase)
  const content = await readContent(effects)
  const key =
    content === undefined
      ? effects.random.bytes(CIPHER_KEY_BYTES)
      : await unlock(effects, content, passphrase)
  const isPlainAgain = content?.kind === 'plain' && passphrase === undefined
  const isAsItShallBe = isPlainAgain || content?.kind === 'passphrase'
  if (!isAsItShallBe) await writeContent(effects, await lock(effects, key, { passphrase, cost }))
  return key
}

/**
 * The key as it is: nothing is made or changed.
 * @throws AnilloError DATA_ABSENT, PASSPHRASE_NEEDED, PASSPHRASE_WRONG, DATA_DAMAGED
 */
export async function readMemberKey(
  effects: KeyEffects,
  passphrase: string | undefined,
): Promise<Uint8Array> {
  checkLength(passphrase)
  const content = await readContent(effects)
  if (content === undefined) throw new AnilloError('DATA_ABSENT', { path: MEMBER_KEY_NAME })
  return unlock(effects, content, passphrase)
}

/**
 * Wraps the same key anew: what is sealed under it stays as it is.
 * @throws AnilloError as `openMemberKey`, DATA_ABSENT
 */
export async function changePassphrase(
  effects: KeyEffects,
  { from, to }: PassphraseChange,
  cost: StretchCost = STRETCH_COST,
): Promise<void> {
  checkLength(to)
  const key = await readMemberKey(effects, from)
  await writeContent(effects, await lock(effects, key, { passphrase: to, cost }))
}

function checkLength(passphrase: string | undefined): void {
  if (passphrase === undefined) return
  const { length } = passphrase
  if (length >= 1 && length <= PASSPHRASE_CHARACTERS_MAX) return
  const problem = `it must have 1 to ${PASSPHRASE_CHARACTERS_MAX} characters`
  throw new AnilloError('SETTING_INVALID', { name: 'ANILLO_PASSPHRASE', value: '…', problem })
}

async function unlock(
  { cipher }: KeyEffects,
  content: Content,
  passphrase: string | undefined,
): Promise<Uint8Array> {
  if (content.kind === 'plain') return checkedKey(bytesOfHex(content.key))
  if (passphrase === undefined) throw new AnilloError('PASSPHRASE_NEEDED')
  const wrapping = await stretch(passphrase, { ...content, salt: bytesOfHex(content.salt) })
  const key = cipher.open(wrapping, bytesOfHex(content.sealed), BOUND)
  if (key === undefined) throw new AnilloError('PASSPHRASE_WRONG')
  return checkedKey(key)
}

function checkedKey(key: Uint8Array): Uint8Array {
  if (key.length !== CIPHER_KEY_BYTES) throw damaged('its key has another length')
  return key
}

interface Locking {
  readonly passphrase: string | undefined
  readonly cost: StretchCost
}

async function lock(
  { cipher, random }: KeyEffects,
  key: Uint8Array,
  { passphrase, cost }: Locking,
): Promise<Content> {
  assert(key.length === CIPHER_KEY_BYTES, 'a key has 32 bytes')
  if (passphrase === undefined) return { kind: 'plain', key: hexOf(key) }
  const salt = random.bytes(SALT_BYTES)
  const sealed = cipher.seal(await stretch(passphrase, { ...cost, salt }), key, BOUND)
  return { kind: 'passphrase', ...cost, salt: hexOf(salt), sealed: hexOf(sealed) }
}

/** The hash tells a damaged file from a wrong passphrase. */
async function readContent({ disk }: KeyEffects): Promise<Content | undefined> {
  const json = await readJson(disk, MEMBER_KEY_NAME)
  if (json === undefined) return undefined
  if (!Check(KeyFile, json)) throw damaged('it holds no key')
  if (json.sha256 !== sha256Hex(JSON.stringify(json.content))) throw damaged('it was changed')
  return json.content
}

async function writeContent({ disk }: KeyEffects, content: Content): Promise<void> {
  const json = { content, sha256: sha256Hex(JSON.stringify(content)) }
  await writeDurably(disk, MEMBER_KEY_NAME, `${JSON.stringify(json, undefined, 2)}\n`)
}

function damaged(problem: string): AnilloError {
  return new AnilloError('DATA_DAMAGED', { path: MEMBER_KEY_NAME, problem })
}
