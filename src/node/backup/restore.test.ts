import assert from 'node:assert/strict'
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { isAnilloError } from '../../base/errors.ts'
import { platformCipher } from '../../platform/cipher.ts'
import { platformDisk } from '../../platform/disk.ts'
import { platformRandom } from '../../platform/random.ts'
import { sealedDiskOf } from '../enrolment/found.ts'
import { memberDirectory, readMember } from '../enrolment/ring-files.ts'
import { FolderArchive } from './archive.ts'
import { backUp, ringWithContent, vaultOf } from './backed-up-ring.test-helper.ts'
import { restoreRing, type Restored, type Restoring } from './restore.ts'

const BASICS = { cipher: platformCipher(), random: platformRandom() }

/** A backup, and a directory beside it that is not there yet. */
async function backedUp(t: TestContext): Promise<Omit<Restoring, 'onProgress'>> {
  const place = await mkdtemp(join(tmpdir(), 'anillo-restore-'))
  t.after(() => rm(place, { recursive: true, force: true }))
  const disk = platformDisk(join(place, 'backup'))
  await disk.makeDirectory('')
  const vault = await vaultOf(BASICS, new FolderArchive(disk))
  const manifest = await backUp(vault, ringWithContent().pieces())
  const member = {
    name: 'n1',
    address: '127.0.0.1:29300',
    roles: ['entry', 'chord', 'tweeter'],
    hostLabel: 'n1',
    entryAddresses: [],
  } as const
  const dataPath = join(place, 'data')
  return { vault, manifest, dataPath, member, passphrase: undefined, logLevel: 'error' }
}

/** Restores, and does something else once when it is under way. */
async function restoreWith(
  restoring: Omit<Restoring, 'onProgress'>,
  meanwhile: () => Promise<void>,
): Promise<Restored> {
  let begun: Promise<void> | undefined
  try {
    return await restoreRing({
      ...restoring,
      onProgress: () => {
        begun ??= meanwhile()
      },
    })
  } finally {
    await begun
  }
}

test('restoreRing() into one directory is for one at a time, and the first one is whole', async (t) => {
  const restoring = await backedUp(t)
  let second: unknown
  const restored = await restoreWith(restoring, async () => {
    second = await restoreRing({ ...restoring, onProgress: () => undefined }).catch(
      (thrown: unknown) => thrown,
    )
  })
  assert.ok(isAnilloError(second, 'DATA_IN_USE'), String(second))
  assert.equal(restored.contentHash, restoring.manifest.contentHash)
  const effects = { ...BASICS, disk: platformDisk(restoring.dataPath) }
  const directory = memberDirectory('n1')
  const files = await readMember(await sealedDiskOf(effects, directory), directory)
  assert.equal(files.ringId, restored.ringId)
  await assert.rejects(access(`${restoring.dataPath}.restoring`))
})

test('restoreRing() takes nothing away that began in the directory meanwhile', async (t) => {
  const restoring = await backedUp(t)
  const { dataPath } = restoring
  const started = restoreWith(restoring, async () => {
    await platformDisk(dataPath).makeDirectory('')
    await writeFile(join(dataPath, 'ring'), 'of another ring')
  })
  await assert.rejects(started, (thrown) => isAnilloError(thrown, 'DATA_NOT_EMPTY'))
  assert.deepEqual(await platformDisk(dataPath).list(''), ['ring'])
  await assert.rejects(access(`${dataPath}.restoring`))
})

test('restoreRing() goes over what one that was broken off has left', async (t) => {
  const restoring = await backedUp(t)
  const left = platformDisk(`${restoring.dataPath}.restoring`)
  await left.makeDirectory('members/n1')
  await writeFile(join(`${restoring.dataPath}.restoring`, 'members/n1/ring'), 'cut off')
  const restored = await restoreRing({ ...restoring, onProgress: () => undefined })
  assert.equal(restored.contentHash, restoring.manifest.contentHash)
})
