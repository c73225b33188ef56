import assert from 'node:assert/strict'
import {
  appendFile,
  chmod,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { KeptFile, cachePathOf } from './kept-file.ts'
import type { KeptRecord } from './kept.ts'

const RING = 'a'.repeat(32)
const OTHER_RING = 'b'.repeat(32)

async function place() {
  const directory = join(await mkdtemp(join(tmpdir(), 'anillo-kept-')), 'anillo')
  return {
    directory,
    path: join(directory, 'ana.jsonl'),
    open: (ring = RING) => KeptFile.open(directory, { nick: 'ana', ring }),
    [Symbol.asyncDispose]: () => rm(join(directory, '..'), { recursive: true }),
  }
}

const draft = (key: string, text = key): KeptRecord => ({ kind: 'draft', key, dweet: { text } })

test('the file is its owner’s alone, also one that was not', async () => {
  await using at = await place()
  const { file } = await at.open()
  await file.append([draft('a')], true)
  assert.equal((await stat(at.path)).mode & 0o777, 0o600)
  assert.equal((await stat(at.directory)).mode & 0o777, 0o700)
  await chmod(at.path, 0o644)
  const { kept } = await at.open()
  assert.equal((await stat(at.path)).mode & 0o777, 0o600)
  assert.deepEqual(
    kept.drafts.map(({ key }) => key),
    ['a'],
  )
})

test('what is added behind a torn line does not go on with it', async () => {
  await using at = await place()
  await (await at.open()).file.append([draft('a')], false)
  await appendFile(at.path, '0123abcd {"kind":"dra')
  const { file, kept } = await at.open()
  assert.deepEqual(
    kept.drafts.map(({ key }) => key),
    ['a'],
  )
  await file.append([draft('b')], false)
  const again = await at.open()
  assert.deepEqual(
    again.kept.drafts.map(({ key }) => key),
    ['a', 'b'],
  )
})

test('what is of another ring lies in another file', async () => {
  await using at = await place()
  await (await at.open(RING)).file.append([draft('a')], false)
  const other = await at.open(OTHER_RING)
  assert.deepEqual(other.kept.drafts, [])
  await other.file.append([draft('b')], false)
  assert.deepEqual((await readdir(at.directory)).sort(), ['ana.bbbbbbbb.jsonl', 'ana.jsonl'])
  const [one, two] = [await at.open(RING), await at.open(OTHER_RING)]
  assert.deepEqual(
    [one, two].map(({ kept }) => kept.drafts[0]?.key),
    ['a', 'b'],
  )
})

test('two consoles of one account add to one file, also when it is written anew', async () => {
  await using at = await place()
  const [one, two] = [(await at.open()).file, (await at.open()).file]
  await two.append([draft('kept')], true)
  const long = 'x'.repeat(100_000)
  for (let n = 0; n < 55; n++) {
    await one.append([draft('long', long), { kind: 'undraft', key: 'long' }], false)
  }
  await two.append([draft('later')], true)
  assert.ok((await stat(at.path)).size < 1_000_000, 'it was written anew')
  const { kept } = await at.open()
  assert.deepEqual(
    kept.drafts.map(({ key }) => key),
    ['kept', 'later'],
  )
  assert.deepEqual(await readdir(at.directory), ['ana.jsonl'])
})

test('what is no text of a console is no console’s', async () => {
  await using at = await place()
  await (await at.open()).file.append([], false)
  await writeFile(at.path, Buffer.from([0xff, 0xfe, 0, 10, 13, 10]))
  const { file, kept } = await at.open()
  assert.equal(kept.publications.size, 0)
  await file.remove()
  await assert.rejects(readFile(at.path), { code: 'ENOENT' })
})

test('the place is that of the XDG specification', () => {
  assert.equal(cachePathOf({ HOME: '/people/ana' }), '/people/ana/.cache/anillo')
  assert.equal(cachePathOf({ HOME: '/people/ana', XDG_CACHE_HOME: '/c' }), '/c/anillo')
})
