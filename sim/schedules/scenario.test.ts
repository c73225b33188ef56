import { test } from 'node:test'

import { simulate } from '../world/simulate.ts'
import { simulationOf } from './scenario.ts'

test('a due time begins one crawl, whoever dies when it comes, and its webhook is told', async () => {
  await simulate(simulationOf(1))
})
