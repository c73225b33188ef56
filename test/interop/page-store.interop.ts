/**
 * The store on the page over a real ring: what a person sees of a member's death and return. Needs
 * chromium.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { launchChromium, openWindow } from '../../tools/lib/chromium.ts'
import { RealRing } from '../process/ring.ts'
import { assertAccessible } from './page-checks.ts'

/** The fewest that bear a failure: a ring of more asks for more than the machine. */
const MEMBERS = 3
const PARTITIONS = 64

test('the store: a death changes the sentence and begins repairs, the return ends them', async () => {
  await using browser = await launchChromium()
  await using ring = await RealRing.start({ members: MEMBERS })
  await using window = await openWindow(browser, { reducedMotion: 'reduce' })
  const { page, complaints } = window
  await page.goto(ring.door(0))
  const store = page.locator('.store')
  await store.getByText('1 more member may fail now.').waitFor()
  await store.getByText(`${MEMBERS} members that fail apart store`).waitFor()
  await store.getByText('Every replica is in its place.').waitFor()
  assert.equal(await store.locator('.band__row[data-member]').count(), MEMBERS)
  await store.getByText(`All ${PARTITIONS} partitions`).click()
  assert.equal(await store.locator('#partitions tbody tr').count(), PARTITIONS)
  await store.getByRole('slider', { name: 'Partition' }).focus()
  await page.keyboard.press('ArrowRight')
  await store.locator('.chooser__told', { hasText: /^Partition 1, steady: n\d leads/ }).waitFor()
  await assertAccessible(page, 'the store at rest', '.store')

  // One that is killed is back within seconds, before anybody plans repairs.
  await ring.keepDown('n3')
  await store.getByText('No member may fail just now.').waitFor()
  await store.getByText('Not answering: n3.').waitFor()
  await store.locator('.band__row--down[data-member=n3]').waitFor()
  await store.locator('.moves--repair', { hasText: 'n3' }).first().waitFor()
  await page
    .locator('.entry--store', { hasText: /leads .*partition/ })
    .first()
    .waitFor()
  await assertAccessible(page, 'the store while a member is down', '.store')

  ring.bringBack()
  await store.getByText('1 more member may fail now.').waitFor()
  await store.getByText('Every replica is in its place.').waitFor()
  await store.locator('.band__row--down').waitFor({ state: 'detached' })
  assert.deepEqual(
    complaints.filter((text) => !text.includes('ERR_')),
    [],
  )
})
