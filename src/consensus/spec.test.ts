import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'

import { Checks } from './checks.test-helper.ts'
import type { RaftEvent, RaftOutput } from './types.ts'
import { World } from './world.test-helper.ts'

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/spec/raft.md'), 'utf8')
const HERE = import.meta.dirname

/** Complete: a kind that is missing does not compile. */
const EVENTS: Record<RaftEvent['kind'], true> = {
  message: true,
  timer: true,
  persisted: true,
  confirmed: true,
  committed: true,
  lost: true,
  applied: true,
  compact: true,
  installed: true,
  installFailed: true,
  read: true,
  transfer: true,
}
const OUTPUTS: Record<keyof RaftOutput, true> = {
  messages: true,
  persist: true,
  messagesAfterPersist: true,
  commit: true,
  reads: true,
  install: true,
  wantsRound: true,
  isChanged: true,
}

/** Names in the first column of the table with this head. */
function namesIn(head: string): readonly string[] {
  const table = PAGE.split(`| ${head} |`)[1]?.split('\n\n')[0] ?? ''
  const cells = table
    .split('\n')
    .slice(2)
    .map((row) => row.split('|')[1] ?? '')
  return cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name))
}

test('docs/spec/raft.md names every event of the machine, and no other', () => {
  assert.deepEqual(namesIn('event').toSorted(), Object.keys(EVENTS).toSorted())
})

test('docs/spec/raft.md names every output of the machine, and no other', () => {
  assert.deepEqual(namesIn('output').toSorted(), Object.keys(OUTPUTS).toSorted())
})

test('docs/spec/raft.md names every trace and every test file', () => {
  const traces = globSync('traces/*.txt', { cwd: HERE }).map((path) => basename(path, '.txt'))
  const tests = globSync('*.test.ts', { cwd: HERE })
  for (const name of [...traces, ...tests]) {
    assert.ok(PAGE.includes(`\`${name}\``), `${name} is not on the page`)
  }
})

test('docs/spec/raft.md says of every invariant which test holds it, and each of these is there', () => {
  const rows = PAGE.split('| invariant |')[1]?.split('\n\n')[0]?.split('\n').slice(2) ?? []
  assert.ok(rows.length >= 10)
  for (const row of rows) {
    const named = [...(row.split('|')[3] ?? '').matchAll(/`([\w.-]+)`/g)].map(
      ([, name = '']) => name,
    )
    assert.ok(named.length > 0, `nothing tests “${row}”`)
    for (const name of named) assert.ok(isThere(name), `${name} is not there`)
  }
})

/** A trace, a test file, or a method that checks. */
function isThere(name: string): boolean {
  const [owner, method = ''] = name.split('.')
  if (owner === 'Checks') return method in Checks.prototype
  if (owner === 'World') return method in World.prototype
  return globSync([`traces/${name}.txt`, name], { cwd: HERE }).length === 1
}

test('docs/spec/raft.md names only files that are there', () => {
  for (const [, name = ''] of PAGE.matchAll(/`([\w-]+(?:\.test)?\.ts)`/g)) {
    assert.equal(globSync(name, { cwd: HERE }).length, 1, `there is no ${name}`)
  }
})
