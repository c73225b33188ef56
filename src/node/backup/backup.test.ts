import assert from 'node:assert/strict'
import { test } from 'node:test'

import { memberIdOf } from '../../../sim/world/credentials.ts'
import { World } from '../../../sim/world/world.ts'
import { present } from '../../base/assert.ts'
import { AnilloError, isAnilloError, type ErrorCode } from '../../base/errors.ts'
import type { Effects } from '../../effects/effects.ts'
import { allOf } from '../../effects/listed.ts'
import { CHUNK_TABLES } from '../../store/chunks/rows.ts'
import { ChunkShelf } from '../../store/chunks/shelf.ts'
import { audit } from '../../store/partition/audit.ts'
import { Partition } from '../../store/partition/partition.ts'
import { ProcedureTable } from '../../store/partition/procedures.ts'
import { transact } from '../../store/partition/transact.ts'
import { openState } from '../../store/state/state.ts'
import type { BackupPiece } from '../../wire/backup.ts'
import { ALL_PARTITIONS, partitionOf } from '../../wire/partition.ts'
import { FileArchive, FolderArchive } from './archive.ts'
import {
  backUp,
  CONTENT,
  fetchChunk,
  HASH,
  PENDING,
  ringWithContent,
  vaultOf,
} from './backed-up-ring.test-helper.ts'
import { openBackupKey } from './backup-key.ts'
import type { Manifest } from './manifest.ts'
import { mending } from './mending.ts'
import { readRows } from './read-backup.ts'
import { restoreStore } from './restore-store.ts'
import type { Vault } from './sealed-parts.ts'
import { latestBackup } from './write-backup.ts'

const SELF = memberIdOf(1)
const KEY = new Uint8Array(32).fill(5)
const LOCK = { kind: 'file', key: new Uint8Array(32).fill(9) } as const

function restore(effects: Effects, vault: Vault, manifest: Manifest): Promise<string> {
  const onProgress = (): void => undefined
  return restoreStore(effects, { vault, manifest, self: SELF, key: KEY, path: 'store', onProgress })
}

async function failsWith(code: ErrorCode, promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, (error) => isAnilloError(error, code))
}

class Rig {
  readonly world = new World({ seed: 1 })
  readonly effects = this.world.machine().effects()

  done<T>(promise: Promise<T>): Promise<T> {
    return this.world.settle(promise, 'the backup', 600_000)
  }
}

for (const kind of ['folder', 'file'] as const) {
  test(`writeBackup() into a ${kind}, restoreStore(): records, chunks and sound partitions`, async () => {
    const rig = new Rig()
    const { effects, done } = bound(rig)
    const archive =
      kind === 'folder'
        ? new FolderArchive(effects.disk)
        : await done(FileArchive.create(effects.disk, 'one.anillo'))
    const vault = await done(vaultOf(effects, archive))
    const ring = ringWithContent()
    const manifest = await done(backUp(vault, ring.pieces()))
    assert.deepEqual(manifest.chunks, { count: 1, bytes: CONTENT.length })
    const there = rig.world.machine().effects()
    assert.equal(await done(restore(there, vault, manifest)), manifest.contentHash)
    const key = KEY
    const onFailure = (error: unknown): void => assert.fail(String(error))
    const state = await done(openState(there, { path: 'store/state', key, onFailure }))
    for (const [group, held] of state.groups) {
      assert.deepEqual(audit(group, held, CHUNK_TABLES), [])
      const partition = new Partition({
        id: group,
        state: held,
        procedures: new ProcedureTable({ procedures: [transact] }),
      })
      assert.equal(partition.generation, 2)
    }
    assert.equal(state.groups.size, ALL_PARTITIONS.length)
    const shelf = new ChunkShelf(there, { path: 'store/chunks', key, onDamage: assert.fail })
    assert.deepEqual(await done(shelf.get(HASH)), CONTENT)
    assert.equal(await done(shelf.get(PENDING)), undefined)
  })
}

