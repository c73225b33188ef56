import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { isAnilloError } from '../base/errors.ts'
import { readSpec } from './extract-options.ts'
import { unreadableFile } from './given-file.ts'

const absent = join(tmpdir(), 'anillo-no-such-directory', 'nofile.json')

test('a file that is not there, or is a directory, is told by its name', async () => {
  const told = async (path: string) =>
    readFile(path).then(
      () => assert.fail('it is there'),
      (thrown: unknown) => unreadableFile(path, thrown),
    )
  const missing = await told(absent)
  assert.equal(missing.code, 'USAGE')
  assert.equal(missing.message, `There is no file ${absent}.`)
  assert.equal((await told(tmpdir())).message, `${tmpdir()} is a directory, not a file.`)
})

test('what to extract is read from a file, which is told where it is absent or no JSON', async () => {
  const refused = (path: string, text: RegExp) =>
    assert.rejects(
      readSpec(path),
      (thrown) => isAnilloError(thrown, 'USAGE') && text.test(thrown.message),
    )
  await refused(absent, /^There is no file .*nofile\.json\.$/)
  await refused(import.meta.filename, / is not JSON: /)
})
