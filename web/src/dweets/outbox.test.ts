import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Dweet, NewDweet } from '../../../src/wire/api-dweets.ts'
import { RingTrouble } from '../api/ring-client.ts'
import { Drafts, EMPTY_DRAFT } from './drafts.ts'
import { Outbox } from './outbox.ts'

class Notes {
  readonly kept = new Map<string, string>()
  isFull = false

  getItem(key: string): string | null {
    return this.kept.get(key) ?? null
  }

  setItem(key: string, value: string): void {
    if (this.isFull) throw new Error('full')
    this.kept.set(key, value)
  }
}

const trouble = (code: string) => new RingTrouble({ code, details: {}, text: '' })

function begin(notes = new Notes()) {
  const sent: string[] = []
  const told: string[] = []
  const world = {
    nowMs: 0,
    code: undefined as string | undefined,
    /** It was carried out, and the answer was lost. */
    isLost: false,
  }
  let keys = 0
  const outbox = new Outbox({
    notes,
    nick: 'ana',
    nowMs: () => world.nowMs,
    newKey: () => `key ${String((keys += 1))}`,
    onSent: ({ id }) => told.push(id),
    send: async ({ text }: NewDweet, key: string) => {
      if (world.code !== undefined) throw trouble(world.code)
      sent.push(`${key}: ${text}`)
      if (world.isLost) throw trouble('OUTCOME_UNKNOWN')
      return { id: text } as Dweet
    },
  })
  return { notes, outbox, sent, told, world }
}

test('what is published at once is not kept', async () => {
  const { notes, outbox, sent } = begin()
  assert.equal((await outbox.publish({ text: 'hi' }))?.id, 'hi')
  assert.deepEqual([sent, outbox.unsent.get()], [['key 1: hi'], []])
  assert.deepEqual([...notes.kept.values()], ['[]'])
})

test('what the ring could not take goes out later under the same key, also of another window', async () => {
  const first = begin()
  first.world.code = 'RING_NOT_REACHABLE'
  assert.equal(await first.outbox.publish({ text: 'one' }), undefined)
  first.world.code = undefined
  first.world.isLost = true
  assert.equal(await first.outbox.publish({ text: 'two' }), undefined)
  const { outbox, sent, told } = begin(first.notes)
  assert.equal(outbox.unsent.get().length, 2)
  await Promise.all([outbox.flush(), outbox.flush()])
  assert.deepEqual(sent, ['key 1: one', 'key 2: two'])
  assert.deepEqual(first.sent, ['key 2: two'])
  assert.deepEqual([told, outbox.unsent.get()], [['one', 'two'], []])
})

test('what is refused is not kept when it is written, and waits for the person when it waited', async () => {
  const { outbox, sent, world } = begin()
  for (const code of ['DWEET_TOO_LONG', 'SLOW_DOWN', 'OF_TOMORROW']) {
    world.code = code
    await assert.rejects(outbox.publish({ text: 'no' }), { code })
    assert.deepEqual(outbox.unsent.get(), [])
  }
  world.code = 'STORE_UNAVAILABLE'
  await outbox.publish({ text: 'answer' })
  world.code = 'DWEET_GONE'
  await outbox.flush()
  world.code = undefined
  await outbox.flush()
  assert.equal(outbox.unsent.get()[0]?.refused?.code, 'DWEET_GONE')
  assert.deepEqual(sent, [])
  outbox.discard('key 4')
  assert.deepEqual(outbox.unsent.get(), [])
})

test('what the ring may have forgotten the key of is not sent by itself', async () => {
  const { outbox, sent, world } = begin()
  world.code = 'RING_NOT_REACHABLE'
  await outbox.publish({ text: 'old' })
  world.code = undefined
  world.nowMs = 24 * 3_600_000
  await outbox.flush()
  assert.deepEqual(sent, [])
  assert.deepEqual(
    outbox.unsent.get().map((one) => outbox.isTooOld(one)),
    [true],
  )
})

test('drafts are there in the next window; those that are none are passed over', () => {
  const notes = new Notes()
  const drafts = new Drafts(notes, 'ana')
  const draft = { text: 'half', warning: 'w', visibility: 'followers' } as const
  drafts.set('new', draft)
  drafts.set('1', draft)
  drafts.set('1', EMPTY_DRAFT)
  assert.deepEqual(new Drafts(notes, 'ana').get('new'), draft)
  assert.equal(new Drafts(notes, 'ana').get('1'), undefined)
  assert.equal(new Drafts(notes, 'ben').get('new'), undefined)
  notes.kept.set('anillo.dweets.ana.drafts', '[1, ["new", {"text": 2}]]')
  assert.equal(new Drafts(notes, 'ana').get('new'), undefined)
  notes.kept.set('anillo.dweets.ana.drafts', 'x')
  const full = new Drafts(notes, 'ana')
  notes.isFull = true
  full.set('new', draft)
  assert.deepEqual(full.get('new'), draft)
  for (let each = 0; each < 30; each++) full.set(`${each}`, draft)
  assert.deepEqual([full.get('9'), full.get('10')], [undefined, draft])
})
