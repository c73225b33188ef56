import assert from 'node:assert/strict'
import { test } from 'node:test'

import { EXIT } from '../failure.ts'
import { peopleDoor } from './files/people-door.test-helper.ts'

test('audit --files tells who changed what, newest first, of all or of one or of a place', async () => {
  await using door = await peopleDoor()
  await door.run('ana', ['mkdir', 'shared/plans'])
  await door.run('ben', ['touch', 'shared/plans/a', 'shared/b'])
  await door.run('ben', ['mv', 'shared/b', 'shared/plans/'])
  await door.noteActs()
  const told = async (...words: readonly string[]) => {
    const { out } = await door.run('root', ['audit', '--files', ...words])
    const [titles, ...lines] = out.trimEnd().split('\n')
    assert.match(titles ?? '', /^AT \(UTC\) +BY +DOOR +WHAT +SIZE +PATH +FROM$/)
    return lines.map((line) => line.replace(/^\S+ \S+ +/, '').replaceAll(/ {2,}/g, '  '))
  }
  const all = [
    'ben  HTTP  entry.move  /shared/b -> /shared/plans/b',
    'ben  HTTP  file.write  0 B  /shared/b',
    'ben  HTTP  file.write  0 B  /shared/plans/a',
    'ana  HTTP  folder.make  /shared/plans',
  ]
  assert.deepEqual(await told(), all)
  assert.deepEqual(await told('--last', '2'), all.slice(0, 2))
  assert.deepEqual(await told('--by', 'Ana'), all.slice(3))
  assert.deepEqual(await told('--path', 'shared/plans/'), [all[0], all[2], all[3]])
  assert.deepEqual(await told('--path', '/shared/plans', '--by', 'ana'), all.slice(3))
  const { out } = await door.run('root', ['audit', '--files', '--last', '1', '--json'])
  const { what, path, to } = JSON.parse(out)
  assert.deepEqual([what, path, to], ['entry.move', '/shared/b', '/shared/plans/b'])
  const none = await door.run('root', ['audit', '--files', '--by', 'eva'])
  assert.deepEqual([none.code, none.out, none.err], [EXIT.done, '', 'nothing yet\n'])
})

test('audit refuses what cannot be asked, and whoever may not', async () => {
  await using door = await peopleDoor()
  for (const [words, code, problem] of [
    [['--by', 'ana'], EXIT.usedWrongly, /--by and --path go with --files/],
    [['--path', 'shared'], EXIT.usedWrongly, /--by and --path go with --files/],
    [['--last', '0'], EXIT.usedWrongly, /'0' is invalid.* from 1 to 1000000/],
    [['--last', '-1'], EXIT.usedWrongly, /'-1' is invalid.* from 1 to 1000000/],
    [['--last', '1e3'], EXIT.usedWrongly, /'1e3' is invalid.* from 1 to 1000000/],
    [['--files', '--by', 'a'.repeat(65)], EXIT.failed, /BAD_REQUEST/],
    [['--files', '--path', 'a'.repeat(5_000)], EXIT.failed, /BAD_REQUEST/],
  ] as const) {
    const refused = await door.run('root', ['audit', ...words])
    assert.equal(refused.code, code, words.join(' '))
    assert.match(refused.err, problem)
    assert.equal(refused.out, '')
  }
  const files = await door.run('ana', ['audit', '--files'])
  assert.equal(files.code, EXIT.failed)
  assert.match(files.err, /lacks the permission “files.manage”/)
  const accounts = await door.run('ana', ['audit'])
  assert.match(accounts.err, /lacks the permission “audit.read”/)
})
