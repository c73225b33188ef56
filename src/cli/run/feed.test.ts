import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'

import { dweetsDoor } from '../../gateways/rest/dweets/dweets-door.test-helper.ts'
import { EXIT } from '../failure.ts'
import { keptIo } from '../io.test-helper.ts'
import { runProgram } from '../program.ts'

test('feed tells what happened, marks what was not seen, and once is enough', async () => {
  const opened = await dweetsDoor()
  await opened.server.listen({ port: 0, host: '127.0.0.1' })
  const { port } = opened.server.server.address() as AddressInfo
  const feed = async (...words: readonly string[]) => {
    const io = keptIo({ env: { ANILLO_TOKEN: opened.tokens.ana } })
    const code = await runProgram(['feed', ...words, '--at', `http://localhost:${port}`], io)
    return { code, out: io.outText(), err: io.errText() }
  }
  try {
    assert.deepEqual(await feed(), { code: EXIT.done, out: '', err: 'nothing happened yet\n' })
    opened.clock.advance(1_000)
    await opened.published('hello @ana')
    opened.clock.advance(1_000)
    await opened.published('and again, @ana')
    const kept = await feed('--keep')
    assert.match(kept.out, /^\* Ben Zen \(@ben\) mentioned you .*\n(?: {4}.*\n)+\* Ben Zen/)
    const told = await feed('--limit', '1')
    assert.match(told.out, /^\* Ben Zen .*\n(?: {4}.*\n)+$/)
    assert.match(told.out, /and again, @ana/)
    const seen = await feed('--json')
    const items = seen.out
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text))
    assert.deepEqual(
      items.map(({ isNew, kind }) => [kind, isNew]),
      [
        ['dweets', false],
        ['dweets', false],
      ],
    )
  } finally {
    opened.server.server.closeAllConnections()
    await opened[Symbol.asyncDispose]()
  }
})