function bound(rig: Rig) {
  return { effects: rig.effects, done: <T>(promise: Promise<T>) => rig.done(promise) }
}

test('writeBackup() keeps parts of partitions that are unchanged, and chunks that are here', async () => {
  const { effects, done } = bound(new Rig())
  const vault = await done(vaultOf(effects, new FolderArchive(effects.disk)))
  const ring = ringWithContent()
  const first = await done(backUp(vault, ring.pieces()))
  ring.put('key-3', 'another value')
  const changed = partitionOf('things', 'key-3')
  const kept = new Set<number>(ALL_PARTITIONS.filter((id) => id !== changed))
  const asked: string[] = []
  const second = await done(
    backUp(vault, ring.pieces(kept), async (hash) => {
      asked.push(hash)
      return undefined
    }),
  )
  assert.deepEqual(asked, [PENDING])
  assert.equal(second.number, 2)
  assert.notEqual(second.contentHash, first.contentHash)
  for (const [at, part] of second.partitions.entries()) {
    const isSame = part.part === first.partitions[at]?.part
    assert.equal(isSame, part.partition !== changed, `partition ${part.partition}`)
  }
})

test('writeBackup() fails where a chunk is lost, or the pieces break off', async () => {
  const { effects, done } = bound(new Rig())
  const vault = await done(vaultOf(effects, new FolderArchive(effects.disk)))
  const ring = ringWithContent()
  await failsWith('CHUNK_LOST', done(backUp(vault, ring.pieces(), async () => undefined)))
  async function* cut(): AsyncGenerator<BackupPiece> {
    for await (const piece of ring.pieces()) {
      if (piece.kind === 'partition' && piece.partition === 40) return
      yield piece
    }
  }
  await failsWith('BACKUP_MISSED', done(backUp(vault, cut())))
  assert.equal(await done(latestBackup(vault)), undefined)
})

test('FolderArchive.create() holds the folder for one that writes, until it is closed', async () => {
  const { effects, done } = bound(new Rig())
  const first = await done(FolderArchive.create(effects.disk))
  await failsWith('DATA_IN_USE', done(FolderArchive.create(effects.disk)))
  await done(first.close())
  await done((await done(FolderArchive.create(effects.disk))).close())
})

test('FileArchive.create() holds the name for one that writes, and leaves nothing beside', async () => {
  const { effects, done } = bound(new Rig())
  const create = (name: string) => FileArchive.create(effects.disk, name)
  const first = await done(create('a.anillo'))
  await failsWith('DATA_IN_USE', done(create('a.anillo')))
  await done(first.finish())
  await done(first.close())
  await failsWith('DISK_EXISTS', done(create('a.anillo')))
  const broken = await done(create('b.anillo'))
  await done(broken.close())
  const names = await done(effects.disk.list(''))
  assert.deepEqual(
    names.filter((name) => name.includes('.anillo')),
    ['a.anillo'],
  )
})

test('openBackupKey() refuses another key, and another kind of lock', async () => {
  const { effects, done } = bound(new Rig())
  const archive = new FolderArchive(effects.disk)
  await done(openBackupKey(effects, archive, { lock: LOCK }))
  const other = { kind: 'file', key: KEY } as const
  const passphrase = { kind: 'passphrase', passphrase: 'x' } as const
  for (const lock of [other, passphrase]) {
    await failsWith('BACKUP_LOCKED', done(openBackupKey(effects, archive, { lock })))
  }
})

test('a part that was changed, cut or exchanged for another is BACKUP_DAMAGED', async () => {
  const { effects, done } = bound(new Rig())
  const archive = new FolderArchive(effects.disk)
  const vault = await done(vaultOf(effects, archive))
  const manifest = await done(backUp(vault, ringWithContent().pieces()))
  const full = manifest.partitions.filter(({ bytes }) => bytes > 0)
  const [one, two] = [present(full[0], 'a part'), present(full[1], 'another')]
  const whole = present(await done(effects.disk.read(one.part)), 'its file')
  const swapped = present(await done(effects.disk.read(two.part)), 'its file')
  const changed = whole.slice()
  changed[20] = (changed[20] ?? 0) ^ 4
  for (const bytes of [changed, whole.subarray(0, whole.length - 1), new Uint8Array(0), swapped]) {
    await done(rewrite(effects, one.part, bytes))
    await failsWith('BACKUP_DAMAGED', done(allOf(readRows(vault, one))))
  }
})

