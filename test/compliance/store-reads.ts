/** What `read` keeps, at any store. */
import assert from 'node:assert/strict'

import type { Change } from '../../src/store/types.ts'
import { PK_BYTES_MAX } from '../../src/wire/record-limits.ts'
import { promise, put, refuses, TABLE, write, type StoreSuite } from './store-promise.ts'

export function readSuite(suite: StoreSuite): void {
  const range = { table: TABLE, pk: 'p', prefix: 'd', limit: 3 }

  promise(suite, 'read() tells a page, and with its version what changed', async (store, other) => {
    await write(store, [put('d1', 'one'), put('d2', 'two'), put('e', 'beyond')])
    const page = await other.read(range)
    assert.equal(page.kind, 'page')
    if (page.kind !== 'page') return
    assert.deepEqual([page.items.map(({ sk }) => sk), page.hasMore], [['d1', 'd2'], false])
    assert.ok(page.version !== undefined)
    await write(other, [put('d3', 'three'), { kind: 'delete', sk: 'd1' }, put('e', 'still beyond')])
    const { version: since } = page
    const answer = await store.read({ ...range, since })
    // A store may tell all of it again.
    const shown =
      answer.kind === 'page' ? answer.items.map(({ sk }) => sk) : namesIn(answer.changes)
    assert.deepEqual(shown, answer.kind === 'page' ? ['d2', 'd3'] : ['d3', 'no d1'])
  })

  promise(suite, 'read() gives no version to what ends by itself', async (store) => {
    await write(store, [put('d1', 'one', 60_000)])
    const page = await store.read(range)
    assert.deepEqual([page.kind, page.version], ['page', undefined])
  })

  promise(
    suite,
    'read() says whether there is more, and refuses what is no range',
    async (store) => {
      await write(store, [put('d1', '1'), put('d2', '2'), put('d3', '3'), put('d4', '4')])
      const page = await store.read({ ...range, reverse: true })
      assert.deepEqual(page.kind === 'page' && [page.items.map(({ sk }) => sk), page.hasMore], [
        ['d4', 'd3', 'd2'],
        true,
      ])
      for (const wrong of [{ limit: 0 }, { pk: '' }, { table: 'a\0b' }, { prefix: 'a\0b' }]) {
        await refuses(store.read({ ...range, ...wrong }), 'BAD_REQUEST')
      }
      await refuses(store.read({ ...range, pk: 'k'.repeat(PK_BYTES_MAX + 1) }), 'TOO_LARGE')
    },
  )
}

function namesIn(changes: readonly Change[]): readonly string[] {
  return changes.map((one) => (one.kind === 'put' ? one.record.sk : `no ${one.sk}`)).toSorted()
}
