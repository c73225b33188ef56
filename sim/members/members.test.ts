import { test } from 'node:test'

import { run } from './members.ts'

test('members heal after every fault, and download a page once, and replay', async () => {
  await run(7, new Map([['seconds', '25']]))
})
