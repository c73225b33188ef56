import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { KIB, MIB } from '../../../base/limits.ts'
import { EXIT } from '../../failure.ts'
import { peopleDoor } from './people-door.test-helper.ts'

const GIB = KIB * MIB

test('quota tells what one has stored, and may; of others and for others to managers alone', async () => {
  await using door = await peopleDoor()
  await door.has('/shared/a', 'twelve bytes')
  assert.equal((await door.run('ana', ['quota'])).out, '12 B in 1 file\n')
  const set = await door.run('root', ['quota', 'Ana', '--bytes', '50G', '--files', '7'])
  assert.equal(set.out, '12 B of 50 GiB in 1 file of 7\n')
  await door.run('root', ['quota', 'ana', '--up', '5M', '--down', '20M'])
  const rates = '5.0 MiB/s up at one member\n20 MiB/s down at one member\n'
  const told = `12 B of 50 GiB in 1 file of 7\n${rates}`
  assert.equal((await door.run('ana', ['quota'])).out, told)
  assert.equal((await door.run('root', ['quota', 'ana'])).out, told)
  for (const words of [['ana'], ['ana', '--none'], ['--all'], ['--all', '--bytes', '1G']]) {
    const refused = await door.run('ana', ['quota', ...words])
    assert.equal(refused.code, EXIT.failed)
    assert.match(refused.err, /lacks the permission “files.manage”.*\[PERMISSION_MISSING\]/)
  }
  assert.equal((await door.run('ana', ['quota'])).out, told)
})

test('a limit is changed by itself; “usual” and “none” take it away', async () => {
  await using door = await peopleDoor()
  await door.run('root', ['quota', '--all', '--bytes', '1G'])
  await door.run('root', ['quota', 'ana', '--bytes', '2G', '--files', '7'])
  const limits = async (...words: readonly string[]): Promise<unknown> => {
    const { out } = await door.run('root', ['quota', 'ana', ...words, '--json'])
    return JSON.parse(out).limits
  }
  assert.deepEqual(await limits('--files', '8'), { bytesMax: 2 * GIB, filesMax: 8 })
  assert.deepEqual(await limits('--files', 'none'), { bytesMax: 2 * GIB, filesMax: null })
  assert.deepEqual(await limits('--bytes', 'usual'), { filesMax: null })
  assert.equal((await door.run('ana', ['quota'])).out, '0 B of 1.0 GiB in 0 files\n')
  assert.deepEqual(await limits('--none'), { bytesMax: null, filesMax: null })
  assert.deepEqual(await limits('--bytes', '0'), { bytesMax: 0, filesMax: null })
  assert.deepEqual(await limits('--bytes', 'usual', '--files', 'usual'), {})
})

test('quota --all lists everybody, and sets what holds for whoever has no limits', async () => {
  await using door = await peopleDoor()
  await door.has('/shared/a', 'twelve bytes')
  await door.run('root', ['quota', 'ben', '--bytes', '1G'])
  const set = await door.run('root', ['quota', '--all', '--bytes', '10G', '--files', '100000'])
  const usual = 'whoever has no limits of their own: 10 GiB, 100000 files\n'
  assert.equal(set.out, usual)
  const listed = await door.run('root', ['quota', '--all'])
  assert.deepEqual(listed.out.split('\n'), [
    'NICK  USED  OF       FILES  OF      UP  DOWN  OWN LIMITS',
    'ana   12 B  10 GiB       1  100000',
    'ben    0 B  1.0 GiB      0  100000            yes',
    'eva    0 B  10 GiB       0  100000',
    'root   0 B  10 GiB       0  100000',
    '',
  ])
  assert.equal(listed.err, usual)
  const json = JSON.parse((await door.run('root', ['quota', '--all', '--json'])).out)
  assert.deepEqual(json.everybody, { bytesMax: 10 * GIB, filesMax: 100_000 })
  assert.equal(json.items.length, 4)
  const none = await door.run('root', ['quota', '--all', '--none'])
  assert.equal(none.out, 'whoever has no limits of their own: no limit\n')
})

