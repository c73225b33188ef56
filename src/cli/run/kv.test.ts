import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { recordsDoor, type RecordsDoor } from '../../gateways/rest/records-door.test-helper.ts'
import { EXIT } from '../failure.ts'
import { keptIo } from '../io.test-helper.ts'
import { runProgram } from '../program.ts'

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

function commandsOf({ url }: RecordsDoor) {
  return async (words: readonly string[], input?: string): Promise<Ran> => {
    const io = keptIo(input === undefined ? {} : { input })
    const code = await runProgram([...words, '--at', url], io)
    return { code, out: io.outText(), err: io.errText() }
  }
}

test('kv put, get, list and delete work on one record after another', async () => {
  await using door = await recordsDoor()
  const run = commandsOf(door)
  const made = await run(['kv', 'put', 'notes', 'anna', 'a/b', 'milk'])
  assert.equal(made.code, EXIT.done, made.err)
  assert.match(made.err, /^made: .*ETag "/)
  assert.equal(made.out, '')
  await run(['kv', 'put', 'notes', 'anna', 'c'], 'from\0input\n')
  assert.equal((await run(['kv', 'get', 'notes', 'anna', 'a/b'])).out, 'milk')
  assert.equal((await run(['kv', 'get', 'notes', 'anna', 'c'])).out, 'from\0input\n')
  const listed = await run(['kv', 'list', 'notes', 'anna'])
  assert.match(listed.out, /^a\/b {2}4 B {2}"1-\d+"\nc {2}11 B/)
  const lines = (await run(['kv', 'list', 'notes', 'anna', '--reverse', '--json'])).out
  const names = lines
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text).sk)
  assert.deepEqual(names, ['c', 'a/b'])
  assert.equal((await run(['kv', 'delete', 'notes', 'anna', 'c'])).code, EXIT.done)
  const gone = await run(['kv', 'get', 'notes', 'anna', 'c'])
  assert.equal(gone.code, EXIT.failed)
  assert.match(gone.err, /NOT_FOUND/)
  assert.equal((await run(['kv', 'delete', 'notes', 'anna', 'c'])).code, EXIT.failed)
})

test('kv list says that there is nothing, where no script reads it', async () => {
  await using door = await recordsDoor()
  const run = commandsOf(door)
  for (const more of [[], ['--json'], ['--prefix', 'x']]) {
    const nothing = { code: EXIT.done, out: '', err: 'no record here\n' }
    assert.deepEqual(await run(['kv', 'list', 'notes', 'nobody', ...more]), nothing)
  }
})

test('kv put with a word too few says at a terminal what it waits for', async () => {
  await using door = await recordsDoor()
  const io = keptIo({ isTerminal: true, input: 'anna\n' })
  assert.equal(await runProgram(['kv', 'put', 't', 'p', 's', '--at', door.url], io), EXIT.done)
  assert.match(io.errText(), /^anillo: waiting for the value of “s” in t p: type it here/)
})

test('kv put keeps its conditions, and --json tells the ETag for them', async () => {
  await using door = await recordsDoor()
  const run = commandsOf(door)
  const put = (...more: readonly string[]) => run(['kv', 'put', 't', 'p', 's', 'v', ...more])
  const made = JSON.parse((await put('--if-absent', '--json')).out)
  assert.equal(made.isNew, true)
  const refused = await put('--if-absent')
  assert.equal(refused.code, EXIT.failed)
  assert.match(refused.err, /CONDITION_FAILED/)
  assert.equal((await put('--if-match', made.etag)).code, EXIT.done)
  assert.equal((await put('--if-match', made.etag)).code, EXIT.failed)
  assert.equal((await put('--if-match', '"1-1"', '--if-absent')).code, EXIT.usedWrongly)
  assert.equal((await put('--ttl', '0')).code, EXIT.usedWrongly)
  assert.equal((await put('--ttl', '60')).code, EXIT.done)
  const got = JSON.parse((await run(['kv', 'get', 't', 'p', 's', '--json'])).out)
  assert.equal(Date.parse(got.expiresAt), door.store.nowMs + 60_000)
  assert.equal(Buffer.from(got.value, 'base64').toString(), 'v')
})

test('kv refuses tables of the ring, and says where no ring answers', async () => {
  await using door = await recordsDoor()
  const refused = await commandsOf(door)(['kv', 'put', 'ring', 'p', 's', 'v'])
  assert.match(refused.err, /TABLE_RESERVED/)
  const io = keptIo()
  const words = ['kv', 'get', 't', 'p', 's', '--at', 'http://127.0.0.1:9']
  assert.equal(await runProgram(words, io), EXIT.ringNotReachable)
})

test('lock acquire prints a token that renews and releases; another is told that it is held', async () => {
  await using door = await recordsDoor()
  const run = commandsOf(door)
  const taken = await run(['lock', 'acquire', 'nightly', '--ttl', '60'])
  assert.equal(taken.code, EXIT.done, taken.err)
  const token = taken.out.trim()
  assert.match(token, /^[0-9a-f]{32}$/)
  const other = await run(['lock', 'acquire', 'nightly'])
  assert.equal(other.code, EXIT.failed)
  assert.match(other.err, /LOCK_HELD/)
  assert.match((await run(['lock', 'show', 'nightly'])).out, /^held: until .*fence \d+/)
  assert.equal((await run(['lock', 'renew', 'nightly', token, '--ttl', '90'])).code, EXIT.done)
  assert.equal((await run(['lock', 'release', 'nightly', token])).code, EXIT.done)
  assert.equal((await run(['lock', 'show', 'nightly'])).out, 'free\n')
  const lost = await run(['lock', 'renew', 'nightly', token])
  assert.equal(lost.code, EXIT.failed)
  assert.match(lost.err, /LOCK_LOST/)
  const shown = JSON.parse((await run(['lock', 'show', 'nightly', '--json'])).out)
  assert.deepEqual(shown, { name: 'nightly', isHeld: false })
})

test('every word of kv and lock has its own help with an example', async () => {
  const words = ['kv get', 'kv put', 'kv delete', 'kv list']
  for (const word of [
    ...words,
    ...['acquire', 'renew', 'release', 'show'].map((w) => `lock ${w}`),
  ]) {
    const io = keptIo()
    assert.equal(await runProgram([...word.split(' '), '--help'], io), EXIT.done)
    assert.match(io.outText(), new RegExp(`\\$ .*anillo ${word}`), word)
  }
})

test('a DATA that was named and holds no member leads to no other ring', async () => {
  const data = join(tmpdir(), 'anillo-no-such-directory')
  const cases = [
    { words: ['--data', data], env: {} },
    { words: [], env: { ANILLO_DATA: data } },
  ]
  for (const { words, env } of cases) {
    const io = keptIo({ env })
    const code = await runProgram(['kv', 'put', 'notes', 'anna', 'a', 'milk', ...words], io)
    assert.equal(code, EXIT.failed)
    assert.match(io.errText(), /DATA_WITHOUT_MEMBERS/)
  }
})
