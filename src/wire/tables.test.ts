import assert from 'node:assert/strict'
import { test } from 'node:test'

import { LOCK_TABLE } from './locks.ts'
import { RING_TABLE } from './partition.ts'
import { SCHEDULE_TABLE } from './schedule.ts'
import { isServiceTable, SERVICE_TABLE_NAMES } from './tables.ts'

test('isServiceTable() knows each name, and what begins with it and a dot', () => {
  for (const name of SERVICE_TABLE_NAMES) {
    assert.ok(isServiceTable(name))
    assert.ok(isServiceTable(`${name}.more`))
    assert.equal(isServiceTable(`${name}x`), SERVICE_TABLE_NAMES.includes(`${name}x`))
    assert.ok(!isServiceTable(`my.${name}`))
  }
  for (const name of ['notes', 'Users', 'page', '', '.', '.users']) assert.ok(!isServiceTable(name))
})

test('the tables of the ring are among the names of services', () => {
  for (const name of [RING_TABLE, LOCK_TABLE, SCHEDULE_TABLE]) {
    assert.ok(isServiceTable(name), name)
  }
})
