import assert from 'node:assert/strict'
import { test } from 'node:test'

import { tryText, utf8 } from '../../base/bytes.ts'
import { isAnilloError, type ErrorCode } from '../../base/errors.ts'
import { platformCipher } from '../../platform/cipher.ts'
import { platformRandom } from '../../platform/random.ts'
import { fakeDisk } from '../enrolment/fakes.test-helper.ts'
import {
  changePassphrase,
  MEMBER_KEY_NAME,
  openMemberKey,
  PASSPHRASE_CHARACTERS_MAX,
  type KeyEffects,
} from './member-key.ts'
import { stretch, type StretchCost } from './stretch.ts'

/** The least that argon2 takes. */
const CHEAP: StretchCost = { memoryKib: 32, passes: 1, lanes: 4 }

function makeEffects(): KeyEffects & { readonly disk: ReturnType<typeof fakeDisk> } {
  return { cipher: platformCipher(), random: platformRandom(), disk: fakeDisk() }
}

function fileText({ disk }: ReturnType<typeof makeEffects>): string {
  return tryText(disk.files.get(MEMBER_KEY_NAME) ?? new Uint8Array(0)) ?? ''
}

function hex(key: Uint8Array): string {
  return Buffer.from(key).toString('hex')
}

async function failsWith(code: ErrorCode, promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, (error) => isAnilloError(error, code))
}

test('openMemberKey() makes a key once and gives it again', async () => {
  const effects = makeEffects()
  const key = await openMemberKey(effects, undefined)
  assert.equal(key.length, 32)
  assert.deepEqual(await openMemberKey(effects, undefined), key)
  assert.deepEqual(effects.disk.written, [MEMBER_KEY_NAME])
  const other = await openMemberKey({ ...makeEffects(), random: effects.random }, undefined)
  assert.notDeepEqual(other, key)
})

test('openMemberKey() wants the passphrase that it was made with', async () => {
  const effects = makeEffects()
  const key = await openMemberKey(effects, 'correct horse', CHEAP)
  assert.ok(!fileText(effects).includes(hex(key)))
  assert.deepEqual(await openMemberKey(effects, 'correct horse', CHEAP), key)
  await failsWith('PASSPHRASE_WRONG', openMemberKey(effects, 'battery staple', CHEAP))
  await failsWith('PASSPHRASE_NEEDED', openMemberKey(effects, undefined))
  assert.deepEqual(await openMemberKey(effects, 'correct horse', CHEAP), key)
})

test('openMemberKey() wraps a key that had no passphrase', async () => {
  const effects = makeEffects()
  const key = await openMemberKey(effects, undefined)
  assert.ok(fileText(effects).includes(hex(key)))
  assert.deepEqual(await openMemberKey(effects, 'later', CHEAP), key)
  assert.ok(!fileText(effects).includes(hex(key)))
  await failsWith('PASSPHRASE_NEEDED', openMemberKey(effects, undefined))
})

test('openMemberKey() takes a passphrase however its letters are composed', async () => {
  const effects = makeEffects()
  const key = await openMemberKey(effects, 'peña', CHEAP)
  assert.deepEqual(await openMemberKey(effects, 'pen\u0303a', CHEAP), key)
})

test('openMemberKey() refuses an empty and an endless passphrase', async () => {
  const endless = 'x'.repeat(PASSPHRASE_CHARACTERS_MAX + 1)
  for (const passphrase of ['', endless]) {
    await failsWith('SETTING_INVALID', openMemberKey(makeEffects(), passphrase, CHEAP))
  }
})

test('changePassphrase() keeps the key, under the new one alone', async () => {
  const effects = makeEffects()
  await failsWith('DATA_ABSENT', changePassphrase(effects, { from: undefined, to: 'a' }, CHEAP))
  const key = await openMemberKey(effects, 'old', CHEAP)
  await failsWith('PASSPHRASE_WRONG', changePassphrase(effects, { from: 'no', to: 'x' }, CHEAP))
  await changePassphrase(effects, { from: 'old', to: 'new' }, CHEAP)
  await failsWith('PASSPHRASE_WRONG', openMemberKey(effects, 'old', CHEAP))
  assert.deepEqual(await openMemberKey(effects, 'new', CHEAP), key)
  await changePassphrase(effects, { from: 'new', to: undefined }, CHEAP)
  assert.deepEqual(await openMemberKey(effects, undefined), key)
})

test('openMemberKey() tells every changed byte and every cut of its file', async () => {
  for (const passphrase of [undefined, 'secret']) {
    const effects = makeEffects()
    const key = await openMemberKey(effects, passphrase, CHEAP)
    const whole = effects.disk.files.get(MEMBER_KEY_NAME) ?? new Uint8Array(0)
    const check = async (bytes: Uint8Array): Promise<void> => {
      effects.disk.files.set(MEMBER_KEY_NAME, bytes)
      const found = await openMemberKey(effects, passphrase, CHEAP).catch((error: unknown) => {
        assert.ok(isAnilloError(error, 'DATA_DAMAGED'), String(error))
      })
      // A space for a line's end, say.
      if (found !== undefined) assert.deepEqual(found, key)
    }
    for (let at = 0; at < whole.length; at++) {
      const changed = whole.slice()
      changed[at] = (changed[at] ?? 0) ^ (1 << (at & 7))
      await check(changed)
      await check(whole.slice(0, at))
    }
  }
})

test('stretch() is argon2id: the test vector of the reference implementation', async () => {
  const cost = { memoryKib: 65_536, passes: 2, lanes: 1 }
  const key = await stretch('password', { ...cost, salt: utf8('somesalt') })
  assert.equal(hex(key), '09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7')
})

test('stretch() heeds salt and costs', async () => {
  const salt = new Uint8Array(16).fill(2)
  const one = await stretch('password', { ...CHEAP, salt })
  assert.equal(one.length, 32)
  assert.deepEqual(await stretch('password', { ...CHEAP, salt }), one)
  for (const other of [{ passes: 2 }, { memoryKib: 64 }, { lanes: 2 }]) {
    assert.notDeepEqual(await stretch('password', { ...CHEAP, ...other, salt }), one)
  }
  const salted = await stretch('password', { ...CHEAP, salt: new Uint8Array(16).fill(3) })
  assert.notDeepEqual(salted, one)
})
