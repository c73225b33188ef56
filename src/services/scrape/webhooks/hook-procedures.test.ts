import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../../base/assert.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../base/limits.ts'
import { valueOf } from '../../../store/partition/machine.test-helper.ts'
import { partitionOf } from '../../../wire/partition.ts'
import {
  WEBHOOK_CHANGES_WAITING_MAX,
  WEBHOOK_PAGES_MAX,
  WEBHOOK_WAITING_MAX,
} from '../../../wire/webhook-bounds.ts'
import { CrawlPartitions } from '../crawl/partitions.test-helper.ts'
import type { NextAnswer } from './hook-procedures.ts'
import {
  hookKey,
  OPEN_HOOKS_PK,
  OPEN_HOOKS_TABLE,
  partitionOfHook,
  readHookRow,
  type HookRow,
} from './hook-rows.ts'
import { CHANGES_GATHER_MS, UNUSED_KEPT_MS } from './limits.ts'

const HOOK = 'b'.repeat(32)
const CRAWL = 'c'.repeat(32)
const SPEC = {
  url: 'https://receiver.example/',
  events: ['crawl.started', 'crawl.ended', 'page.changed'],
  secret: `whsec_${'A'.repeat(32)}`,
}

class HookPartitions extends CrawlPartitions {
  ask(procedure: string, input: object = {}): unknown {
    const machine = this.machine(partitionOfHook(HOOK))
    return valueOf(machine.call(`crawlHook.${procedure}`, { hook: HOOK, ...input }))
  }

  make(more: object = {}): unknown {
    return this.ask('make', { ...SPEC, isChange: false, ...more })
  }

  tell(type: string, more: object = {}): void {
    this.ask('tell', { type, crawl: CRAWL, data: '{}', ...more })
  }

  changed(count: number, from = 0): void {
    const pages = Array.from({ length: count }, (_, n) => ({
      url: `http://a.example/${from + n}`,
      id: (from + n).toString(16).padStart(64, '0'),
      change: 'changed' as const,
    }))
    this.tell('page.changed', { pages })
  }

  next(): NextAnswer {
    return this.ask('next') as NextAnswer
  }

  /** The one that is to be sent now. */
  taken(): Extract<NextAnswer, { readonly kind: 'event' }> {
    const next = this.next()
    assert.equal(next.kind, 'event')
    return next
  }

  sent(outcome: 'delivered' | 'failed' | 'gone', more: object = {}): void {
    this.ask('sent', { seq: this.taken().seq, outcome, status: 500, ...more })
  }

  get row(): HookRow | undefined {
    const record = this.machine(partitionOfHook(HOOK)).partition.get(hookKey(HOOK))
    return record === undefined ? undefined : readHookRow(record)
  }

  get isOpen(): boolean {
    this.deliver()
    const at = partitionOf(OPEN_HOOKS_TABLE, OPEN_HOOKS_PK)
    const range = { table: OPEN_HOOKS_TABLE, pk: OPEN_HOOKS_PK, limit: 9 }
    return this.machine(at)
      .partition.list(range)
      .items.some(({ sk }) => sk === HOOK)
  }
}

function opened(): HookPartitions {
  const world = new HookPartitions()
  world.make()
  world.tell('crawl.started', { more: 1 })
  return world
}

test('events wait in order until they are delivered, and it is served as long as a crawl runs', () => {
  const world = opened()
  assert.ok(world.isOpen)
  world.tell('crawl.ended', { more: -1 })
  assert.equal(world.taken().event.type, 'crawl.started')
  world.sent('delivered')
  assert.equal(world.taken().event.type, 'crawl.ended')
  assert.ok(world.isOpen)
  world.sent('delivered')
  assert.deepEqual(world.next(), { kind: 'none' })
  assert.equal(world.isOpen, false)
  assert.deepEqual([world.row?.delivered, world.row?.waiting], [2, 0])
})

test('what is told of twice, or late, counts once', () => {
  const world = opened()
  const { seq } = world.taken()
  world.sent('delivered')
  world.ask('sent', { seq, outcome: 'failed', code: 'FETCH_REFUSED' })
  assert.deepEqual([world.row?.delivered, world.row?.failures], [1, 0])
  const { secret } = world.make({ secret: `whsec_${'B'.repeat(32)}` }) as { secret: string }
  assert.equal(secret, SPEC.secret)
})

