import assert from 'node:assert/strict'
import { test } from 'node:test'

import { platformWorkers } from '../platform/workers.ts'
import type { ExtractSource } from '../services/scrape/extract/extract-page.ts'
import { EXTRACT_TASK } from '../services/scrape/extract/extract-task.ts'
import { WorkerExtractor } from '../services/scrape/extract/extractor.ts'
import { TASKS_MODULE } from './tasks-module.ts'

const PAGE: ExtractSource = {
  id: 'a'.repeat(64),
  url: 'https://example.org/',
  finalUrl: 'https://example.org/',
  hash: 'b'.repeat(64),
  contentType: 'text/html',
  charset: 'utf-8',
  headers: [],
  title: null,
}

test('worker threads of a member extract, and outlive a selector that takes for ever', async () => {
  const workers = platformWorkers({ tasksModule: TASKS_MODULE, threadsMax: 1 })
  const endless = {
    page: PAGE,
    bytes: new TextEncoder().encode('<i>'.repeat(2_000) + '<b>'),
    spec: { fields: { all: { selector: 'u i i i i i i b', all: true } } },
  }
  await assert.rejects(workers.run(EXTRACT_TASK, endless, { timeoutMs: 3_000 }), {
    code: 'TASK_ENDED',
  })
  const extractor = new WorkerExtractor(workers)
  const bytes = new TextEncoder().encode('<h1>Head</h1>')
  const spec = { fields: { head: 'h1' }, text: true }
  const { fields, text } = await extractor.extract(PAGE, bytes, { spec })
  assert.deepEqual({ fields, text }, { fields: { head: 'Head' }, text: { text: 'Head' } })
  await workers.close()
})
