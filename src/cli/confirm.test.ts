import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isMeant } from './confirm.ts'
import { keptIo } from './io.test-helper.ts'

const DOUBT = { question: 'Type lab: ', answer: 'lab', command: 'group delete lab' }
const FLAGS = { at: [] }
const REFUSAL = 'Nothing was done; if you mean it: npx anillo group delete lab --yes\n'

test('isMeant() takes the very answer, or --yes', async () => {
  const answered = keptIo({ typed: ' lab ' })
  assert.equal(await isMeant(answered, FLAGS, DOUBT), true)
  const unasked = keptIo({ typed: 'no' })
  assert.equal(await isMeant(unasked, { ...FLAGS, yes: true }, DOUBT), true)
  assert.equal(answered.errText() + unasked.errText(), '')
})

test('isMeant() tells how to go on after another answer, and where nobody answers', async () => {
  for (const io of [keptIo({ typed: 'Lab' }), keptIo({ typed: '' }), keptIo()]) {
    assert.equal(await isMeant(io, FLAGS, DOUBT), false)
    assert.equal(io.errText(), REFUSAL)
  }
})

test('isMeant() asks nobody with --json', async () => {
  const io = keptIo({ typed: 'lab' })
  assert.equal(await isMeant(io, { ...FLAGS, json: true }, DOUBT), false)
  assert.equal(io.errText(), REFUSAL)
})
