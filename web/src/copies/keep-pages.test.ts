import assert from 'node:assert/strict'
import { test } from 'node:test'

import { RingTrouble } from '../api/ring-client.ts'
import { COPY_BYTES_MAX } from '../model/copies.ts'
import type { Page } from '../model/told.ts'
import { copyTrouble } from './copies.ts'
import { keepAll, keepPage, planFor, type KeepProgress, type PageSource } from './keep-pages.ts'

const NEVER = new AbortController().signal
const ROOM = { copies: 10, bytes: 1_000 }
const gone = new RingTrouble({ code: 'NOT_FOUND', details: {}, text: '' })
const away = new RingTrouble({ code: 'RING_NOT_REACHABLE', details: {}, text: '' })

/** Pages are their ids. */
function source(page: (id: string) => void = () => undefined): PageSource {
  return {
    page: async (id) => {
      page(id)
      return { id } as Page
    },
    body: async () => new Uint8Array(),
  }
}

function shelf(keep: (id: string) => 'kept' | 'same' = () => 'kept') {
  const kept: string[] = []
  const copies = {
    keep: async ({ id }: Page) => {
      const outcome = keep(id)
      kept.push(id)
      return outcome
    },
  }
  return { kept, copies }
}

const pages = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ id: String(at), bytes: 10 }))

test('planFor() takes what fits, in order, and says how many stay out', () => {
  const sizes = [400, 700, 300, COPY_BYTES_MAX + 1, 200]
  const plan = planFor(
    sizes.map((bytes, at) => ({ id: String(at), bytes })),
    ROOM,
  )
  assert.deepEqual(
    plan.pages.map(({ id }) => id),
    ['0', '2', '4'],
  )
  assert.deepEqual([plan.bytes, plan.left], [900, 2])
  assert.equal(planFor(pages(20), ROOM).pages.length, ROOM.copies)
})

test('keepPage() asks anew for a page that was replaced meanwhile, and not without end', async () => {
  let tries = 0
  const settling = shelf(() => {
    tries += 1
    if (tries < 3) throw copyTrouble('changed')
    return 'kept'
  })
  assert.equal(await keepPage({ source: source(), copies: settling.copies }, '1', NEVER), 'kept')
  const restless = shelf(() => {
    throw copyTrouble('changed')
  })
  const kept = keepPage({ source: source(), copies: restless.copies }, '1', NEVER)
  await assert.rejects(kept, { code: 'PAGE_COPY_CHANGED' })
})

test('keepAll() keeps each page once, counts those kept before and those gone, and tells of each', async () => {
  const { copies, kept } = shelf((id) => (id === '3' ? 'same' : 'kept'))
  const told: KeepProgress[] = []
  const from = source((id) => {
    if (id === '5') throw gone
  })
  const plan = planFor(pages(9), ROOM)
  const onProgress = (progress: KeepProgress) => void told.push(progress)
  const sum = await keepAll({ source: from, copies }, plan, { onProgress, signal: NEVER })
  assert.deepEqual(sum, { pages: 9, bytes: 90, kept: 7, same: 1, missed: 1 })
  assert.deepEqual(
    told.map((one) => one.pages),
    [1, 2, 3, 4, 5, 6, 7, 8, 9],
  )
  assert.equal(new Set(kept).size, 8)
})

test('keepAll() ends with what it has when it is stopped', async () => {
  const stop = new AbortController()
  const { copies } = shelf()
  const onProgress = ({ pages: ended }: KeepProgress) => {
    if (ended === 2) stop.abort()
  }
  const plan = planFor(pages(9), ROOM)
  const keeping = { source: source(), copies }
  const sum = await keepAll(keeping, plan, { onProgress, signal: stop.signal })
  assert.ok(sum.pages >= 2 && sum.pages < 9, String(sum.pages))
})

test('keepAll() breaks off where nothing more can be kept', async () => {
  for (const trouble of [away, copyTrouble('browserFull')]) {
    const { copies, kept } = shelf((id) => {
      if (Number(id) >= 2) throw trouble
      return 'kept'
    })
    const plan = planFor(pages(9), ROOM)
    const all = keepAll({ source: source(), copies }, plan, {
      onProgress: () => undefined,
      signal: NEVER,
    })
    await assert.rejects(all, trouble)
    assert.deepEqual(kept.toSorted(), ['0', '1'])
  }
})
