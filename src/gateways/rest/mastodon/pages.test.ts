import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import type { PageOf } from '../../../services/dweets/types.ts'
import { compareIds, cursorBefore, placeOfPublicId, publicIdOf } from '../../../wire/dweet-ids.ts'
import { findPage, SEARCHED_PAGES_MAX, type Wanted } from './pages.ts'

interface One {
  readonly id: string
  readonly isWanted: boolean
}

/** As a service lists them: newest first, behind a cursor. */
function listOf(all: readonly One[]) {
  let asked = 0
  const list = async ({ cursor, limit }: PageOf) => {
    asked++
    const rest = all.filter(({ id }) => cursor === undefined || cursorBefore(id) < cursor)
    const items = rest.slice(0, limit)
    const last = items.at(-1)
    return last === undefined || items.length === rest.length
      ? { items }
      : { items, cursor: cursorBefore(last.id) }
  }
  return { list, asked: () => asked }
}

function made(
  times: readonly number[],
  isWanted: (at: number) => boolean = () => true,
): readonly One[] {
  const rows = times.map((time, at) => ({
    id: publicIdOf({ pk: '0123456789', row: (0x100_0000 + time).toString(16).padStart(16, '0') }),
    isWanted: isWanted(at),
  }))
  return rows.toSorted((a, b) => compareIds(b.id, a.id))
}

const NOTHING: Wanted = {
  limit: 5,
  before: undefined,
  after: undefined,
  isNearest: false,
  cursor: undefined,
}
const times = fc.uniqueArray(fc.nat({ max: 10_000 }), { maxLength: 120 })
const limit = fc.integer({ min: 1, max: 40 })

test('pages by their ids, and by their cursors, tell each once, in order', async () => {
  await fc.assert(
    fc.asyncProperty(times, limit, fc.boolean(), fc.nat(7), async (some, most, byId, every) => {
      const all = made(some, (at) => every === 0 || at % every !== 0)
      const wantedOnes = all.filter((one) => one.isWanted).map(({ id }) => id)
      const { list } = listOf(all)
      const seen: string[] = []
      let wanted: Wanted = { ...NOTHING, limit: most }
      for (;;) {
        const { items, next } = await findPage<One>(list, wanted, (one) => one.isWanted)
        assert.ok(items.length <= most)
        seen.push(...items.map(({ id }) => id))
        if (next === undefined) break
        wanted = { ...wanted, ...(byId ? { before: next.id } : { cursor: next.cursor }) }
      }
      assert.deepEqual(seen, wantedOnes)
    }),
  )
})

test('min_id has those next behind it, since_id the newest', async () => {
  await fc.assert(
    fc.asyncProperty(times, limit, fc.nat({ max: 10_000 }), async (some, most, at) => {
      const all = made(some)
      const [{ id: after } = { id: '' }] = made([at])
      const behind = all.filter(({ id }) => compareIds(id, after) > 0)
      const { list } = listOf(all)
      const wanted = { ...NOTHING, limit: most, after }
      const newest = await findPage(list, wanted)
      assert.deepEqual(newest.items, behind.slice(0, most))
      const nearest = await findPage(list, { ...wanted, isNearest: true })
      assert.deepEqual(nearest.items, behind.slice(-most))
    }),
  )
})

test('min_id far back is found without reading everything', async () => {
  const all = made(Array.from({ length: 20_000 }, (_, at) => at))
  const { asked, list } = listOf(all)
  const after = all.at(-10)?.id ?? ''
  const { items } = await findPage(list, { ...NOTHING, after, isNearest: true })
  assert.deepEqual(items, all.slice(-15, -10))
  assert.ok(asked() < 100, `${asked()} pages`)
  assert.notEqual(placeOfPublicId(after), undefined)
})

test('min_id at the beginning of time reads a bounded number of pages, also of what is passed over', async () => {
  const all = made(
    Array.from({ length: 20_000 }, (_, at) => at),
    (at) => at < 3 || at > 19_990,
  )
  for (const [isKept, expected] of [
    [() => true, all.slice(-NOTHING.limit)],
    [(one: One) => one.isWanted, all.slice(-3)],
    [() => false, []],
  ] as const) {
    const { asked, list } = listOf(all)
    const { items } = await findPage(list, { ...NOTHING, after: '1', isNearest: true }, isKept)
    assert.deepEqual(items, expected)
    assert.ok(asked() <= SEARCHED_PAGES_MAX + 5, `${asked()} pages`)
  }
})
