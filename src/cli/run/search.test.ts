import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AnilloError } from '../../base/errors.ts'
import { filesDoor, HOME } from '../../gateways/rest/files/files-door.test-helper.ts'
import type { Findings } from '../../wire/api-find.ts'
import { EXIT } from '../failure.ts'
import { keptIo } from '../io.test-helper.ts'
import { runProgram } from '../program.ts'

async function door(...options: Parameters<typeof filesDoor>) {
  const opened = await filesDoor(...options)
  const { url } = await opened.listen()
  const run = async (...words: readonly string[]) => {
    const io = keptIo({ env: { ANILLO_TOKEN: opened.token } })
    const code = await runProgram(['search', ...words, '--at', url], io)
    return { code, out: io.outText(), err: io.errText() }
  }
  return { ...opened, run }
}

test('search tells of each kind what there is, and what there is not', async () => {
  await using at = await door()
  await at.has(`${HOME}/hello.txt`, 'x')
  const payload = { text: 'Hello,\nall' }
  await at.asAna({ method: 'POST', url: '/v1/dweets', payload })
  const { code, err, out } = await at.run('hello')
  assert.deepEqual([code, err], [EXIT.done, ''])
  assert.match(out, /^Pages \(1\)\n.* http:\/\/localhost:8000\/ .*\n(?: {4}.*\n)?\nFiles \(1\)\n/)
  assert.match(
    out,
    /\nFiles \(1\)\n2026-11-21 10:00 {7}1 B {2}\/home\/ana\/hello\.txt\n\nDweets \(1\)\n/,
  )
  assert.match(out, /\nDweets \(1\)\n.*@ana.*\n {2}Hello,\n {2}all\n$/)
  const none = await at.run('nothing', 'whatever', '--kind', 'files', 'dweets')
  assert.deepEqual([none.out, none.err], ['', 'nothing is found\n'])
  assert.equal((await at.run('x', '--kind', 'cats')).code, EXIT.usedWrongly)
})

test('search goes on over as many answers as it takes, and says when there are more', async () => {
  await using at = await door()
  for (let n = 0; n < 60; n++) await at.has(`/shared/part ${n}`, '')
  const few = await at.run('part', '--kind', 'files')
  assert.match(few.out, /^Files \(60\)\n(?:.*\n){5}$/)
  assert.equal(few.err, '55 more of files: --limit shows more.\n')
  const all = await at.run('part', '--kind', 'files', '--limit', '100', '--json')
  const group: Findings['groups'][number] & { readonly incomplete: boolean } = JSON.parse(all.out)
  assert.equal(group.kind, 'files')
  assert.equal(new Set(group.items.map(({ id }) => id)).size, 60)
  assert.equal(group.incomplete, false)
})

test('search tells which kind could not be looked at', async () => {
  const before = (call: string): void => {
    if (call === 'find') throw new AnilloError('STORE_UNAVAILABLE', { problem: 'no majority' })
  }
  await using at = await door({ before })
  const { code, err, out } = await at.run('hello')
  assert.equal(code, EXIT.done)
  assert.match(out, /^Pages \(1\)\n/)
  assert.match(err, /^Files: .*\n$/)
})
