import assert from 'node:assert/strict'
import { test } from 'node:test'

import { utf8 } from '../../base/bytes.ts'
import { isAnilloError, type ErrorCode } from '../../base/errors.ts'
import type { LocalNetworks } from '../../effects/local-networks.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { platformCipher } from '../../platform/cipher.ts'
import { diskBelow } from '../disk-below.ts'
import { initRing, makeJoinToken, openMember } from './commands.ts'
import { fakeCrypto, fakeDisk, fakeRandom } from './fakes.test-helper.ts'
import {
  foundRing,
  issueMember,
  markFounded,
  openOrFoundRing,
  removeClearAuthority,
  type NewMember,
} from './found.ts'
import { filesIn } from './group.test-helper.ts'
import {
  isMemberName,
  memberNameOf,
  memberNames,
  readMember,
  readRing,
  sealMember,
} from './ring-files.ts'

const ONE_NETWORK: LocalNetworks = {
  isAttached: () => true,
  isBeside: () => true,
  ownAddresses: () => ['10.0.0.1'],
}
const NO_NETWORK: LocalNetworks = {
  isAttached: () => false,
  isBeside: () => false,
  ownAddresses: () => [],
}

function world(seed = 1) {
  return {
    clock: new ManualClock(),
    random: fakeRandom(seed),
    crypto: fakeCrypto(),
    cipher: platformCipher(),
    disk: fakeDisk(),
  }
}

function member(
  name: string,
  roles: NewMember['roles'] = ['entry', 'chord', 'tweeter'],
): NewMember {
  return { name, address: '127.0.0.1:19500', roles, hostLabel: name, entryAddresses: [] }
}

const self = {
  name: 'ana',
  port: 9300,
  roles: ['entry', 'chord', 'tweeter'],
  hostLabel: 'ana',
} as const

async function rejectsWith(code: ErrorCode, run: () => Promise<unknown>): Promise<void> {
  await assert.rejects(run, (error) => isAnilloError(error, code))
}

test('openOrFoundRing() founds once, and finds the same ring afterwards', async () => {
  const effects = world()
  const founded = await openOrFoundRing(effects)
  assert.equal(founded.state, 'founding')
  await issueMember(effects, founded, member('m1'))
  await markFounded(effects.disk, founded.ringId)
  const found = await openOrFoundRing(effects)
  assert.deepEqual(found, { ...founded, state: 'founded' })
})

test('openOrFoundRing() starts from scratch where an earlier start was broken off', async () => {
  const effects = world()
  const first = await openOrFoundRing(effects)
  await issueMember(effects, first, member('m1'))
  const second = await openOrFoundRing(effects)
  assert.notEqual(second.ringId, first.ringId)
  assert.deepEqual(await memberNames(effects.disk), [])
})

test('openOrFoundRing() refuses members whose ring is not named, and touches nothing', async () => {
  const effects = world()
  await issueMember(effects, await openOrFoundRing(effects), member('m1'))
  effects.disk.files.delete('ring')
  const before = [...effects.disk.files.keys()]
  await rejectsWith('DATA_DAMAGED', () => openOrFoundRing(effects))
  assert.deepEqual([...effects.disk.files.keys()], before)
})

test('openOrFoundRing() refuses a founded ring without its key, and a ring file that is garbage', async () => {
  const effects = world()
  const ring = await openOrFoundRing(effects)
  await issueMember(effects, ring, member('m1'))
  await markFounded(effects.disk, ring.ringId)
  effects.disk.files.delete('members/m1/ca.key')
  await rejectsWith('DATA_DAMAGED', () => openOrFoundRing(effects))
  for (const garbage of ['', '{', '[]', '{"ringId":"x","state":"founded"}', '\u0000']) {
    effects.disk.files.set('ring', utf8(garbage))
    await rejectsWith('DATA_DAMAGED', () => openOrFoundRing(effects))
  }
  effects.disk.files.set('ring', Uint8Array.of(0xff, 0xfe))
  await rejectsWith('DATA_DAMAGED', () => openOrFoundRing(effects))
})

test('foundRing() never replaces a founded ring', async () => {
  const effects = world()
  const ring = await foundRing(effects)
  await markFounded(effects.disk, ring.ringId)
  await rejectsWith('DATA_FOREIGN', () => foundRing(effects))
})

test('issueMember() makes a directory that is complete in itself, its ring file last', async () => {
  const effects = world()
  const ring = await openOrFoundRing(effects)
  const files = await issueMember(effects, ring, member('m1'))
  assert.deepEqual((await filesIn(effects, 'members/m1')).files, files)
  assert.deepEqual(files.authority, ring.authority)
  assert.equal(effects.disk.written.at(-1), 'members/m1/ring')
  assert.match(
    files.credentials.certificatePem,
    new RegExp(`certificate ${files.identity.memberId}`),
  )
})

