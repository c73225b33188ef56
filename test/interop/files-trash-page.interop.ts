/** The page about files, what goes for good and what comes as zip. Needs chromium. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'

import { unzipped } from '../../src/effects/unzip.test-helper.ts'
import { ANA, HOME, begin, row, button, shows, assertNoFaults } from './files-trial.ts'
import { assertAccessible } from './page-checks.ts'

test('trash: one thing goes for good, and all of it, each after a second thought', async () => {
  await using trial = await begin()
  const { page, files } = trial
  for (const name of ['a', 'b', 'c']) {
    await trial.has(`${HOME}/${name}`, name)
    await files.remove(ANA, `${HOME}/${name}`)
  }
  await trial.open(HOME)
  await page.getByRole('link', { name: 'Trash' }).click()
  const box = async (name: string) =>
    (await page.getByRole('button', { name, exact: true }).boundingBox()) ?? assert.fail(name)
  const [back, gone] = [await box('Restore b'), await box('Delete for good: b')]
  const apartPx = Math.max(gone.x - (back.x + back.width), gone.y - (back.y + back.height))
  assert.ok(apartPx >= 4, 'a slip of the finger must not delete')
  assert.ok((await box('Empty the trash')).width < 300)
  await page.getByRole('button', { name: 'Delete for good: b' }).click()
  await page.getByRole('group', { name: '“b” goes for good. It cannot be brought back.' }).waitFor()
  await assertAccessible(page, 'a question')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Delete for good: b' }).click()
  await page.getByRole('button', { name: 'Delete for good', exact: true }).first().click()
  await shows(page, '“b” is gone for good.')
  assert.deepEqual((await files.trash(ANA)).map(({ name }) => name).toSorted(), ['a', 'c'])
  await button(page, 'Empty the trash').click()
  await button(page, 'Empty the trash').click()
  await shows(page, 'The trash was emptied.')
  await shows(page, 'The trash is empty.')
  assert.deepEqual(await files.trash(ANA), [])
  assertNoFaults(trial)
})

test('zip: the folder, a folder in it, and some of what is in it', async () => {
  await using trial = await begin()
  const { page, files } = trial
  await files.makeFolder(ANA, `${HOME}/Letters`)
  for (const name of ['a & b', 'c']) await trial.has(`${HOME}/${name}`, name)
  await trial.open(HOME)
  const zipped = async (click: () => Promise<void>): Promise<readonly string[]> => {
    const [download] = await Promise.all([page.waitForEvent('download'), click()])
    const bytes = await readFile(await download.path())
    return [download.suggestedFilename(), ...unzipped(bytes).map(({ name }) => name)]
  }
  const whole = ['ana.zip', 'ana/', 'ana/Letters/', 'ana/a & b', 'ana/c']
  assert.deepEqual(await zipped(() => button(page, 'Download as zip').click()), whole)
  const chosen = page.getByRole('group', { name: 'What to do with what is chosen' })
  const zip = chosen.getByRole('button', { name: 'Download as zip' })
  await row(page, 'Letters').click()
  assert.deepEqual(await zipped(() => zip.click()), ['Letters.zip', 'Letters/'])
  await row(page, 'a & b').click({ modifiers: ['Control'] })
  const some = ['ana.zip', 'ana/Letters/', 'ana/a & b']
  assert.deepEqual((await zipped(() => zip.click())).toSorted(), some.toSorted())
  assertNoFaults(trial)
})