test('quota refuses what cannot be, and changes nothing', async () => {
  await using door = await peopleDoor()
  await door.run('root', ['quota', 'ana', '--bytes', '1G'])
  for (const [words, code, problem] of [
    [['ana', '--bytes', '-5'], EXIT.usedWrongly, /'-5' is invalid.* a size such as 500M or 10G/],
    [['ana', '--bytes', '5X'], EXIT.usedWrongly, /'5X' is invalid.* a size such as 500M or 10G/],
    [['ana', '--bytes', `${'9'.repeat(15)}T`], EXIT.usedWrongly, /is invalid.* a size such as/],
    [['ana', '--bytes', `${'9'.repeat(40)}`], EXIT.usedWrongly, /is invalid.* a size such as/],
    [['ana', '--bytes', ''], EXIT.usedWrongly, /is invalid.* a size such as/],
    [['ana', '--files', '1.5'], EXIT.usedWrongly, /'1.5' is invalid.* a whole number/],
    [['ana', '--files', '-1'], EXIT.usedWrongly, /'-1' is invalid.* a whole number/],
    [['ana', '--files', '5K'], EXIT.usedWrongly, /'5K' is invalid.* a whole number/],
    [['ana', '--up', '1K'], EXIT.usedWrongly, /'1K' is invalid.* 16384 or more/],
    [['ana', '--down', '0'], EXIT.usedWrongly, /'0' is invalid.* 16384 or more/],
    [['ana', '--all', '--bytes', '5G'], EXIT.usedWrongly, /A nick and --all exclude/],
    [['--bytes', '5G'], EXIT.usedWrongly, /Say whose quota/],
    [['nobody'], EXIT.failed, /There is no user "nobody"/],
    [['nobody', '--bytes', '5G'], EXIT.failed, /There is no user "nobody"/],
    [['b n', '--bytes', '5G'], EXIT.failed, /There is no user "b n"/],
  ] as const) {
    const refused = await door.run('root', ['quota', ...words])
    assert.equal(refused.code, code, words.join(' '))
    assert.match(refused.err, problem)
    assert.equal(refused.out, '')
  }
  const { out } = await door.run('root', ['quota', '--all', '--json'])
  const { everybody, items } = JSON.parse(out)
  assert.deepEqual(everybody, { bytesMax: null, filesMax: null })
  const limited = items.filter(({ limits }: { limits: object }) => Object.keys(limits).length > 0)
  assert.deepEqual(
    limited.map(({ nick, limits }: { nick: string; limits: object }) => [nick, limits]),
    [['ana', { bytesMax: GIB }]],
  )
})

test('put tells once that nothing more fits, at which file, and how many were not begun', async (t) => {
  await using door = await peopleDoor()
  const folder = await mkdtemp(join(tmpdir(), 'anillo-quota-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const names = Array.from({ length: 19 }, (_, index) => join(folder, `f${index}`))
  for (const name of names) await writeFile(name, 'twelve bytes')
  for (const [limit, code, problem] of [
    ['--bytes', 'QUOTA_FULL', '12 B more do not fit: 0 B of 5 B that ana may have'],
    ['--files', 'QUOTA_FILES_FULL', 'ana has 5 files and may have 5'],
  ] as const) {
    await door.run('root', ['quota', 'ana', '--none'])
    await door.run('root', ['quota', 'ana', limit, '5'])
    const put = await door.run('ana', ['put', ...names, 'shared/', '--parallel', '3'])
    assert.equal(put.code, EXIT.failed)
    assert.equal(put.err.split(`[${code}]`).length, 2, put.err)
    assert.ok(put.err.includes(problem), put.err)
    assert.match(put.err, /\d files? failed; \d+ files? not begun\n.*\/f\d+ \(12 B\):\nanillo: /)
  }
})