test('FileArchive.open() tells an index that names places which no file has', async () => {
  const { effects, done } = bound(new Rig())
  const archive = await done(FileArchive.create(effects.disk, 'one.anillo'))
  await done(backUp(await done(vaultOf(effects, archive)), ringWithContent().pieces()))
  await done(archive.close())
  const whole = present(await done(effects.disk.read('one.anillo')), 'the file')
  const text = Buffer.from(whole).toString('latin1')
  const before = whole.slice()
  new DataView(before.buffer).setFloat64(whole.length - 16, -5)
  const between = Buffer.from(text.replace(/"start":\d(\d+)/, '"start":-$1'), 'latin1')
  const half = Buffer.from(text.replace(/"end":(\d)\d/, '"end":$1.'), 'latin1')
  for (const bytes of [before, between, half]) {
    await done(rewrite(effects, 'one.anillo', new Uint8Array(bytes)))
    await failsWith('BACKUP_DAMAGED', done(FileArchive.open(effects.disk, 'one.anillo')))
  }
})

for (const damage of ['changed', 'cut', 'gone'] as const) {
  test(`mending() copies parts of earlier backups anew that are ${damage}`, async () => {
    const rig = new Rig()
    const { effects, done } = bound(rig)
    const vault = await done(vaultOf(effects, new FolderArchive(effects.disk)))
    const ring = ringWithContent()
    const first = await done(backUp(vault, ring.pieces()))
    const rows = present(
      first.partitions.find(({ bytes }) => bytes > 0),
      'a part',
    )
    const chunk = `chunks/${HASH.slice(0, 2)}/${HASH}`
    for (const part of [rows.part, chunk]) {
      const whole = present(await done(effects.disk.read(part)), 'its file')
      const changed = whole.slice()
      changed[20] = (changed[20] ?? 0) ^ 4
      if (damage === 'gone') await done(effects.disk.remove(part))
      else await done(rewrite(effects, part, damage === 'cut' ? whole.subarray(0, 9) : changed))
    }
    const told: string[] = []
    const mended = mending(
      async (doubted) => {
        const kept = new Set<number>(
          first.partitions
            .filter(({ part }) => !doubted.has(part))
            .map(({ partition }) => partition),
        )
        const manifest = await backUp(vault, ring.pieces(kept), fetchChunk, doubted)
        const hash = await restore(rig.world.machine().effects(), vault, manifest)
        assert.equal(hash, first.contentHash)
        return manifest
      },
      (part) => told.push(part),
    )
    const manifest = await done(mended)
    assert.equal(manifest.contentHash, first.contentHash)
    assert.deepEqual(told, damage === 'gone' ? [rows.part] : [rows.part, chunk])
  })
}

test('mending() gives up where what was copied anew is damaged again, or it is no part', async () => {
  for (const part of ['chunks/ab/abcd', 'manifests/1']) {
    let runs = 0
    const run = async (): Promise<never> => {
      runs++
      throw new AnilloError('BACKUP_DAMAGED', { part, problem: 'it is cut off' })
    }
    await failsWith(
      'BACKUP_DAMAGED',
      mending(run, () => undefined),
    )
    assert.equal(runs, part.startsWith('chunks') ? 2 : 1)
  }
})

async function rewrite({ disk }: Effects, path: string, bytes: Uint8Array): Promise<void> {
  const file = await disk.open(path, 'write')
  await file.truncate(0)
  await file.write(0, bytes)
  await file.close()
}
