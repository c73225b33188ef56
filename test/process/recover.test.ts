/** `anillo recover` on real processes: four of five members lost for good. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

import { RealRing } from './ring.ts'

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts')
const run = promisify(execFile)

async function recover(data: string, ...flags: readonly string[]) {
  const args = [MAIN, 'recover', '--data', data, ...flags]
  try {
    const { stdout } = await run(process.execPath, args)
    return { code: 0, said: stdout }
  } catch (thrown) {
    const { code, stdout, stderr } = thrown as { code: number; stdout: string; stderr: string }
    return { code, said: stdout + stderr }
  }
}

async function put(ring: RealRing, key: string, value: string): Promise<number> {
  const url = `${ring.door(0)}/v1/kv/things/${key}/value`
  return (await ring.fetch(url, { method: 'PUT', body: value })).status
}

test('recover: what the members that are left hold goes on; nothing is done unasked', async (t) => {
  const keys = Array.from({ length: 40 }, (_, at) => `key-${at}`)
  const first = await RealRing.start({ members: 3 })
  const { data, http } = first
  t.after(() => rm(data, { recursive: true, force: true }))
  for (const key of keys) assert.equal(await put(first, key, `of ${key}`), 201)
  const running = await recover(data)
  assert.match(running.said, /DATA_IN_USE/)
  await first.stop()

  const needless = await recover(data)
  assert.match(needless.said, /RECOVERY_NEEDLESS/)
  for (const name of ['n2', 'n3']) await rm(join(data, 'members', name), { recursive: true })

  const shown = await recover(data)
  assert.equal(shown.code, 1, shown.said)
  assert.match(shown.said, /64 of 64 groups have no majority/)
  assert.match(shown.said, /n1 has it up to entry/)
  assert.match(shown.said, /missing voters: (n[23]) \([0-9a-f]{8}\), (?!\1)n[23] \(/)
  const [, name = ''] = /^ring: ([0-9a-f]{8})$/m.exec(shown.said) ?? []
  assert.match(shown.said, new RegExp(`anillo recover --yes ${name}`))
  const other = await recover(data, '--yes', 'another', '--json')
  assert.equal(other.code, 2, other.said)
  assert.match(other.said, /USAGE/)
  const done = await recover(data, '--yes', name, '--json')
  assert.equal(done.code, 0, done.said)
  const told = JSON.parse(done.said) as { generation: number; revoked: readonly string[] }
  assert.equal(told.generation, 2)
  assert.equal(told.revoked.length, 2)

  await using ring = await RealRing.start({ data, http, members: 3 })
  for (const key of keys) {
    const response = await ring.fetch(`${ring.door(2)}/v1/kv/things/${key}/value`)
    assert.equal(await response.text(), `of ${key}`)
  }
  assert.equal(await put(ring, 'key-0', 'of the next generation'), 204)
  const { members } = await ring.ring(1)
  assert.ok(members.every(({ id }) => !told.revoked.includes(id)))
})
