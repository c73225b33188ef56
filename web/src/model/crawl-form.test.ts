import assert from 'node:assert/strict'
import { test } from 'node:test'

import { readCrawlForm } from './crawl-form.ts'

const read = (typed: Readonly<Record<string, string>>) => readCrawlForm((name) => typed[name] ?? '')

test('readCrawlForm() completes the address and asks for nothing that was not typed', () => {
  assert.deepEqual(read({ address: ' :8000/docs ' }), {
    kind: 'request',
    request: { seeds: ['http://localhost:8000/docs'] },
  })
  const typed = {
    address: 'a.test',
    scope: 'prefix',
    resources: 'without',
    pages: '500',
    depth: '0',
    delay: '0,25',
    connections: '4',
    maxAge: '3600',
  }
  const numbers = { pages: 500, depth: 0, delay: 0.25, connections: 4, maxAge: 3_600 }
  assert.deepEqual(read(typed), {
    kind: 'request',
    request: { seeds: ['https://a.test'], scope: 'prefix', resources: false, ...numbers },
  })
})

test('readCrawlForm() takes patterns a line each, and no more than may be asked for', () => {
  const typed = {
    address: 'a.test',
    resources: 'with',
    render: 'with',
    include: ' /manual/ \r\n\n/guide/',
    extraHops: '2',
  }
  assert.deepEqual(read(typed), {
    kind: 'request',
    request: {
      seeds: ['https://a.test'],
      render: true,
      include: ['/manual/', '/guide/'],
      extraHops: 2,
    },
  })
  const long = { address: 'a.test', include: 'x\n'.repeat(21), exclude: 'x'.repeat(501) }
  assert.deepEqual(read(long), { kind: 'wrong', fields: ['include', 'exclude'] })
})

test('readCrawlForm() takes a schedule, a webhook, and pages that are due', () => {
  const webhook = { address: 'a.test', webhook: ' https://b.test/hook ' }
  assert.deepEqual(read(webhook), {
    kind: 'request',
    request: { seeds: ['https://a.test'], webhook: { url: 'https://b.test/hook' } },
  })
  const all = { ...webhook, webhookPages: 'yes', recrawl: 'adaptive', repeat: 'hourly' }
  const found = read(all)
  assert.equal(found.kind, 'request')
  assert.deepEqual(found.schedule, { cron: '0 * * * *', zone: 'UTC' })
  assert.equal(found.request.recrawl, 'adaptive')
  assert.equal(found.request.webhook?.events?.includes('page.changed'), true)
  const wrong = read({ repeat: 'daily', time: 'noon', pages: '0' })
  assert.deepEqual(wrong, { kind: 'wrong', fields: ['address', 'pages', 'time'] })
})

test('readCrawlForm() names each field that is wrong, in the order of the form', () => {
  const typed = { pages: '0', depth: '101', delay: '61', connections: '1.5', maxAge: '-1' }
  assert.deepEqual(read(typed), {
    kind: 'wrong',
    fields: ['address', 'pages', 'depth', 'delay', 'connections', 'maxAge'],
  })
  const odd = ['1e3', '0x10', '12 pages', 'NaN', 'Infinity', '½', '1,000']
  for (const pages of odd)
    assert.deepEqual(read({ address: 'a.test', pages }), { kind: 'wrong', fields: ['pages'] })
  assert.deepEqual(read({ address: 'a.test', scope: 'planet' }), {
    kind: 'request',
    request: { seeds: ['https://a.test'] },
  })
})
