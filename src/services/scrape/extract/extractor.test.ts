import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isAnilloError } from '../../../base/errors.ts'
import type { Page } from '../../../wire/api.ts'
import type { ExtractSource } from './extract-page.ts'
import { WorkerExtractor } from './extractor.ts'
import { extractTasks } from './tasks.ts'

const PAGE: ExtractSource & Pick<Page, 'fetchedAt'> = {
  id: 'a'.repeat(64),
  url: 'https://example.org/',
  finalUrl: 'https://example.org/',
  hash: 'b'.repeat(64),
  contentType: 'text/html',
  charset: 'utf-8',
  headers: [],
  title: null,
  fetchedAt: '2026-01-01T00:00:00.000Z',
}
const BYTES = new TextEncoder().encode('<h1>Head</h1>')

function tried() {
  const asked: string[] = []
  const extractor = new WorkerExtractor({
    run: async (task, input) => {
      asked.push(task)
      return extractTasks[task]?.(structuredClone(input))
    },
  })
  return { asked, extractor }
}

test('Extractor.extract() does the same work once, whenever the page was fetched', async () => {
  const { asked, extractor } = tried()
  const spec = { fields: { head: 'h1' } }
  const first = await extractor.extract(PAGE, BYTES, { spec })
  assert.deepEqual(first.fields, { head: 'Head' })
  const later = { ...PAGE, fetchedAt: '2026-01-02T00:00:00.000Z' }
  assert.deepEqual(await extractor.extract(later, BYTES, { spec }), first)
  assert.equal(asked.length, 1)
  await extractor.extract({ ...PAGE, hash: 'c'.repeat(64) }, BYTES, { spec })
  await extractor.extract(PAGE, BYTES, { spec: { links: true } })
  assert.equal(asked.length, 3)
})

test('Extractor.extract() says which selector is wrong, and reads no page for it', async () => {
  const { asked, extractor } = tried()
  const specs = [
    { fields: { price: 'a >> b' } },
    { fields: { price: 'p:nothing' } },
    { fields: { items: { selector: 'li', fields: { price: '[' } } } },
  ]
  for (const spec of specs) {
    await assert.rejects(
      () => extractor.extract(PAGE, BYTES, { spec }),
      (error) => isAnilloError(error, 'BAD_REQUEST') && /fields\.\S*price/.test(error.message),
    )
  }
  assert.deepEqual(asked, [])
})

test('Extractor.extract() passes on that a page nests too deep', async () => {
  const extractor = new WorkerExtractor({ run: async () => ({ kind: 'tooDeep' }) })
  await assert.rejects(
    () => extractor.extract(PAGE, BYTES, { spec: { text: true } }),
    (error) => isAnilloError(error, 'TASK_ENDED'),
  )
})
