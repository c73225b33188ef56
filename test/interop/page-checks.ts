/** What must hold in every view of the page. */
import assert from 'node:assert/strict'

import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

/** Runs in the page: waits for the end of what moves once. What moves for ever is left. */
const STAND_STILL = `Promise.allSettled(document.getAnimations()
  .filter((one) => one.effect.getTiming().iterations === 1)
  .map((one) => one.finished))`

export async function assertAccessible(page: Page, what: string): Promise<void> {
  // Colours are judged once they stand still.
  await page.evaluate(STAND_STILL)
  const { violations } = await new AxeBuilder({ page }).exclude('iframe').analyze()
  const told = violations.map(
    (one) => `${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(', ')}`,
  )
  assert.deepEqual(told, [], what)
}

export async function assertFits(page: Page): Promise<void> {
  const beyondPx = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
  assert.ok(beyondPx <= 0, `the page is ${beyondPx} px wider than its window`)
}
