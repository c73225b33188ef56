import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'

import { CRAWL, fakeDoor, SCHEDULE } from '../../gateways/rest/fakes.test-helper.ts'
import { createGateway } from '../../gateways/rest/gateway.ts'
import type { Schedule } from '../../wire/api-schedules.ts'
import { keptIo } from '../io.test-helper.ts'
import { runProgram } from '../program.ts'

/** What a command does to a ring that has one crawl and one schedule, and what it says. */
async function told(args: readonly string[], typed?: string, runs?: Schedule['runs']) {
  const removed: string[] = []
  const door = fakeDoor()
  const { crawls, schedules } = door
  assert.ok(crawls !== undefined && schedules !== undefined)
  const remove = async (id: string): Promise<void> => void removed.push(id)
  await using server = await createGateway({
    ...door,
    crawls: { ...crawls, remove },
    schedules: {
      ...schedules,
      remove,
      run: async (id, asked) => (runs ? { ...SCHEDULE, runs } : schedules.run(id, asked)),
    },
  })
  try {
    await server.listen({ port: 0, host: '127.0.0.1' })
    const { port } = server.server.address() as AddressInfo
    const io = keptIo(typed === undefined ? {} : { typed })
    const code = await runProgram([...args, '--at', `http://127.0.0.1:${String(port)}`], io)
    return { code, out: io.outText(), err: io.errText(), removed }
  } finally {
    server.server.closeAllConnections()
  }
}

for (const [name, id] of [
  ['crawl', CRAWL.id],
  ['schedule', SCHEDULE.id],
] as const) {
  const words = `${name}s`

  test(`${words} list: a table with titles, and all there is as JSON`, async () => {
    const { code, out } = await told([words, 'list'])
    assert.equal(code, 0)
    assert.match(out, /^ID +\w+.*\n[0-9a-f]{32} /)
    const { items } = JSON.parse((await told([words, 'list', '--json'])).out) as {
      items: unknown[]
    }
    assert.equal(items.length, out.trim().split('\n').length - 1)
  })

  test(`${words} pause: the state that it has then`, async () => {
    const { code, out } = await told([words, 'pause', id])
    assert.equal(code, 0)
    assert.match(out, new RegExp(`^${name} [0-9a-f]{32} is \\w+\n$`))
  })

  test(`${words} delete: nothing is done until “yes” is typed`, async () => {
    for (const [typed, more] of [['no'], [undefined], ['yes', '--json']] as const) {
      const { code, err, removed } = await told(
        [words, 'delete', id, ...(more ? [more] : [])],
        typed,
      )
      assert.equal(code, 1)
      assert.match(err, new RegExp(`if you mean it: npx anillo ${words} delete ${id} --yes`))
      assert.deepEqual(removed, [])
    }
  })

  test(`${words} delete: it is gone once it was meant`, async () => {
    const typed = await told([words, 'delete', id], 'yes')
    assert.equal(typed.code, 0)
    assert.match(typed.out, new RegExp(`^${name} ${id} is deleted; its \\w+ stay\n$`))
    const json = await told([words, 'delete', id, '--yes', '--json'])
    assert.deepEqual(JSON.parse(json.out), { deleted: id })
    assert.deepEqual([...typed.removed, ...json.removed], [id, id])
  })

  test(`${words} test-webhook: where it goes`, async () => {
    const { code, err, out } = await told([words, 'test-webhook', id])
    assert.equal(code, 0, err)
    assert.match(out, /^a test event is on its way to http/)
  })
}

test('schedules run: the crawl that has begun, or that the one before goes on', async () => {
  const { code, err } = await told(['schedules', 'run', SCHEDULE.id])
  assert.equal(code, 1)
  assert.match(err, /\[SCHEDULE_RUNS\]/)
  const runs = [
    { at: SCHEDULE.madeAt, state: 'running' as const, crawl: CRAWL.id, byHand: true as const },
  ]
  const begun = await told(['schedules', 'run', SCHEDULE.id], undefined, runs)
  assert.equal(begun.code, 0, begun.err)
  assert.equal(begun.out, `crawl ${CRAWL.id} has begun\n`)
})
