import assert from 'node:assert/strict'
import { test } from 'node:test'

import { machine, NOTHING_NEW, requestsOf } from './machine.test-helper.ts'

test('a file is sent, described, and goes with the next dweet, which then needs no words', () => {
  const at = machine()
  at.answer(NOTHING_NEW)
  at.seen()
  const attach = (line: string, description: string, id: string): void => {
    at.type(line)
    assert.equal(at.state.question?.ask, 'description')
    at.type(description)
    const { request } = at.asked()
    assert.ok(request.kind === 'attach' && request.description === description)
    at.answer({ id, name: `${id}.png` })
  }
  attach('attach "my sea.png"', 'Waves', 'a')
  const { request } = at.asked()
  assert.deepEqual(request, { kind: 'attach', path: 'my sea.png', description: 'Waves' })
  attach('adjuntar b.png', '', 'b')
  assert.match(at.seen().text, /shows a\.png\.\n.*shows b\.png, too: 2 in all\.$/)
  at.type('dweet')
  at.type('')
  const attachments = [{ id: 'a' }, { id: 'b' }]
  assert.deepEqual(requestsOf(at.seen().all)[0], {
    kind: 'publish',
    key: at.state.kept.unsent[0]?.key,
    dweet: { text: '', attachments },
  })
  assert.deepEqual(at.state.attached, [])
  at.refuse({ code: 'ATTACHMENT_GONE', details: {}, text: 'It is gone.', isPassing: false })
  assert.deepEqual(at.state.kept.drafts, [], 'nothing is left of it')
  at.type('detach')
  assert.match(at.seen().text, /Nothing is attached\.$/)
  attach('attach c.png', '', 'c')
  at.type('detach')
  at.type('dweet plain')
  assert.deepEqual(at.state.kept.unsent[0]?.dweet, { text: 'plain' })
})

test('more files than a dweet shows are refused, and none is asked for without a name', () => {
  const at = machine()
  at.answer(NOTHING_NEW)
  for (let file = 0; file < 4; file++) {
    at.type(`attach ${file}.png`)
    at.type('')
    at.answer({ id: String(file), name: `${file}.png` })
  }
  at.seen()
  at.type('attach 5.png')
  assert.match(at.seen().text, /^A dweet shows 4 at most\./)
  at.type('attach')
  assert.match(at.seen().text, /^Which file\?/)
  // Who comes next shows none of them.
  at.type('logout')
  at.answer(undefined)
  assert.deepEqual(at.state.attached, [])
})

test('all of one’s own is written where it was said, or beside the console', () => {
  const at = machine()
  at.answer(NOTHING_NEW)
  at.type('export')
  assert.deepEqual(at.asked().request, { kind: 'export', path: 'anillo-ana.zip' })
  at.answer({ bytes: 2_048 })
  assert.match(at.seen().text, /All of your own is in anillo-ana\.zip \(2\.0 KiB\)\.$/)
  at.type("exportar 'all of mine.zip'")
  assert.deepEqual(at.asked().request, { kind: 'export', path: 'all of mine.zip' })
})
