import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AnilloError, isAnilloError } from '../../base/errors.ts'
import { IF_RESOURCES_MAX } from './limits.ts'
import type { DavParts } from './parts.ts'
import { Standing } from './standing.ts'

test('of more resources than an If header may tell of, nothing is asked about those beyond', async () => {
  const asked: string[] = []
  const gone = (path: string): Promise<never> =>
    Promise.reject(new AnilloError('NO_ENTRY', { path }))
  const parts = {
    files: { stat: (_who: unknown, path: string) => gone(path) },
    locks: {
      at: (path: string) => {
        asked.push(path)
        return Promise.resolve([])
      },
    },
  } as unknown as DavParts
  const lists = Array.from({ length: 40 }, (_, at) => `</dav/${at}> (<urn:x>)`).join(' ')
  const ask = { headers: { if: lists }, who: {}, isSecure: false, signal: undefined }
  const standing = new Standing(parts, ask as unknown as ConstructorParameters<typeof Standing>[1])
  await assert.rejects(standing.demandIf('/'), (thrown) => isAnilloError(thrown, 'BAD_REQUEST'))
  assert.equal(asked.length, IF_RESOURCES_MAX)
})
