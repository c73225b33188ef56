/**
 * The ring’s tree over a store in memory, and the tree of tests: what is promised holds of both.
 */
import assert from 'node:assert/strict'

import { utf8 } from '../../base/bytes.ts'
import { isAnilloError, type ErrorCode } from '../../base/errors.ts'
import type { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { platformRandom } from '../../platform/random.ts'
import { CHUNK_PROCEDURES } from '../../store/chunks/procedures.ts'
import { MemoryChunks } from '../../store/memory-chunks.test-helper.ts'
import { MemoryStore } from '../../store/memory-store.test-helper.ts'
import { withChunks } from '../../store/store.ts'
import { createContents } from './contents/contents.ts'
import { CONTENT_PROCEDURES } from './contents/procedures.ts'
import { RingFiles } from './files.ts'
import { MemoryFiles } from './memory-files.test-helper.ts'
import { TREE_PROCEDURES } from './tree/procedures.ts'
import type { Files, FileUser, OpenFile } from './types.ts'

export const ANA: FileUser = { nick: 'ana', isManager: false, mayWrite: true, groups: [] }
export const BEN: FileUser = { nick: 'ben', isManager: false, mayWrite: true, groups: [] }

type Make = (clock: ManualClock) => Files

export const FILES_KINDS: Readonly<Record<string, Make>> = {
  memory: (clock) => new MemoryFiles({ clock }),
  ring: (clock) => {
    const procedures = [...CHUNK_PROCEDURES, ...CONTENT_PROCEDURES, ...TREE_PROCEDURES]
    const records = new MemoryStore(procedures)
    Object.defineProperty(records, 'nowMs', { get: () => clock.wallMs() })
    const store = withChunks(records, new MemoryChunks())
    const effects = { clock, random: platformRandom() }
    return new RingFiles({ effects, store, contents: createContents({ effects, store }) })
  },
}

export async function put(files: Files, path: string, text = path): Promise<void> {
  const upload = await files.write(ANA, path, { how: 'replace' })
  await upload.push(utf8(text))
  await upload.commit()
}

export async function textOf({ entry, read }: OpenFile): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of read({ from: 0, to: entry.bytes })) pieces.push(piece.slice())
  return Buffer.concat(pieces).toString()
}

export async function namesIn(files: Files, path: string, who = ANA): Promise<string[]> {
  return (await files.list(who, path)).entries.map(({ name }) => name)
}

export async function refuses(work: Promise<unknown>, code: ErrorCode): Promise<void> {
  await assert.rejects(work, (thrown) => {
    assert.ok(isAnilloError(thrown, code), `${String(thrown)}, not ${code}`)
    return true
  })
}