test('issueMember() gives the key only to members that store data, each its own id', async () => {
  const effects = world()
  const ring = await openOrFoundRing(effects)
  const storing = await issueMember(effects, ring, member('m1', ['chord', 'tweeter']))
  const worker = await issueMember(effects, ring, member('m2', ['entry', 'chord']))
  assert.equal(worker.authority, undefined)
  assert.equal(effects.disk.files.has('members/m2/ca.key'), false)
  assert.notEqual(worker.identity.memberId, storing.identity.memberId)
  assert.notEqual(worker.identity.warrant, storing.identity.warrant)
})

test('issueMember() completes a directory of a broken start as the same member, refuses a whole one', async () => {
  const effects = world()
  const ring = await openOrFoundRing(effects)
  const first = await issueMember(effects, ring, member('m1'))
  await rejectsWith('DISK_EXISTS', () => issueMember(effects, ring, member('m1')))
  // As a crash before the last step leaves it.
  effects.disk.files.delete('members/m1/ring')
  const again = await issueMember(effects, ring, member('m1'))
  assert.equal(again.identity.memberId, first.identity.memberId)
})

test('openOrFoundRing() refuses a founded ring whose key or certificate is empty', async () => {
  const effects = world()
  const ring = await openOrFoundRing(effects)
  await issueMember(effects, ring, member('m1'))
  await markFounded(effects.disk, ring.ringId)
  for (const name of ['members/m1/ca.key', 'members/m1/ca.pem']) {
    const bytes = effects.disk.files.get(name) ?? assert.fail(name)
    effects.disk.files.set(name, utf8('\n'))
    await rejectsWith('DATA_DAMAGED', () => openOrFoundRing(effects))
    effects.disk.files.set(name, bytes)
  }
  assert.equal((await openOrFoundRing(effects)).ringId, ring.ringId)
})

test('readMember() names what is missing or empty', async () => {
  const effects = world()
  await rejectsWith('DATA_ABSENT', () => filesIn(effects, ''))
  await issueMember(effects, await openOrFoundRing(effects), member('m1'))
  for (const name of ['cert.pem', 'key.pem', 'ca.pem', 'identity.json']) {
    const bytes = effects.disk.files.get(`members/m1/${name}`) ?? assert.fail(name)
    const refused = async (): Promise<void> =>
      assert.rejects(
        () => filesIn(effects, 'members/m1'),
        (error) => isAnilloError(error, 'DATA_DAMAGED') && error.message.includes(name),
      )
    effects.disk.files.delete(`members/m1/${name}`)
    await refused()
    effects.disk.files.set(`members/m1/${name}`, new Uint8Array(0))
    await refused()
    effects.disk.files.set(`members/m1/${name}`, bytes)
  }
})

test('no private key stands in clear in what issueMember() leaves, with a passphrase or without', async () => {
  for (const secret of [{}, { passphrase: 'correct horse' }]) {
    const effects = { ...world(), ...secret }
    const ring = await openOrFoundRing(effects)
    const { credentials } = await issueMember(effects, ring, member('m1'))
    const texts = [...effects.disk.files.values()].map((bytes) => Buffer.from(bytes).toString())
    for (const key of [credentials.privateKeyPem, ring.authority.privateKeyPem]) {
      assert.ok(!texts.some((text) => text.includes(key)))
    }
  }
})

test('sealMember() seals what an earlier version left in clear, and nothing of it is lost', async () => {
  const effects = world()
  const ring = await openOrFoundRing(effects)
  const files = await issueMember(effects, ring, member('m1'))
  const disk = diskBelow(effects.disk, 'members/m1')
  const clear = {
    'key.pem': files.credentials.privateKeyPem,
    'ca.key': ring.authority.privateKeyPem,
    'ca.key.unfinished': ring.authority.privateKeyPem,
  }
  for (const [name, text] of Object.entries(clear)) {
    effects.disk.files.set(`members/m1/${name}`, utf8(text))
  }
  assert.deepEqual((await filesIn(effects, 'members/m1')).files, files)
  const { key } = await filesIn(effects, 'members/m1')
  const sealedDisk = { disk, cipher: effects.cipher, key }
  for (let start = 0; start < 2; start++) {
    await sealMember(sealedDisk)
    assert.deepEqual(await readMember(sealedDisk), files)
    for (const [path, bytes] of effects.disk.files) {
      const text = Buffer.from(bytes).toString()
      for (const secret of Object.values(clear)) assert.ok(!text.includes(secret), path)
    }
  }
})

test('a copy of the authority’s key in DATA goes once a member here has its own', async () => {
  const effects = world()
  const ring = await openOrFoundRing(effects)
  effects.disk.files.set('ca.key', utf8(ring.authority.privateKeyPem))
  await removeClearAuthority(effects.disk)
  assert.ok(effects.disk.files.has('ca.key'))
  await issueMember(effects, ring, member('m1'))
  await markFounded(effects.disk, ring.ringId)
  const found = await openOrFoundRing(effects)
  assert.deepEqual(found.authority, ring.authority)
  assert.equal(effects.disk.files.has('ca.key'), false)
})

