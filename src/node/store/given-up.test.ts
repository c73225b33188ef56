import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../base/assert.ts'
import { utf8 } from '../../base/bytes.ts'
import { isAnilloError } from '../../base/errors.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { platformCipher } from '../../platform/cipher.ts'
import { makeCrypto } from '../../platform/crypto.ts'
import { fakeCrypto, fakeDisk, fakeRandom } from '../enrolment/fakes.test-helper.ts'
import { authorityHere, foundRing, issueMember, markFounded } from '../enrolment/found.ts'
import { memberDirectory, memberNames } from '../enrolment/ring-files.ts'
import { GIVEN_UP_ASIDE, putDamagedAside } from './given-up.ts'

const PAPERS = ['ring', 'identity.json', 'cert.pem', 'key.pem', 'ca.key', 'member.key']
const MEMBERS = ['n1', 'n2', 'n3', 'n4', 'n5'] as const

async function ringOfFive(crypto = fakeCrypto()) {
  const [clock, random, disk] = [new ManualClock(), fakeRandom(1), fakeDisk()]
  const effects = { clock, random, crypto, cipher: platformCipher(), disk }
  const ring = await foundRing(effects)
  for (const name of MEMBERS) {
    await issueMember(effects, ring, {
      name,
      address: `127.0.0.1:${name}`,
      roles: ['entry', 'chord', 'tweeter'],
      hostLabel: name,
      entryAddresses: [],
    })
  }
  await markFounded(disk, ring.ringId)
  return { effects, ring }
}

type Effects = Awaited<ReturnType<typeof ringOfFive>>['effects']

function damage({ disk }: Effects, name: string, paper: string, bytes: Uint8Array): void {
  disk.files.set(`${memberDirectory(name)}/${paper}`, bytes)
}

test('putDamagedAside() moves a member away of which a paper is damaged, and no other', async () => {
  for (const paper of PAPERS) {
    for (const bytes of [new Uint8Array(0), new Uint8Array(400), utf8('garbage')]) {
      const { effects } = await ringOfFive()
      damage(effects, 'n2', paper, bytes)
      assert.equal(await putDamagedAside(effects, 'n1'), undefined)
      assert.match(String(await putDamagedAside(effects, 'n2')), /damaged/, paper)
      assert.deepEqual(await memberNames(effects.disk), ['n1', 'n3', 'n4', 'n5'])
      assert.deepEqual(effects.disk.files.get(`${GIVEN_UP_ASIDE}/n2/${paper}`), bytes)
    }
  }
})

test('putDamagedAside() moves a member away that has the certificate of another', async () => {
  const { effects } = await ringOfFive()
  const others = effects.disk.files.get(`${memberDirectory('n1')}/cert.pem`)
  damage(effects, 'n2', 'cert.pem', present(others, 'the certificate of n1'))
  assert.match(String(await putDamagedAside(effects, 'n2')), /no certificate of this member/)
})

test('putDamagedAside() moves a member away that trusts what is no certificate', async () => {
  const { effects } = await ringOfFive(makeCrypto())
  const cut = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'
  damage(effects, 'n2', 'ca.pem', utf8(cut))
  assert.equal(await putDamagedAside(effects, 'n1'), undefined)
  assert.match(String(await putDamagedAside(effects, 'n2')), /ca.pem is damaged/)
})

test('putDamagedAside() leaves all as they are where most could not be started', async () => {
  const { effects } = await ringOfFive()
  for (const name of ['n1', 'n2', 'n3']) damage(effects, name, 'identity.json', utf8('{'))
  for (const name of MEMBERS) assert.equal(await putDamagedAside(effects, name), undefined)
  assert.deepEqual(await memberNames(effects.disk), MEMBERS)
})

test('authorityHere() asks nobody whose papers are damaged, and tells of them where all are', async () => {
  const { effects, ring } = await ringOfFive()
  for (const name of MEMBERS.slice(1)) damage(effects, name, 'ring', new Uint8Array(0))
  assert.deepEqual((await authorityHere(effects)).authority, ring.authority)
  damage(effects, 'n1', 'ring', new Uint8Array(0))
  await assert.rejects(authorityHere(effects), (thrown) => isAnilloError(thrown, 'DATA_DAMAGED'))
})
