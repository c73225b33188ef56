import assert from 'node:assert/strict'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { browserVersion, findBrowser } from './find-browser.ts'

test('findBrowser() takes the one that is named, none, or the first on the PATH', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'anillo-find-'))
  try {
    const own = join(folder, 'own')
    const chromium = join(folder, 'chromium')
    for (const path of [own, chromium]) {
      await writeFile(path, '#!/bin/sh\necho "Chromium 1.2.3 built on somewhere"\n')
      await chmod(path, 0o755)
    }
    await writeFile(join(folder, 'plain'), '')
    const where = { path: folder, platform: 'linux' } as const
    assert.deepEqual(await findBrowser({ ...where, setting: own }), { path: own, name: 'own' })
    assert.equal(await findBrowser({ ...where, setting: 'none' }), undefined)
    assert.equal(await findBrowser({ ...where, setting: join(folder, 'plain') }), undefined)
    assert.equal(await findBrowser({ ...where, setting: join(folder, 'absent') }), undefined)
    const found = await findBrowser({ ...where, setting: '' })
    assert.deepEqual(found, { path: chromium, name: 'chromium' })
    assert.equal(await browserVersion(chromium, 'linux'), 'Chromium 1.2.3')
    assert.equal(await browserVersion(join(folder, 'plain'), 'linux'), join(folder, 'plain'))
  } finally {
    await rm(folder, { recursive: true })
  }
})
