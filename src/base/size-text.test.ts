import assert from 'node:assert/strict'
import { test } from 'node:test'

import { MIB } from './limits.ts'
import { sizeText } from './size-text.ts'

test('sizeText() shows no more digits than people read', () => {
  const shown = [0, 17, 211.12334355979542, 1_536, 230 * MIB].map(sizeText)
  assert.deepEqual(shown, ['0 B', '17 B', '211 B', '1.5 KiB', '230 MiB'])
})
