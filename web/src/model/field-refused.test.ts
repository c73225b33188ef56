import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fieldRefused } from './field-refused.ts'

test('fieldRefused() finds where it was typed, and nothing of what was not typed here', () => {
  const cases = [
    ['URL_MALFORMED', {}, 'address'],
    ['URL_SCHEME', { field: 'webhook' }, 'webhook'],
    ['ADDRESS_FORBIDDEN', { field: 'webhook' }, 'webhook'],
    ['ADDRESS_FORBIDDEN', {}, undefined],
    ['BAD_REQUEST', { field: 'include' }, 'include'],
    ['BAD_REQUEST', { field: 'exclude' }, 'exclude'],
    ['BAD_REQUEST', { field: 'toString' }, undefined],
    ['BAD_REQUEST', {}, undefined],
    ['SCHEDULE_INVALID', { field: 'cron' }, 'cron'],
    ['SCHEDULE_INVALID', {}, 'cron'],
    ['SCHEDULE_INVALID', { field: 'zone' }, undefined],
    ['FORBIDDEN', {}, undefined],
  ] as const
  for (const [code, details, field] of cases) {
    assert.equal(fieldRefused({ code, details }), field, `${code} ${JSON.stringify(details)}`)
  }
})
