/** What must hold in every view of the page. */
import assert from 'node:assert/strict'

import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

/** Runs in the page: waits for the end of what moves once. What moves for ever is left. */
const STAND_STILL = `Promise.allSettled(document.getAnimations()
  .filter((one) => one.effect.getTiming().iterations === 1)
  .map((one) => one.finished))`

/** @param part a selector of what is looked at; without it, all but the frames */
export async function assertAccessible(page: Page, what: string, part?: string): Promise<void> {
  // Colours are judged once they stand still.
  await page.evaluate(STAND_STILL)
  // In the page itself, not in a blank one beside it, which takes twice as long: frames, which that
  // is for, are left out.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] })
  if (part !== undefined) axe.include(part)
  const { violations } = await axe.exclude('iframe').analyze()
  const told = violations.map(
    (one) => `${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(', ')}`,
  )
  assert.deepEqual(told, [], what)
}

export async function assertFits(page: Page): Promise<void> {
  const beyondPx = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
  assert.ok(beyondPx <= 0, `the page is ${beyondPx} px wider than its window`)
}
