/**
 * Real FTP clients with two members of one tree, plain and encrypted; at the end a table of what
 * each did. Needs aria2c, curl, inetutils-ftp, lftp, ncftpput, python3, rclone, tnftp and wget.
 */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

import { isAnilloError } from '../../src/base/errors.ts'
import { MIB } from '../../src/base/limits.ts'
import { ANA, testDoor, type TestDoor } from '../../src/gateways/ftp/door.test-helper.ts'
import { FTP_CLIENTS } from './ftp-clients.ts'
import { bytesOf, TrialTable, type Behind } from './ftp-trial.ts'

const PORTS_OF_OTHER = { first: 21_550, last: 21_599 }

const table = new TrialTable()
after(() => table.print())

for (const client of FTP_CLIENTS) {
  for (const isSecure of client.isSecure ? [false, true] : [false]) {
    const name = `${client.name}, ${isSecure ? 'TLS' : 'plain'}`
    test(name, { timeout: 180_000 }, async (t) => {
      const door = await testDoor(t)
      const other = await testDoor(t, { files: door.files, passivePorts: PORTS_OF_OTHER })
      await table.run(t, {
        client,
        behind: behindOf(door),
        here: { port: door.port, isSecure, password: 'right' },
        there: { port: other.port, isSecure, password: 'right' },
        bytes: 16 * MIB,
        folder: 'ñandú 😀 dir',
      })
    })
  }
}

/** As docs/ftp.md has it; of those that speak TLS. */
const WITHOUT_RESUMING = ['ftplib']

test('where data must resume the TLS session of its commands', { timeout: 180_000 }, async (t) => {
  const { port, put } = await testDoor(t, { demandsReuse: true })
  const bytes = bytesOf(100_000)
  await put(`/home/${ANA.nick}/a`, bytes)
  const local = await mkdtemp(join(tmpdir(), 'anillo-ftp-'))
  t.after(() => rm(local, { recursive: true }))
  for (const { get, isSecure, name } of FTP_CLIENTS) {
    if (!isSecure) continue
    const file = join(local, name)
    const got = get({ port, isSecure, password: 'right' }, 'a', file)
    if (WITHOUT_RESUMING.includes(name)) await assert.rejects(got, name)
    else {
      await got
      assert.ok((await readFile(file)).equals(bytes), name)
    }
  }
})

function behindOf({ files, put }: TestDoor): Behind {
  return {
    find: (path) =>
      files.stat(ANA, path).catch((thrown: unknown) => {
        if (isAnilloError(thrown, 'NO_ENTRY')) return undefined
        throw thrown
      }),
    names: async (folder) => (await files.list(ANA, folder)).entries.map(({ name }) => name),
    makeFolder: (path) => files.makeFolder(ANA, path),
    put,
    touch: (path, modifiedMs) => files.touch(ANA, path, { modifiedMs }),
    rename: (from, to) => files.move(ANA, from, to),
    remove: (path) => files.remove(ANA, path),
  }
}
