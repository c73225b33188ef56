import assert from 'node:assert/strict'
import { test } from 'node:test'

import { utf8 } from '../../base/bytes.ts'
import type { ErrorCode } from '../../base/errors.ts'
import { sha256Hex } from '../../base/hash.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { platformRandom } from '../../platform/random.ts'
import { createContents } from '../../services/files/contents/contents.ts'
import { CONTENT_PROCEDURES } from '../../services/files/contents/procedures.ts'
import { RingFiles } from '../../services/files/files.ts'
import { TREE_PROCEDURES } from '../../services/files/tree/procedures.ts'
import type { ShareUser } from '../../services/share/parts.ts'
import { CHUNK_PROCEDURES } from '../../store/chunks/procedures.ts'
import { MemoryChunks } from '../../store/memory-chunks.test-helper.ts'
import { MemoryStore } from '../../store/memory-store.test-helper.ts'
import { withChunks } from '../../store/store.ts'
import { shareTreeOf } from './share-tree.ts'

const ANA: ShareUser = { nick: 'ana', isManager: false, groups: [] }
const EVA: ShareUser = { nick: 'eva', isManager: false, groups: [] }
/** Of the tree. */
const HOMES = '/home'
const BYTES = utf8('some')
const BODY = { kind: 'here', bytes: BYTES, sha256: sha256Hex(BYTES) } as const

async function tree() {
  const procedures = [...CHUNK_PROCEDURES, ...CONTENT_PROCEDURES, ...TREE_PROCEDURES]
  const store = withChunks(new MemoryStore(procedures), new MemoryChunks())
  const effects = { clock: new ManualClock(), random: platformRandom() }
  const files = new RingFiles({ effects, store, contents: createContents({ effects, store }) })
  // Both have homes.
  for (const { groups, isManager, nick } of [ANA, EVA]) {
    await files.list({ nick, isManager, groups, mayWrite: true }, `${HOMES}/${nick}`)
  }
  return shareTreeOf(files)
}

async function refuses(work: Promise<unknown>, code: ErrorCode): Promise<void> {
  await assert.rejects(work, { code })
}

test('a download may be put into one’s home itself, and below folders that are made for it', async () => {
  const share = await tree()
  for (const path of [`${HOMES}/ana/film.bin`, `${HOMES}/ana/a/b/film.bin`]) {
    await share.mayPut(ANA, path)
    assert.equal(await share.put(ANA, path, BODY), path)
    await refuses(share.mayPut(ANA, path), 'ENTRY_EXISTS')
  }
})

test('where nobody may put it is refused before anything is downloaded', async () => {
  const share = await tree()
  await share.put(ANA, `${HOMES}/ana/file`, BODY)
  for (const path of [
    `${HOMES}/eva/film.bin`,
    `${HOMES}/eva/a/b`,
    '/nowhere/film.bin',
    '/film.bin',
  ]) {
    await refuses(share.mayPut(ANA, path), 'NO_ACCESS')
    await assert.rejects(share.put(ANA, path, BODY))
  }
  await refuses(share.mayPut(ANA, `${HOMES}/ana/file/film.bin`), 'NOT_A_FOLDER')
  await refuses(share.mayPut(ANA, `${HOMES}/ana`), 'ENTRY_EXISTS')
})