test('readMember() tells every changed byte of a sealed key', async () => {
  const effects = world()
  await issueMember(effects, await openOrFoundRing(effects), member('m1'))
  const { files, key } = await filesIn(effects, 'members/m1')
  const sealedDisk = { ...effects, key }
  for (const name of ['key.pem', 'ca.key']) {
    const path = `members/m1/${name}`
    const whole = effects.disk.files.get(path) ?? assert.fail()
    const head = utf8('anillo-sealed-1\n').length
    for (let at = head; at < whole.length; at++) {
      const changed = whole.slice()
      changed[at] = (changed[at] ?? 0) ^ (1 << (at & 7))
      effects.disk.files.set(path, changed)
      const found = await readMember(sealedDisk, 'members/m1').catch((error: unknown) => {
        assert.ok(isAnilloError(error, 'DATA_DAMAGED'), String(error))
      })
      // The last character of base64 may have bits that say nothing.
      if (found !== undefined) assert.deepEqual(found, files)
    }
    // Nor does one sealed file pass for the other.
    effects.disk.files.set(path, effects.disk.files.get('members/m1/key.pem') ?? whole)
    if (name === 'ca.key') {
      await rejectsWith('DATA_DAMAGED', () => readMember(sealedDisk, 'members/m1'))
    }
    effects.disk.files.set(path, whole)
  }
})

test('initRing() founds a ring at the address of this machine, and goes on with it when repeated', async () => {
  const effects = { ...world(), localNetworks: ONE_NETWORK }
  const made = await initRing(effects, self)
  assert.equal(made.isNew, true)
  assert.equal(made.directory, 'members/ana')
  assert.equal(made.files.identity.address, '10.0.0.1:9300')
  assert.equal((await readRing(effects.disk))?.state, 'founded')
  const again = await initRing(effects, { ...self, port: 9999 })
  const { ringId, identity } = made.files
  assert.deepEqual(again, { ...made, files: { ringId, identity }, isNew: false })
})

test('initRing() asks for an address where the machine has none, and takes the one named', async () => {
  const effects = { ...world(), localNetworks: NO_NETWORK }
  await rejectsWith('USAGE', () => initRing(effects, self))
  assert.equal(effects.disk.files.size, 0)
  const made = await initRing(effects, { ...self, host: 'fd00::1' })
  assert.equal(made.files.identity.address, '[fd00::1]:9300')
})

test('openMember() takes a member directory or the only member of DATA', async () => {
  const effects = world()
  await rejectsWith('DATA_ABSENT', () => openMember(effects.disk))
  const ring = await openOrFoundRing(effects)
  const { ringId, identity } = await issueMember(effects, ring, member('m1'))
  const files = { ringId, identity }
  assert.deepEqual(await openMember(effects.disk), { directory: 'members/m1', files, isNew: false })
  await issueMember(effects, ring, member('m2'))
  await rejectsWith('USAGE', () => openMember(effects.disk))
  const own = fakeDisk()
  for (const [path, bytes] of effects.disk.files) {
    if (path.startsWith('members/m1/')) own.files.set(path.slice('members/m1/'.length), bytes)
  }
  assert.deepEqual(await openMember(own), { directory: '', files, isNew: false })
})

test('makeJoinToken() names members and needs the key', async () => {
  const effects = world()
  await rejectsWith('DATA_ABSENT', () => makeJoinToken(effects, { validForMs: 1000 }))
  const ring = await openOrFoundRing(effects)
  await issueMember(effects, ring, member('m1'))
  const made = await makeJoinToken(effects, { validForMs: 1000, peers: ['10.0.0.2:9300'] })
  assert.deepEqual(made.token.addresses, ['127.0.0.1:19500', '10.0.0.2:9300'])
  effects.disk.files.delete('members/m1/ca.key')
  await rejectsWith('FORBIDDEN', () => makeJoinToken(effects, { validForMs: 1000 }))
})

test('makeJoinToken() refuses for a ring that one computer made for itself', async () => {
  const effects = world()
  const ring = await openOrFoundRing(effects)
  await issueMember(effects, ring, member('n1'))
  await issueMember(effects, ring, member('n2'))
  await rejectsWith('RING_ON_ONE_COMPUTER', () => makeJoinToken(effects, { validForMs: 1000 }))
  await issueMember(effects, ring, { ...member('n3'), address: '10.0.0.3:9300' })
  const { token } = await makeJoinToken(effects, { validForMs: 1000 })
  assert.ok(token.addresses.includes('10.0.0.3:9300'))
})

test('memberNameOf() always gives a name that is safe as a directory', () => {
  assert.equal(memberNameOf('Ana’s Laptop.local'), 'Ana-s-Laptop')
  for (const odd of ['', '...', '-x', 'ñandú', 'a'.repeat(100), '../../etc']) {
    assert.ok(isMemberName(memberNameOf(odd)), odd)
  }
})
