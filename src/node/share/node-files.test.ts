import assert from 'node:assert/strict'
import { test } from 'node:test'

import { utf8 } from '../../base/bytes.ts'
import { platformCipher } from '../../platform/cipher.ts'
import { platformSigning } from '../../platform/signing.ts'
import { fakeDisk, fakeLog } from '../enrolment/fakes.test-helper.ts'
import { clearFiles, NODE_KEY_NAME, nodeKey, sealedFiles } from './node-files.ts'

const KEY = new Uint8Array(32).fill(3)

for (const kind of ['clear', 'sealed'] as const) {
  test(`nodeKey() is kept, ${kind}, and made anew where its file is damaged`, async () => {
    const [disk, log] = [fakeDisk(), fakeLog()]
    const effects = { log, signing: platformSigning() }
    const sealed = { disk, cipher: platformCipher(), key: KEY }
    const files = kind === 'clear' ? clearFiles({ disk }) : sealedFiles(sealed)
    let key = await nodeKey(effects, files)
    assert.deepEqual(await nodeKey(effects, files), key)
    assert.deepEqual(log.lines, [])
    for (const bytes of [new Uint8Array(200), new Uint8Array(0), utf8('anillo-sealed-1\nAAAA\n')]) {
      disk.files.set(NODE_KEY_NAME, bytes)
      const other = await nodeKey(effects, files)
      assert.notDeepEqual(other, key)
      assert.match(String(log.lines.pop()), /damaged: it becomes another node/)
      assert.deepEqual(await nodeKey(effects, files), other)
      key = other
    }
  })
}
