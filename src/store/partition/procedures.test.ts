import assert from 'node:assert/strict'
import { test } from 'node:test'

import { defineProcedure, ProcedureTable } from './procedures.ts'

function named(name: string, tables: readonly string[]) {
  return defineProcedure({ name, tables, readInput: (value) => value ?? 0, run: () => null })
}

const table = new ProcedureTable({
  procedures: [named('lock.take', ['locks']), named('lock.give', ['locks']), named('other', [])],
  serviceTables: ['files'],
})

test('a table of procedures is written by those that name it', () => {
  assert.equal(table.mayWrite('lock.take', 'locks'), true)
  assert.equal(table.mayWrite('lock.give', 'locks'), true)
  assert.equal(table.mayWrite('other', 'locks'), false)
  assert.equal(table.mayWrite('other', 'files'), true)
})

test('tables of procedures and of services are reserved', () => {
  const reserved = ['locks', 'files', 'mine'].map((name) => table.isReserved(name))
  assert.deepEqual(reserved, [true, true, false])
})

test('two procedures of one name, or a name of no form, are a bug', () => {
  const one = named('a.b', [])
  assert.throws(() => new ProcedureTable({ procedures: [one, one] }), /two procedures/)
  for (const name of ['', 'A', 'a.b.c', 'a b', 'a.']) assert.throws(() => named(name, []), /name/)
})
