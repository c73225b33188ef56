import assert from 'node:assert/strict'
import { test } from 'node:test'

import { sha256Hex } from '../../../base/hash.ts'
import { granteeKey, partitionOfGrantee } from '../../../wire/file-people.ts'
import { ALL_PARTITIONS, pkIn } from '../../../wire/partition.ts'
import type { FileUser, Grants } from '../types.ts'
import { TRASH_KEPT_MS, VERSION_KEPT_MS } from './due-work.ts'
import { Following } from './following.ts'
import { DUE_TABLE } from './places.ts'
import { forgetGrantee } from './share-procedures.ts'
import { Shares } from './shares.ts'
import { Sharing } from './sharing.ts'
import { Trash } from './trash.ts'
import { sweepPartition } from './tree-sweeper.ts'
import { TreeWorld } from './tree-world.test-helper.ts'
import type { Tree } from './tree.ts'

const ANA: FileUser = { nick: 'ana', isManager: false, mayWrite: true, groups: [] }
const BOSS: FileUser = { ...ANA, nick: 'boss', isManager: true }

class Swept {
  readonly world = new TreeWorld(1)
  readonly tree: Tree = this.world.caller().tree
  readonly trash = new Trash(this.tree)
  readonly shares = new Shares(this.tree, new Following(this.tree))
  readonly #signal = new AbortController().signal

  async put(path: string): Promise<void> {
    const target = await this.world.run(this.tree.target(ANA, path))
    const body = new Uint8Array(3)
    const given = { by: 'ana', bytes: 3, sha256: sha256Hex(body), body }
    await this.world.run(this.tree.put(target, given))
  }

  async sweep(): Promise<void> {
    for (const partition of ALL_PARTITIONS) {
      this.world.machine(partition)
      await this.world.run(sweepPartition(this, partition, this.#signal))
    }
    await this.world.settle()
  }

  get rows(): Tree['rows'] {
    return this.tree.rows
  }

  dues(): number {
    const counts = ALL_PARTITIONS.map((partition) => {
      const range = { table: DUE_TABLE, pk: pkIn(DUE_TABLE, partition), limit: 100 }
      return [...this.world.machine(partition).partition.list(range).items].length
    })
    return counts.reduce((sum, count) => sum + count, 0)
  }
}

test('versions go when they are too old, in whatever folder the file is then', async () => {
  const at = new Swept()
  const { tree, world } = at
  for (let count = 0; count < 3; count++) await at.put('/shared/f')
  await world.run(tree.makeFolder(ANA, '/shared/d'))
  await world.run(tree.move(ANA, { from: '/shared/f', to: '/shared/d/f', replace: false }))
  await world.settle()
  world.timeMs += VERSION_KEPT_MS - 60_000
  await at.sweep()
  assert.equal((await world.run(tree.versions(ANA, '/shared/d/f'))).versions.length, 2)
  await at.put('/shared/d/f')
  world.timeMs += 120_000
  await at.sweep()
  const { row, versions } = await world.run(tree.versions(ANA, '/shared/d/f'))
  assert.deepEqual(
    versions.map(({ number }) => number),
    [3],
  )
  assert.equal(row.file?.number, 4)
  assert.equal((await world.run(tree.quotas.usage('ana'))).bytes, 6)
  assert.equal(at.dues(), 1)
})

test('what lay in the trash for thirty days goes for good, with all that is in it', async () => {
  const at = new Swept()
  const { trash, tree, world } = at
  await world.run(tree.makeFolder(ANA, '/shared/d/e', { parents: true }))
  await at.put('/shared/d/e/f')
  await at.put('/shared/d/g')
  await at.put('/shared/back')
  await at.put('/shared/later')
  await world.run(trash.remove(ANA, '/shared/d'))
  await world.run(trash.remove(ANA, '/shared/back'))
  const [back] = (await world.run(trash.list(ANA))).filter(({ name }) => name === 'back')
  await world.run(trash.restore(ANA, back?.id ?? ''))
  world.timeMs += TRASH_KEPT_MS / 2
  await world.run(trash.remove(ANA, '/shared/later'))
  await at.sweep()
  assert.equal((await world.run(trash.list(ANA))).length, 2)
  world.timeMs += TRASH_KEPT_MS / 2 + 60_000
  await at.sweep()
  assert.deepEqual(
    (await world.run(trash.list(ANA))).map(({ name }) => name),
    ['later'],
  )
  assert.equal((await world.run(tree.stat(ANA, '/shared/back'))).bytes, 3)
  assert.deepEqual((await world.run(tree.quotas.usage('ana'))).files, 2)
  assert.equal(at.dues(), 1)
})

test('no grants name an account that was deleted, wherever the entry lies by then', async () => {
  const at = new Swept()
  const { shares, trash, tree, world } = at
  const sharing = new Sharing(tree)
  const people = { ana: 'own', ben: 'read', eva: 'read' } as const
  const grants: Grants = { everyone: 'nothing', guests: 'read', people, groups: { lab: 'read' } }
  await world.run(tree.makeFolder(ANA, '/shared/d'))
  for (const path of ['/shared/f', '/shared/g']) await at.put(path)
  for (const path of ['/shared/d', '/shared/f', '/shared/g']) {
    await world.run(sharing.setGrants(BOSS, { path, grants }))
  }
  await world.run(tree.move(ANA, { from: '/shared/f', to: '/shared/d/f', replace: false }))
  await world.run(trash.remove(ANA, '/shared/g'))
  await world.settle()
  const ben: FileUser = { ...ANA, nick: 'ben' }
  assert.equal((await world.run(shares.all(ben))).length, 2)
  const grantee = granteeKey({ kind: 'person', name: 'ben' })
  await world.run(tree.rows.store.call(partitionOfGrantee(grantee), forgetGrantee, { grantee }))
  await at.sweep()
  await at.sweep()
  assert.deepEqual(await world.run(shares.all(ben)), [])
  const left = { ...grants, people: { ana: 'own', eva: 'read' } }
  for (const path of ['/shared/d', '/shared/d/f', '/.trash/g']) {
    assert.deepEqual(await world.run(sharing.grants(ANA, path)), left, path)
  }
  assert.equal((await world.run(shares.all({ ...ANA, nick: 'eva' }))).length, 2)
  // What names them though it was on its way is found, too.
  await world.run(sharing.setGrants(BOSS, { path: '/shared/d', grants }))
  await world.settle()
  await at.sweep()
  assert.deepEqual(await world.run(sharing.grants(ANA, '/shared/d')), left)
  await at.sweep()
  const graves = at.dues()
  await at.sweep()
  assert.equal(at.dues(), graves, 'the trash alone is due')
})
