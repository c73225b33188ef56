import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { AnilloError, isAnilloError } from '../base/errors.ts'
import { ManualClock } from '../effects/manual-clock.test-helper.ts'
import { platformDisk } from '../platform/disk.ts'
import { platformRandom } from '../platform/random.ts'
import type { Member } from '../wire/api.ts'
import { adminPasswordFor, adminPasswordPath, makeAdminPassword } from './admin-password.ts'
import { foundAdministrator, originsOnThisMachine } from './entrance.ts'

const silent = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent }

async function inDirectory(run: (path: string) => Promise<void>): Promise<void> {
  const path = await mkdtemp(join(tmpdir(), 'anillo-entrance-'))
  try {
    await run(path)
  } finally {
    await rm(path, { recursive: true })
  }
}

test('makeAdminPassword() makes one by chance, for its owner alone, and adminPasswordFor() finds it', () =>
  inDirectory(async (path) => {
    assert.equal(await adminPasswordFor(path, {}), undefined)
    const effects = { disk: platformDisk(path), random: platformRandom() }
    const made = await makeAdminPassword(effects)
    assert.match(made, /^([a-z0-9]{4}-){4}[a-z0-9]{4}$/)
    assert.equal(await readFile(adminPasswordPath(path), 'utf8'), `${made}\n`)
    assert.equal((await stat(adminPasswordPath(path))).mode & 0o777, 0o600)
    assert.equal(await adminPasswordFor(path, {}), made)
    assert.equal(await adminPasswordFor(path, { ANILLO_ADMIN_PASSWORD: '' }), made)
    assert.notEqual(await makeAdminPassword(effects), made)
  }))

test('adminPasswordFor() takes that of the environment first, and refuses one that is none', () =>
  inDirectory(async (path) => {
    await makeAdminPassword({ disk: platformDisk(path), random: platformRandom() })
    const env = { ANILLO_ADMIN_PASSWORD: 'of the person' }
    assert.equal(await adminPasswordFor(path, env), 'of the person')
    const unfit = (thrown: unknown): boolean => isAnilloError(thrown, 'PASSWORD_UNFIT')
    await assert.rejects(adminPasswordFor(path, { ANILLO_ADMIN_PASSWORD: 'short' }), unfit)
  }))

test('foundAdministrator() tries until it worked', async () => {
  const clock = new ManualClock()
  const tried: string[] = []
  const accounts = {
    async found({ nick, password }: { readonly nick: string; readonly password: string }) {
      tried.push(`${nick} ${password}`)
      if (tried.length < 3) throw new AnilloError('BUSY', { what: 'writes' })
    },
  }
  const { signal: stop } = new AbortController()
  const effects = { clock, log: silent }
  const founded = foundAdministrator(effects, accounts, { password: 'a password', stop })
  while (tried.length < 3) {
    await new Promise(setImmediate)
    clock.advance(1_000)
  }
  await founded
  assert.deepEqual(tried, Array(3).fill('admin a password'))
})

test('foundAdministrator() ends with its member', async () => {
  const clock = new ManualClock()
  const ending = new AbortController()
  const accounts = {
    found: async () => {
      ending.abort()
      throw new AnilloError('BUSY', { what: 'writes' })
    },
  }
  const wanted = { password: 'a password', stop: ending.signal }
  const founded = foundAdministrator({ clock, log: silent }, accounts, wanted)
  while (clock.waiting === 0) await new Promise(setImmediate)
  clock.advance(1_000)
  await founded
})

test('originsOnThisMachine() takes pages of members at the same address, as of some seconds ago', async () => {
  const clock = new ManualClock()
  const member = (address: string, url: string) => ({ address, url }) as Member
  const self = member('10.0.0.1:9300', 'http://localhost:9100')
  let members = [
    self,
    member('10.0.0.1:9301', 'http://localhost:9101'),
    member('10.0.0.2:9300', 'http://localhost:9102'),
  ]
  let looks = 0
  const isOrigin = originsOnThisMachine(clock, {
    self: () => self,
    ring: async () => {
      looks++
      return { ringId: '', self: '', members, partitions: [], mayFail: 0 }
    },
  })
  assert.equal(await isOrigin('http://localhost:9101'), true)
  assert.equal(await isOrigin('http://localhost:9102'), false, 'of another machine')
  assert.equal(await isOrigin('http://localhost:3000'), false)
  assert.equal(looks, 1)
  members = [self]
  assert.equal(await isOrigin('http://localhost:9101'), true)
  clock.advance(2_000)
  assert.equal(await isOrigin('http://localhost:9101'), false)
})
