import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Log } from '../../effects/log.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { platformCipher } from '../../platform/cipher.ts'
import { diskBelow } from '../disk-below.ts'
import { fakeCrypto, fakeDisk, fakeRandom } from '../enrolment/fakes.test-helper.ts'
import { foundRing, issueMember, type FoundedRing } from '../enrolment/found.ts'
import { memberDirectory } from '../enrolment/ring-files.ts'
import { peerFile } from '../peer-file.ts'
import { membersBefore } from './members-before.ts'

const LOG: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => LOG }

function world() {
  const [clock, random, crypto] = [new ManualClock(), fakeRandom(1), fakeCrypto()]
  return { clock, random, crypto, cipher: platformCipher(), disk: fakeDisk() }
}
type World = ReturnType<typeof world>

async function issue(effects: World, ring: FoundedRing, index: number, isWorker = false) {
  const name = `n${index + 1}`
  const address = `127.0.0.1:${9_300 + index}`
  const common = { name, address, hostLabel: name, entryAddresses: [] }
  const roles = isWorker ? (['entry', 'chord'] as const) : (['entry', 'chord', 'tweeter'] as const)
  await issueMember(effects, ring, { ...common, roles })
}

test('membersBefore() counts those that store, of a ring that stood', async () => {
  const effects = world()
  assert.equal(await membersBefore(effects.disk), undefined, 'nothing is here')
  const ring = await foundRing(effects)
  for (const index of [0, 1, 3]) await issue(effects, ring, index)
  await issue(effects, ring, 5, true)
  assert.equal(await membersBefore(effects.disk), undefined, 'a start that was broken off')
  const first = diskBelow(effects.disk, memberDirectory('n1'))
  await peerFile(first, LOG).write([])
  assert.equal(await membersBefore(effects.disk), 4, 'n3 lost its directory, n6 is a worker')
})
