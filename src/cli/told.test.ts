import assert from 'node:assert/strict'
import { test } from 'node:test'

import { EXIT } from './failure.ts'
import { keptIo } from './io.test-helper.ts'
import type { Column } from './table.ts'
import { told, toldEach } from './told.ts'

interface Fruit {
  readonly name: string
  readonly count: number
}

const FRUITS: readonly Fruit[] = [
  { name: 'apples', count: 12 },
  { name: 'figs', count: 3 },
]

const COLUMNS: readonly Column<Fruit>[] = [
  { title: 'NAME', text: ({ name }) => name },
  { title: 'COUNT', text: ({ count }) => String(count), right: true },
]

test('told() gives programs JSON and people a line, or several', () => {
  const io = keptIo()
  assert.equal(told(io, { json: true }, { json: { a: 1 }, text: 'one' }), EXIT.done)
  told(io, {}, { json: { a: 1 }, text: 'one' })
  told(io, {}, { json: { a: 1 }, text: ['two', 'three'] })
  assert.equal(io.outText(), '{"a":1}\none\ntwo\nthree\n')
})

test('toldEach() makes a table with dim titles, and of nothing a message', async () => {
  const io = keptIo({ isTerminal: true })
  const listing = { columns: COLUMNS, none: 'no fruit' }
  assert.equal(await toldEach(io, {}, { ...listing, items: FRUITS }), EXIT.done)
  const lines = ['\u001B[2mNAME    COUNT\u001B[22m', 'apples     12', 'figs        3', '']
  assert.equal(io.outText(), lines.join('\n'))
  assert.equal(await toldEach(io, {}, { ...listing, items: [] }), EXIT.done)
  assert.equal(io.errText(), 'no fruit\n')
})

test('toldEach() writes each item as a line of JSON while the next is not there yet', async () => {
  const io = keptIo()
  const items = async function* () {
    yield FRUITS[0]
    assert.equal(io.outText(), '{"name":"apples","count":12}\n')
    yield FRUITS[1]
  }
  const listing = { columns: [], none: 'no fruit', items: items() }
  await toldEach(io, { json: true }, listing)
  assert.equal(io.outText(), '{"name":"apples","count":12}\n{"name":"figs","count":3}\n')
  await toldEach(io, { json: true }, { ...listing, items: [] })
  assert.equal(io.errText(), '')
})
