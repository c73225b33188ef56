/** The shelf on a real disk whose database somebody or something wrote over. */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { utf8 } from '../../src/base/bytes.ts'
import type { Log } from '../../src/effects/log.ts'
import { platformDatabases } from '../../src/platform/databases.ts'
import { platformDisk } from '../../src/platform/disk.ts'
import { openPageShelf } from '../../src/services/scrape/page-shelf.ts'

/** More than the first page of the file, so that damage can lie behind it. */
const ENTRIES = 200
const PAGE_BYTES = 4_096

test('openPageShelf() puts a damaged database aside and begins anew', async () => {
  const root = await mkdtemp(join(tmpdir(), 'anillo-shelf-'))
  const errors: string[] = []
  const say = (event: string): void => void errors.push(event)
  const quiet = (): void => undefined
  const log: Log = { debug: quiet, info: quiet, warn: quiet, error: say, child: () => log }
  const tools = { disk: platformDisk(root), databases: platformDatabases(root), log }
  const index = join(root, 'pages', 'index')
  const openEmpty = async (): Promise<void> => {
    const shelf = await openPageShelf(tools)
    assert.deepEqual(shelf.counts(), { pages: 0, bytes: 0 })
    await shelf.close()
  }
  try {
    await openEmpty()
    assert.deepEqual(errors, [])

    const junk = utf8('no database '.repeat(PAGE_BYTES))
    await writeFile(index, junk)
    await openEmpty()
    assert.equal(errors.length, 1)
    const aside = await readFile(join(root, 'pages.damaged', 'index'))
    assert.deepEqual(new Uint8Array(aside), junk)

    const database = await tools.databases.open('pages/index')
    await database.write(
      Array.from({ length: ENTRIES }, (_, at) => {
        return { kind: 'put', key: utf8(String(at)), value: new Uint8Array(500) } as const
      }),
    )
    await database.close()
    const bytes = await readFile(index)
    await writeFile(index, bytes.fill(0xa5, PAGE_BYTES))
    await openEmpty()
    assert.equal(errors.length, 2)
  } finally {
    await rm(root, { recursive: true, force: true })
  }
})
