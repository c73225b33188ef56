import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Webhook } from '../wire/api-webhooks.ts'
import { webhookRows, webhookText, withoutSecret } from './webhook-lines.ts'

const WEBHOOK: Webhook = {
  url: 'https://a/hook',
  events: ['crawl.ended'],
  state: 'ok',
  waiting: 0,
  delivered: 3,
  givenUp: 0,
  leftOut: 0,
}

test('a webhook is told with what was delivered, what waits, and how the last try went', () => {
  assert.deepEqual(webhookRows(undefined), [])
  assert.equal(webhookText(WEBHOOK), '3 delivered')
  const last = { at: '2026-11-22T02:00:00.000Z', type: 'crawl.ended', status: 503 }
  const nextTryAt = '2026-11-22T03:00:00.000Z'
  const failing = { ...WEBHOOK, state: 'failing', waiting: 2, givenUp: 1, last, nextTryAt } as const
  assert.equal(
    webhookText(failing),
    'failing, 3 delivered, 2 wait, next try 2026-11-22 03:00 UTC, 1 given up; last: crawl.ended, 503',
  )
})

test('its secret stands there where it is told, and nowhere else', () => {
  assert.equal(webhookRows(WEBHOOK).length, 2)
  const rows = webhookRows({ ...WEBHOOK, secret: 'whsec_x' })
  assert.deepEqual(rows[1], ['secret', 'whsec_x'])
  assert.match(rows[2]?.[1] ?? '', /^Keep it/)
})

test('a secret that came from a file is taken out of what is told, and nothing else is', () => {
  const crawl = { id: 'c', webhook: { ...WEBHOOK, secret: 'whsec_x' } }
  assert.deepEqual(withoutSecret(crawl), { id: 'c', webhook: WEBHOOK })
  assert.deepEqual(withoutSecret<{ webhook?: Webhook }>({}), {})
})
