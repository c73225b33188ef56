import assert from 'node:assert/strict'
import { mkdtemp, open, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { rejectsWith } from '../../test/compliance/disk.ts'
import { utf8 } from '../base/bytes.ts'
import { isAnilloError } from '../base/errors.ts'
import { platformDatabases } from './databases.ts'

async function withRoot(body: (root: string) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'anillo-database-'))
  try {
    await body(root)
  } finally {
    await rm(root, { recursive: true })
  }
}

test('Databases.open() makes files that only their owner can read', () =>
  withRoot(async (root) => {
    const database = await platformDatabases(root).open('state')
    for (const name of ['state', 'state-wal', 'state-shm']) {
      assert.equal((await stat(join(root, name))).mode & 0o777, 0o600, name)
    }
    await database.close()
  }))

test('Databases.open() tells a file that is no database', () =>
  withRoot(async (root) => {
    await writeFile(join(root, 'state'), 'x'.repeat(8_192))
    await rejectsWith('DATA_DAMAGED', () => platformDatabases(root).open('state'))
  }))

test('Database tells damage inside of its file when it meets it', () =>
  withRoot(async (root) => {
    const database = await platformDatabases(root).open('state')
    const value = new Uint8Array(500)
    for (let i = 0; i < 500; i++) {
      await database.write([{ kind: 'put', key: utf8(`key ${i}`), value }])
    }
    await database.close()
    const path = join(root, 'state')
    const file = await open(path, 'r+')
    const headerBytes = 4_096
    const { size } = await stat(path)
    await file.write(new Uint8Array(size - headerBytes).fill(0xff), 0, null, headerBytes)
    await file.close()
    const damaged = async (): Promise<void> => {
      const again = await platformDatabases(root).open('state')
      again.scan({})
    }
    await assert.rejects(damaged, (error) => isAnilloError(error, 'DATA_DAMAGED'))
  }))
