/**
 * A disk without room, on real processes: more is kept back than there is. What was stored can be
 * read and deleted, nothing is added, and all is told.
 */
import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { test } from 'node:test'

import type { Problem } from '../../src/wire/api.ts'
import { RealRing } from './ring.ts'

/** A pebibyte. */
const NO_ROOM = { ANILLO_DISK_RESERVE_MIB: String(2 ** 30) }
const MEMBERS = 3

function ask(ring: RealRing, at: number, method: string, key: string): Promise<Response> {
  const url = `${ring.door(at)}/v1/kv/things/${key}/value`
  return ring.fetch(url, { method, ...(method === 'PUT' ? { body: `of ${key}` } : {}) })
}

test('a ring without room on its disks is ready, refuses what adds, and takes what deletes', async (t) => {
  const first = await RealRing.start({ members: MEMBERS })
  const { data, http } = first
  t.after(() => rm(data, { recursive: true, force: true }))
  for (const key of ['a', 'b']) assert.equal((await ask(first, 0, 'PUT', key)).status, 201)
  await first.stop()

  const full = await RealRing.start({ data, http, members: MEMBERS, env: NO_ROOM })
  t.after(() => full.stop())
  for (let at = 0; at < MEMBERS; at++) {
    const response = await ask(full, at, 'PUT', 'c')
    const problem = (await response.json()) as Problem
    assert.deepEqual([response.status, problem.code], [507, 'DISK_FULL'])
    assert.match(JSON.stringify(problem), /the data of n[123]/)
    assert.equal(response.headers.get('anillo-applied'), 'no')
    assert.equal(await (await ask(full, at, 'GET', 'a')).text(), 'of a')
    const metrics = await (await full.fetch(`${full.door(at)}/metrics`)).text()
    assert.match(metrics, /^anillo_disk_full 1$/m)
  }
  assert.equal((await ask(full, 1, 'DELETE', 'b')).status, 204)
  assert.equal((await ask(full, 2, 'GET', 'b')).status, 404)
  const { enrolled = [] } = await full.ring(2)
  assert.deepEqual(
    enrolled.map(({ isDiskFull }) => isDiskFull),
    [true, true, true],
  )
  await full.stop()

  await using roomy = await RealRing.start({ data, http, members: MEMBERS })
  assert.equal((await ask(roomy, 0, 'PUT', 'c')).status, 201)
})
