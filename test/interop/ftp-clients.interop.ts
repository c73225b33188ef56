/**
 * Real FTP clients with two members of one tree, plain and encrypted; at the end a table of what
 * each did. Needs aria2c, curl, inetutils-ftp, lftp, ncftpput, python3, rclone, tnftp and wget.
 */
import { after, test } from 'node:test'

import { isAnilloError } from '../../src/base/errors.ts'
import { MIB } from '../../src/base/limits.ts'
import { ANA, testDoor, type TestDoor } from '../../src/gateways/ftp/door.test-helper.ts'
import { FTP_CLIENTS } from './ftp-clients.ts'
import { TrialTable, type Behind } from './ftp-trial.ts'

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
