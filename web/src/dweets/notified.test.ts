import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Notified } from './notified.ts'

test('notifications count until somebody looked at them, in this window or one before', async () => {
  const kept = new Map<string, string>()
  const notes = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  }
  const items = [{ at: '2026-11-22T10:00:00.000Z' }]
  const list = async () => ({ items })
  const notified = new Notified({ notes, nick: 'ana', list })
  await notified.ask()
  assert.equal(notified.count.get(), 1)
  notified.lookedAt()
  assert.equal(notified.count.get(), 0)
  const next = new Notified({ notes, nick: 'ana', list })
  await next.ask()
  assert.equal(next.count.get(), 0)
  items.unshift({ at: '2026-11-22T10:00:01.000Z' }, { at: '2026-11-22T10:00:00.500Z' })
  await next.ask()
  assert.equal(next.count.get(), 2)
})