test('a receiver that fails for a day gets all of it then, in order', () => {
  const world = opened()
  world.tell('crawl.ended', { more: -1 })
  const startMs = world.timeMs
  let tries = 0
  while (world.timeMs < startMs + DAY_MS) {
    world.sent('failed')
    tries++
    const wait = world.next()
    assert.equal(wait.kind, 'wait')
    world.timeMs += wait.kind === 'wait' ? wait.waitMs : 0
  }
  assert.ok(tries > 25 && tries < 35, `${tries} tries in a day`)
  assert.equal(world.row?.waiting, 2)
  assert.equal(world.row?.last?.status, 500)
  const types = [world.taken().event.type]
  world.sent('delivered')
  types.push(world.taken().event.type)
  world.sent('delivered')
  assert.deepEqual(types, ['crawl.started', 'crawl.ended'])
  assert.equal(world.row?.failures, 0)
})

test('after three days of failing what waits is given up, and counted', () => {
  const world = opened()
  world.sent('failed')
  world.timeMs += 2 * DAY_MS
  world.tell('crawl.ended', { more: -1 })
  world.timeMs += DAY_MS
  world.sent('failed')
  assert.deepEqual([world.row?.givenUp, world.row?.waiting], [1, 1])
  assert.equal(world.row?.last?.type, 'crawl.started')
  world.timeMs += 2 * DAY_MS
  world.sent('failed')
  assert.deepEqual([world.row?.givenUp, world.row?.waiting], [2, 0])
  assert.equal(world.isOpen, false)
})

test('a receiver that says it is gone is told nothing more, until a test reaches it', () => {
  const world = opened()
  world.tell('crawl.ended', { more: -1 })
  world.sent('gone', { status: 410 })
  assert.deepEqual([world.row?.isGone, world.row?.givenUp, world.row?.waiting], [true, 2, 0])
  world.tell('crawl.started', { more: 1 })
  assert.equal(world.row?.waiting, 0)
  assert.equal(world.isOpen, false)
  world.ask('test')
  assert.ok(world.isOpen)
  assert.equal(world.taken().event.type, 'webhook.test')
  world.sent('delivered')
  world.tell('crawl.ended', { more: -1 })
  assert.equal(world.taken().event.type, 'crawl.ended')
})

test('a test is tried at once, whenever the next try would be', () => {
  const world = opened()
  for (let n = 0; n < 6; n++) {
    world.sent('failed')
    world.timeMs += HOUR_MS
  }
  world.sent('failed', { againInMs: 40 * MINUTE_MS })
  assert.equal(world.next().kind, 'wait')
  world.ask('test')
  assert.equal(world.taken().event.type, 'crawl.started')
})

test('pages that changed are gathered, not into what may have been taken, and before the end', () => {
  const world = opened()
  world.sent('delivered')
  world.changed(3)
  world.changed(4, 3)
  const wait = world.next()
  assert.deepEqual(wait, { kind: 'wait', waitMs: CHANGES_GATHER_MS })
  world.timeMs += CHANGES_GATHER_MS
  assert.equal(world.taken().event.pages?.length, 7)
  world.changed(1, 7)
  world.sent('delivered')
  world.tell('crawl.ended', { more: -1 })
  assert.equal(world.taken().event.pages?.length, 1)
  world.sent('delivered')
  assert.equal(world.taken().event.type, 'crawl.ended')
})

test('what waits is bounded, what finds no room is counted, and the end has room', () => {
  const world = opened()
  for (let n = 0; n < WEBHOOK_CHANGES_WAITING_MAX + 5; n++)
    world.changed(WEBHOOK_PAGES_MAX, n * 100)
  const full = present(world.row, 'webhook')
  assert.equal(full.waiting, WEBHOOK_CHANGES_WAITING_MAX)
  assert.equal(full.leftOut, 6)
  world.tell('crawl.ended', { more: -1 })
  assert.equal(world.row?.waiting, WEBHOOK_CHANGES_WAITING_MAX + 1)
  for (let n = 0; n < WEBHOOK_WAITING_MAX; n++) world.tell('crawl.started')
  assert.equal(world.row?.waiting, WEBHOOK_WAITING_MAX)
})

test('only what it wants is told', () => {
  const world = new HookPartitions()
  world.make({ events: ['crawl.ended'] })
  world.tell('crawl.started', { more: 1 })
  world.changed(2)
  assert.equal(world.row?.waiting, 0)
  assert.ok(world.isOpen)
  world.tell('crawl.ended', { more: -1 })
  assert.equal(world.row?.waiting, 1)
})

test('one of which no crawl came to be goes by itself; one whose crawl is deleted tells its rest', () => {
  const unused = new HookPartitions()
  unused.make()
  unused.timeMs += UNUSED_KEPT_MS + 1
  assert.throws(() => unused.ask('test'), /NOT_FOUND/)
  const world = opened()
  world.tell('crawl.ended', { more: -1, isLeaving: true })
  world.sent('delivered')
  assert.ok(world.row)
  world.sent('delivered')
  assert.equal(world.row, undefined)
  world.tell('crawl.started', { more: 1 })
  assert.equal(world.row, undefined)
})
