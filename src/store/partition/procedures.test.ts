import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isAnilloError } from '../../base/errors.ts'
import { CHUNK_TABLES } from '../chunks/rows.ts'
import { defineProcedure, ProcedureTable } from './procedures.ts'

function named(name: string, tables: readonly string[]) {
  return defineProcedure({ name, tables, readInput: (value) => value ?? 0, run: () => null })
}

const table = new ProcedureTable({
  procedures: [named('lock.take', ['gates']), named('lock.give', ['gates']), named('other', [])],
})

test('ProcedureTable.checkLevel() refuses a level that the build does not know', () => {
  const middle = new ProcedureTable({ procedures: [], levels: { from: 2, to: 3 } })
  const told = (code: string) => (thrown: unknown) => isAnilloError(thrown) && thrown.code === code
  assert.throws(() => middle.checkLevel(1, 'the ring'), told('VERSION_TOO_NEW'))
  middle.checkLevel(2, 'the ring')
  middle.checkLevel(3, 'the ring')
  assert.throws(() => middle.checkLevel(4, 'the ring'), told('VERSION_TOO_OLD'))
})

test('a table of procedures is written by those that name it', () => {
  assert.equal(table.mayWrite('lock.take', 'gates'), true)
  assert.equal(table.mayWrite('lock.give', 'gates'), true)
  assert.equal(table.mayWrite('other', 'gates'), false)
  assert.equal(table.mayWrite('other', 'files'), true)
})

test('tables of procedures and of services are reserved', () => {
  const reserved = ['gates', 'files', 'mine'].map((name) => table.isReserved(name))
  assert.deepEqual(reserved, [true, true, false])
})

test('the tables of chunks are among the names of services', () => {
  for (const name of CHUNK_TABLES) assert.ok(table.isReserved(name), name)
})

test('two procedures of one name, or a name of no form, are a bug', () => {
  const one = named('a.b', [])
  assert.throws(() => new ProcedureTable({ procedures: [one, one] }), /two procedures/)
  for (const name of ['', 'A', 'a.b.c', 'a b', 'a.']) assert.throws(() => named(name, []), /name/)
})
