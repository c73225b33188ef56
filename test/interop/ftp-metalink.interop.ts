/** aria2c takes a file from members by the Metalink that one of them made. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

import { MIB } from '../../src/base/limits.ts'
import { testDoor } from '../../src/gateways/ftp/door.test-helper.ts'
import type { MetalinkDoors } from '../../src/services/files/metalink.ts'
import { bytesOf } from './ftp-trial.ts'

/** Of no other test. */
const PORTS = { first: 21_700, last: 21_749 }
const PORTS_OF_OTHER = { first: 21_750, last: 21_799 }

const NAME = 'ñandú 1.iso'

test('a Metalink over FTP brings a file from several members', { timeout: 60_000 }, async (t) => {
  const doors: MetalinkDoors[number][] = []
  const here = await testDoor(t, { doors: async () => doors, passivePorts: PORTS })
  const there = await testDoor(t, { files: here.files, passivePorts: PORTS_OF_OTHER })
  for (const { port } of [here, there]) {
    doors.push({ url: '', ftp: `ftp://localhost:${port}`, state: 'up' })
  }
  const bytes = bytesOf(24 * MIB)
  await here.put(`/shared/${NAME}`, bytes)
  const local = await mkdtemp(join(tmpdir(), 'anillo-metalink-'))
  t.after(() => rm(local, { recursive: true }))
  const quiet = ['-q', '--no-conf', '--max-tries=1', '--file-allocation=none', '-d', local]
  const login = ['--ftp-user=ana', '--ftp-passwd=right', '--follow-metalink=mem']
  // By default it asks a second server only for pieces of 20 MiB.
  const several = ['--split=4', '--min-split-size=1M']
  const url = `ftp://localhost:${here.port}/%2Fshared/${encodeURIComponent(NAME)}.meta4`
  await promisify(execFile)('aria2c', [...quiet, ...login, ...several, url])
  assert.ok((await readFile(join(local, NAME))).equals(bytes))
  // Of how many members it takes pieces is its own affair: a fast one may have sent all by then.
  const logged = [...here.logged, ...there.logged]
  assert.ok(logged.some((line) => line.includes('an FTP transfer ended')))
})
