import { test } from 'node:test'

import { run } from './calls.ts'

test('calls end once, in time and rightly under every fault, and replay', async () => {
  await run(11, new Map([['seconds', '60']]))
})
