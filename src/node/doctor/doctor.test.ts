import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { AnilloError } from '../../base/errors.ts'
import { examine } from './doctor.ts'

test('examine() names who is missing where too few members answer, and says to start them', async () => {
  const dataPath = await mkdtemp(join(tmpdir(), 'anillo-doctor-'))
  try {
    const findings = await examine({
      dataPath,
      env: {},
      passphrase: undefined,
      isDeep: false,
      isOffline: false,
      version: '0.1.0',
      nowMs: 0,
      ring: async () => {
        const problem = 'it needs 2 of n1, n2, n3; not reached: n2, n3'
        throw new AnilloError('STORE_UNAVAILABLE', { partition: 3, problem })
      },
      onProgress: () => undefined,
    })
    const told = findings.find(({ text }) => text.includes('not reached: n2, n3'))
    assert.equal(told?.level, 'wrong')
    assert.equal(told?.check, 'partitions')
    assert.match(told?.advice ?? '', /Start the members that are missing.*recover/)
  } finally {
    await rm(dataPath, { recursive: true })
  }
})
