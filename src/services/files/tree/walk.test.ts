import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Sharing } from './sharing.ts'
import { ANA, put } from './tree-table.test-helper.ts'
import { TreeWorld } from './tree-world.test-helper.ts'
import type { Tree } from './tree.ts'

/** Two members, the first of which knows the way. */
async function knownWay() {
  const world = new TreeWorld(5)
  const [here, there] = [world.caller().tree, world.caller().tree]
  const run = <T>(work: Promise<T>): Promise<T> => world.run(work)
  await run(here.makeFolder(ANA, '/shared/a/b', { parents: true }))
  await run(put(here, ANA, ['/shared/a/b/f', 'one']))
  const bytesAt = (tree: Tree, path: string): Promise<number | string> =>
    run(
      tree.stat(ANA, path).then(
        ({ bytes }) => bytes,
        (thrown: unknown) => (thrown as { readonly code: string }).code,
      ),
    )
  assert.equal(await bytesAt(here, '/shared/a/b/f'), 3)
  return { run, here, there, bytesAt }
}

test('a way that is known is not followed once a folder on it was moved at another member', async () => {
  const { bytesAt, here, run, there } = await knownWay()
  await run(there.move(ANA, { from: '/shared/a', to: '/shared/c', replace: false }))
  assert.equal(await bytesAt(here, '/shared/a/b/f'), 'NO_ENTRY')
  assert.equal(await bytesAt(here, '/shared/c/b/f'), 3)
  await run(there.makeFolder(ANA, '/shared/a/b', { parents: true }))
  await run(put(there, ANA, ['/shared/a/b/f', 'other']))
  assert.equal(await bytesAt(here, '/shared/a/b/f'), 5)
})

test('rights that were taken away at another member count where the way is known', async () => {
  const { bytesAt, here, run, there } = await knownWay()
  const boss = { ...ANA, isManager: true }
  const grants = { everyone: 'nothing', guests: 'nothing', people: {}, groups: {} } as const
  await run(new Sharing(there).setGrants(boss, { path: '/shared/a', grants }))
  assert.equal(await bytesAt(here, '/shared/a/b/f'), 'NO_ENTRY')
  await run(new Sharing(there).setGrants(boss, { path: '/shared/a', grants: undefined }))
  assert.equal(await bytesAt(here, '/shared/a/b/f'), 3)
})
