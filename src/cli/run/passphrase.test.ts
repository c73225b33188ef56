import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { isAnilloError, type ErrorCode } from '../../base/errors.ts'
import { openMemberKey } from '../../node/at-rest/member-key.ts'
import { platformCipher } from '../../platform/cipher.ts'
import { platformDisk } from '../../platform/disk.ts'
import { platformRandom } from '../../platform/random.ts'
import { keptIo } from '../io.test-helper.ts'
import { runPassphrase } from './passphrase.ts'

const CHEAP = { memoryKib: 32, passes: 1, lanes: 4 }
const NAMES = ['m1', 'm2']

async function inData(body: (data: string) => Promise<void>): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), 'anillo-passphrase-'))
  try {
    for (const name of NAMES) {
      await mkdir(join(data, 'members', name), { recursive: true })
      await writeFile(join(data, 'members', name, 'ring'), '{}')
    }
    await body(data)
  } finally {
    await rm(data, { recursive: true })
  }
}

async function keys(data: string, passphrase: string | undefined): Promise<string[]> {
  const open = async (name: string): Promise<string> => {
    const disk = platformDisk(join(data, 'members', name))
    const effects = { disk, cipher: platformCipher(), random: platformRandom() }
    return Buffer.from(await openMemberKey(effects, passphrase, CHEAP)).toString('hex')
  }
  return Promise.all(NAMES.map((name) => open(name)))
}

/** From one passphrase to another; an empty one is none. */
async function change(data: string, from: string, to: string): Promise<void> {
  const io = keptIo({ env: { ANILLO_PASSPHRASE: from, ANILLO_NEW_PASSPHRASE: to } })
  await runPassphrase(io, { data, ...(to === '' ? { none: true } : {}) }, CHEAP)
  assert.equal(io.outText().trim().split('\n').length, NAMES.length)
}

async function failsWith(code: ErrorCode, promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, (error) => isAnilloError(error, code))
}

test('runPassphrase() locks, locks anew and unlocks the same keys of all members', () =>
  inData(async (data) => {
    const made = await keys(data, undefined)
    await change(data, '', 'one')
    await failsWith('PASSPHRASE_NEEDED', keys(data, undefined))
    await change(data, 'one', 'two')
    await failsWith('PASSPHRASE_WRONG', keys(data, 'one'))
    assert.deepEqual(await keys(data, 'two'), made)
    await change(data, 'two', '')
    assert.deepEqual(await keys(data, undefined), made)
  }))

test('runPassphrase() that was broken off is ended by another run', () =>
  inData(async (data) => {
    const made = await keys(data, 'one')
    const second = join(data, 'members', 'm2', 'member.key')
    const before = await readFile(second)
    await change(data, 'one', 'two')
    await writeFile(second, before)
    await change(data, 'one', 'two')
    assert.deepEqual(await keys(data, 'two'), made)
  }))

test('runPassphrase() refuses a wrong passphrase and changes nothing', () =>
  inData(async (data) => {
    const made = await keys(data, 'one')
    await failsWith('PASSPHRASE_WRONG', change(data, 'no', 'two'))
    await failsWith('PASSPHRASE_NEEDED', change(data, '', 'two'))
    assert.deepEqual(await keys(data, 'one'), made)
  }))

test('runPassphrase() wants a new passphrase, or to hear that there is none', () =>
  inData(async (data) => {
    await failsWith('USAGE', runPassphrase(keptIo({ env: {} }), { data }, CHEAP))
  }))
