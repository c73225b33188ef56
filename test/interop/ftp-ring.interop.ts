/**
 * Real FTP clients with a real ring of five members: each client's steps, at two of them; trees
 * mirrored up and down. Needs aria2c, curl, inetutils-ftp, lftp, ncftpput, python3, rclone, tnftp
 * and wget. `ANILLO_FTP_FULL=1` has sizes that take minutes.
 */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'

import { present } from '../../src/base/assert.ts'
import { sha256Hex } from '../../src/base/hash.ts'
import { MIB } from '../../src/base/limits.ts'
import { RealRing } from '../process/ring.ts'
import { FTP_CLIENTS, lftp, NICK, type Server } from './ftp-clients.ts'
import { chunksOnDisk, makeTree, summaryOf } from './ftp-mirror.ts'
import { watchedDownload, watchedUpload } from './ftp-streams.ts'
import { bytesOf, TrialTable } from './ftp-trial.ts'
import { RingBehind } from './ring-behind.ts'

const IS_FULL = process.env['ANILLO_FTP_FULL'] === '1'
const TREE_FILES = IS_FULL ? 5_000 : 60
const KILL_BYTES = (IS_FULL ? 1_024 : 48) * MIB
const BYTES = (IS_FULL ? 100 : 4) * MIB
const MEMBERS = 5
const PASSWORD = 'anillo-anillo'

let ring: RealRing
let ports: readonly number[]
before(async () => {
  ring = await RealRing.start({ members: MEMBERS })
  // They are told in the order of the ring; n4 and n5 are to be killed, and none that is asked.
  const members = (await ring.ring()).members.toSorted((a, b) => a.name.localeCompare(b.name))
  ports = members.map(({ ftp, name }) => Number(new URL(present(ftp, name)).port))
  await RingBehind.register(ring, NICK, PASSWORD)
})

const table = new TrialTable()
after(async () => {
  table.print()
  await ring[Symbol.asyncDispose]()
})

const server = (index: number, isSecure: boolean): Server => ({
  port: present(ports[index], 'a member'),
  isSecure,
  password: PASSWORD,
})

const trials = FTP_CLIENTS.flatMap((client) => {
  // Both ways each client is tried in `ftp-clients.interop.ts`.
  const ways = client.isSecure ? [true, false] : [false]
  return (IS_FULL ? ways : ways.slice(0, 1)).map((isSecure) => ({ client, isSecure }))
})

describe('each client at two members', { concurrency: 3, timeout: 1_200_000 }, () => {
  for (const [at, { client, isSecure }] of trials.entries()) {
    test(`${client.name}, ${isSecure ? 'TLS' : 'plain'}`, async (t) => {
      await table.run(t, {
        client,
        behind: new RingBehind(ring),
        here: server(at % MEMBERS, isSecure),
        there: server((at + 2) % MEMBERS, isSecure),
        bytes: BYTES,
        folder: `ñandú 😀 ${at}`,
      })
    })
  }
})

test('lftp mirrors a tree up and down, and sends nothing the second time', async (t) => {
  const local = await mkdtemp(join(tmpdir(), 'anillo-mirror-'))
  t.after(() => rm(local, { recursive: true }))
  const [up, down] = [join(local, 'up'), join(local, 'down')]
  await makeTree(up, TREE_FILES)
  const before = await chunksOnDisk(ring.data)
  /** @returns how many files it sent */
  const mirror = async (at: number, ...args: readonly string[]): Promise<number> => {
    const command = ['mirror', '--verbose=1', '--parallel=4', ...args].join(' ')
    const told = await lftp(server(at, true), command)
    return told.split('\n').filter((line) => line.startsWith('Transferring file')).length
  }

  assert.equal(await mirror(0, '-R', `"${up}"`, 'tree'), TREE_FILES)
  assert.equal(await mirror(1, '-R', `"${up}"`, 'tree'), 0)
  assert.equal(await mirror(2, 'tree', `"${down}"`), TREE_FILES)
  assert.equal(await mirror(3, 'tree', `"${down}"`), 0)
  const { chunkBytes, files } = await summaryOf(up)
  assert.deepEqual((await summaryOf(down)).files, files)

  const after = await chunksOnDisk(ring.data)
  const copies = (after.bytes - before.bytes) / chunkBytes
  t.diagnostic(`${files.size} files; on disk ${copies.toFixed(2)} copies of ${chunkBytes} bytes`)
  assert.ok(copies > 2.9 && copies < 3.3, `${copies} copies`)
})

test('two storage members killed in mid-transfer: the client sees nothing, or goes on elsewhere', async (t) => {
  const whole = bytesOf(KILL_BYTES)
  const sha256 = sha256Hex(whole)
  const path = 'killed'
  const behind = new RingBehind(ring)
  const kill = async (): Promise<void> => {
    await Promise.all(['n4', 'n5'].map((name) => ring.signal(name, 'SIGKILL')))
  }
  const ask = { server: server(0, false), path, at: { bytes: KILL_BYTES / 3, run: kill } }

  const up = await watchedUpload(ask, whole)
  t.diagnostic(`upload: longest stall ${up.longestStallMs} ms`)
  if (up.exitCode !== 0) {
    t.diagnostic(`it broke off, and goes on at another member: ${up.problem.trim()}`)
    const local = await mkdtemp(join(tmpdir(), 'anillo-killed-'))
    t.after(() => rm(local, { recursive: true }))
    await writeFile(join(local, path), whole)
    const curl = present(FTP_CLIENTS[0]?.resumePut, 'curl goes on with uploads')
    await curl(server(1, false), join(local, path), path)
  }
  assert.equal((await behind.find(`/home/${NICK}/${path}`))?.sha256, sha256)

  await ring.until(0, ({ members }) => members.every(({ state }) => state === 'up'))
  const down = await watchedDownload(ask)
  t.diagnostic(`download: longest stall ${down.longestStallMs} ms`)
  assert.equal(down.exitCode, 0, down.problem)
  assert.equal(down.sha256, sha256)
})
