/** What is shared is had by curl: by name, by root, in parts, and gone on with. Needs curl. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

import { atDoor, BYTES } from '../../src/gateways/share/share-door.test-helper.ts'

const curl = (...args: readonly string[]) =>
  promisify(execFile)('curl', ['-sS', '--fail', '--max-time', '20', ...args])

test('curl has a share by its name, in parts, and goes on with what broke off', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'anillo-curl-'))
  t.after(() => rm(folder, { recursive: true }))
  await atDoor(async ({ port, root }) => {
    const at = `http://127.0.0.1:${port}/share`
    await curl('--output-dir', folder, '-OJ', `${at}/n/a%C3%B1o%20%E5%B9%B4.txt`)
    const [name = ''] = await readdir(folder)
    assert.ok((await readFile(join(folder, name))).equals(BYTES))
    const part = join(folder, 'part')
    await curl('-r', '1048570-1048580', '-o', part, `${at}/${root}`)
    assert.ok((await readFile(part)).equals(BYTES.subarray(1_048_570, 1_048_581)))
    const broken = join(folder, 'broken')
    await writeFile(broken, BYTES.subarray(0, 700_000))
    await curl('-C', '-', '-o', broken, `${at}/${root}`)
    assert.ok((await readFile(broken)).equals(BYTES))
    const tag = join(folder, 'tag')
    await writeFile(tag, `"${root}"`)
    const same = ['--etag-compare', tag, '-o', join(folder, 'same'), '-w', '%{http_code}']
    assert.equal((await curl(...same, `${at}/${root}`)).stdout, '304')
    await assert.rejects(curl(`${at}/n/nothing`), /404/)
  })
})
