import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

import { outsideCommands } from '../../gateways/socket/commands.ts'
import { openShareSocket } from '../../node/share/share-socket.ts'
import { platformClock } from '../../platform/clock.ts'
import { platformLog } from '../../platform/log.ts'
import { MemoryOutside } from '../../services/share/memory-outside.test-helper.ts'
import { keptIo } from '../io.test-helper.ts'
import { runProgram } from '../program.ts'
import { statusText } from './share-serve.ts'

/** DATA with a member whose socket is heard. */
async function dataWithMember(t: TestContext): Promise<string> {
  const data = await mkdtemp(join(tmpdir(), 'anillo-share-'))
  const folder = join(data, 'members', 'n1')
  await mkdir(folder, { recursive: true })
  const { log } = platformLog({ level: 'error', fields: {} })
  const socket = await openShareSocket(
    { clock: platformClock(), log },
    {
      path: join(folder, 'share.sock'),
      commands: outsideCommands(new MemoryOutside().seenBy()),
      answers: 'json',
    },
  )
  t.after(async () => {
    await socket.close()
    await rm(data, { recursive: true })
  })
  return data
}

async function run(...args: readonly string[]) {
  const io = keptIo()
  const code = await runProgram(['share', ...args], io)
  return { code, out: io.outText(), err: io.errText() }
}

test('“share set” and “share get” go by the socket of a member', async (t) => {
  const data = await dataWithMember(t)
  const set = await run('set', 'my file', `http://a/it's "here"`, '--data', data)
  assert.deepEqual([set.code, set.out, set.err], [0, '', 'set at 3 nodes\n'])
  assert.equal((await run('get', 'my file', '--data', data)).out, `http://a/it's "here"\n`)
  const json = await run('get', 'my file', '--data', data, '--json')
  assert.deepEqual(JSON.parse(json.out), {
    ok: true,
    values: [`http://a/it's "here"`],
    records: [],
  })
})

test('what is not there, and what is refused, is told with its code', async (t) => {
  const data = await dataWithMember(t)
  const none = await run('get', 'nothing', '--data', data)
  assert.equal(none.code, 1)
  assert.match(none.err, /no value under this key.*\[NOT_FOUND\]/)
  const long = await run('get', 'x'.repeat(30_000), '--data', data)
  assert.equal(long.code, 1)
  assert.match(long.err, /\[TOO_LARGE\]/)
})

test('without a member the way to start one is told', async () => {
  const none = await run('get', 'x', '--data', '/nonexistent')
  assert.equal(none.code, 3)
  assert.match(none.err, /\/nonexistent.*npm start.*\[RING_NOT_REACHABLE\]/)
})

test('“share serve” refuses nodes to start from that are none', async () => {
  const wrong = await run('serve', '--bootstrap', 'somewhere')
  assert.equal(wrong.code, 2)
  assert.match(wrong.err, /HOST:PORT/)
})

test('statusText() says in one line who is known and what was dropped', () => {
  const picture = new MemoryOutside().seenBy().describe()
  const counts = { questions: 7, malformed: 1, forged: 2 }
  assert.equal(
    statusText({ ...picture, counts }),
    '0 contacts, 0 keys, 0 records, 7 asked, 3 dropped',
  )
})
