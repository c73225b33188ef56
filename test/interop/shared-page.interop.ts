/**
 * What others share, public links that are changed, and the history of files, in a browser. Needs
 * chromium and the built page (`vite build web`).
 */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'

import type { Browser, BrowserContextOptions } from 'playwright-core'

import { ManualClock } from '../../src/effects/manual-clock.test-helper.ts'
import { platformRandom } from '../../src/platform/random.ts'
import { FileActs } from '../../src/services/files/acts/acts.ts'
import { notedFiles } from '../../src/services/files/doors/noted-files.ts'
import { ANA, HOME, LinkWorld } from '../../src/services/files/links/links.test-helper.ts'
import { TREE_PROCEDURES } from '../../src/services/files/tree/procedures.ts'
import type { Access, FileUser } from '../../src/services/files/types.ts'
import { sharedFiles } from '../../src/services/files/views/shared-files.ts'
import { MemoryStore } from '../../src/store/memory-store.test-helper.ts'
import { launchChromium, openWindow } from '../../tools/lib/chromium.ts'
import { FakeAccounts } from './fake-accounts.ts'
import { FakeRing, SILENT } from './fake-member.ts'
import { logIn } from './log-in.ts'
import { assertAccessible, assertFits } from './page-checks.ts'

const PAGE_ROOT = fileURLToPath(new URL('../../dist/web', import.meta.url))
const WIDE = { width: 1_280, height: 900 }
const NARROW = { width: 320, height: 720 }
const EVA: FileUser = { nick: 'eva', isManager: false, mayWrite: true, groups: [] }
const EVAS = `/${'home'}/eva/secret`

let browser: Browser

before(async () => {
  assert.ok(existsSync(PAGE_ROOT), `${PAGE_ROOT} is not built: vite build web`)
  browser = await launchChromium()
})
after(() => browser.close())

async function begin(context: BrowserContextOptions = {}) {
  const world = new LinkWorld()
  const clock = new ManualClock()
  const acts = new FileActs({
    effects: { clock, log: SILENT, random: platformRandom() },
    store: new MemoryStore(TREE_PROCEDURES),
  })
  const files = sharedFiles(
    notedFiles(world.files, (act) => acts.note(act)),
    clock,
  )
  const ring = await FakeRing.start({
    members: 3,
    pageRoot: PAGE_ROOT,
    scripts: {},
    accounts: new FakeAccounts(),
    files,
    links: world.links,
    fileActs: acts,
  })
  const opened = await openWindow(browser, { viewport: WIDE, ...context })
  const home = ring.member('m1').url
  return {
    ...opened,
    world,
    files,
    acts,
    home,
    async logIn(nick: string): Promise<void> {
      const { page } = opened
      await page.goto(`${home}/?view=login`)
      await logIn(page, nick, `${nick}-secret`)
    },
    /** Eva’s, for Ana. */
    async share(name: string, access: Access): Promise<void> {
      const people = { eva: 'own', ana: access } as const
      const grants = { everyone: 'nothing', guests: 'nothing', people, groups: {} } as const
      await files.setGrants(EVA, `${EVAS}/${name}`, grants)
    },
    async [Symbol.asyncDispose]() {
      await opened.page.context().close()
      await ring[Symbol.asyncDispose]()
    },
  }
}

async function withShares(context: BrowserContextOptions = {}) {
  const trial = await begin(context)
  await trial.files.makeFolder(EVA, `${EVAS}/plans`, { parents: true })
  await trial.world.write(`${EVAS}/plans/a.txt`, 'in the folder', EVA)
  await trial.world.write(`${EVAS}/letter.txt`, 'Dear Ana', EVA)
  await trial.share('plans', 'write')
  await trial.share('letter.txt', 'read')
  await trial.logIn('ana')
  return trial
}

test('shared with me: from the files, by keyboard, into a folder and to a preview', async () => {
  await using trial = await withShares()
  const { page } = trial
  await page.goto(`${trial.home}/?view=files`)
  await page.getByRole('link', { name: 'Shared with me' }).press('Enter')
  await page.getByRole('heading', { name: 'Shared with me' }).waitFor()
  const rows = page.locator('#shared tbody tr')
  await rows.first().waitFor()
  assert.equal(await rows.count(), 2)
  assert.match(await rows.filter({ hasText: 'plans' }).innerText(), /eva\s+you\s+look and change/)
  await assertAccessible(page, 'what others share')
  await page.getByRole('button', { name: 'Preview letter.txt' }).press('Enter')
  await page.getByRole('dialog', { name: 'letter.txt' }).getByText('Dear Ana').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.getByRole('link', { name: 'plans' }).press('Enter')
  await page.getByRole('row', { name: /a\.txt/ }).waitFor()
  assert.equal(new URL(page.url()).searchParams.get('path'), '/.shared/eva/plans')
  await page.getByRole('button', { name: 'New folder' }).press('Enter')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.type('mine')
  await page.keyboard.press('Enter')
  await page.getByRole('row', { name: /mine/ }).waitFor()
  assert.equal((await trial.files.stat(EVA, `${EVAS}/plans/mine`)).owner, 'ana')
  const way = page.getByRole('navigation', { name: 'Where you are' })
  await way.getByRole('link', { name: 'eva' }).click()
  await page.getByRole('row', { name: /letter\.txt/ }).waitFor()
  await page.getByRole('row', { name: /plans/ }).locator('.entries__check').click()
  const offered = page.getByRole('group', { name: 'What to do with what is chosen' })
  await offered.getByRole('button', { name: 'Open' }).waitFor()
  for (const name of ['Rename', 'Move', 'Delete']) {
    assert.equal(await offered.getByRole('button', { name, exact: true }).count(), 0, name)
  }
  await way.getByRole('link', { name: 'Shared with me' }).first().click()
  await rows.first().waitFor()
  assert.doesNotMatch(await page.content(), /secret/, 'the folder above')
})

test('shared with me: what is taken back is gone from the view, and it says when it is empty', async () => {
  await using trial = await withShares()
  const { page } = trial
  await trial.files.setGrants(EVA, `${EVAS}/plans`, undefined)
  await page.goto(`${trial.home}/?view=shared`)
  await page.getByRole('button', { name: 'Preview letter.txt' }).waitFor()
  assert.equal(await page.locator('#shared tbody tr').count(), 1)
  await trial.files.remove(EVA, `${EVAS}/letter.txt`)
  await page.reload()
  await page.getByText('Nobody shares anything with you by name yet.').waitFor()
  await page.goto(`${trial.home}/?view=files&path=/.shared/eva/plans`)
  await page.getByText('There is no “/.shared/eva/plans”').waitFor()
})

test('a public link is given another end, a password and more downloads, and loses them again', async () => {
  await using trial = await begin()
  const { page, world } = trial
  await world.write(`${HOME}/plan.txt`, 'x')
  const { id } = await world.links.make(ANA, { path: `${HOME}/plan.txt`, downloadsMax: 1 })
  await trial.logIn('ana')
  await page.goto(`${trial.home}/?view=files&path=${HOME}`)
  await page.getByRole('button', { name: 'My public links' }).click()
  const change = page.getByRole('button', { name: /^Change the link made/ })
  await change.press('Enter')
  const form = page.getByRole('form', { name: /^Change the link made/ })
  await form.getByLabel('Works until').and(page.locator(':focus')).waitFor()
  await assertAccessible(page, 'a link that is changed')
  await form.getByLabel('Works until').fill('2199-01-01T00:00')
  await form.getByLabel('More downloads').fill('7')
  await form.getByRole('textbox', { name: 'Another password' }).fill('open sesame')
  await page.keyboard.press('Enter')
  await page.getByText('Works · with a password').waitFor()
  await page.getByText('0 of 7').waitFor()
  await change.and(page.locator(':focus')).waitFor()
  const changed = await world.links.find(ANA, id)
  assert.deepEqual([changed.hasPassword, changed.downloadsMax], [true, 7])
  assert.equal(changed.expiresMs, new Date('2199-01-01T00:00').getTime(), 'in one zone')

  await change.press('Enter')
  assert.equal(await form.getByLabel('Works until').inputValue(), '2199-01-01T00:00')
  await page.keyboard.press('Escape')
  await form.waitFor({ state: 'detached' })
  await change.press('Enter')
  await form.getByLabel('Works until').fill('')
  await form.getByLabel('As many as wanted').check()
  await form.getByLabel('Without a password').check()
  await form.getByRole('button', { name: 'Save' }).click()
  await page.getByText('it is revoked').waitFor()
  const bare = await world.links.find(ANA, id)
  const { downloadsMax, expiresMs, hasPassword } = bare
  assert.deepEqual([hasPassword, downloadsMax, expiresMs], [false, undefined, undefined])
  await change.press('Enter')
  await form.getByLabel('Works until').fill('2001-01-01T00:00')
  await form.getByRole('button', { name: 'Save' }).click()
  await page.locator('.outcome--trouble').waitFor()
})

test('who manages files sees the links of everybody, and the history of a folder', async () => {
  await using trial = await begin()
  const { acts, files, page, world } = trial
  await files.makeFolder(ANA, `${HOME}/plans`)
  await files.move(ANA, `${HOME}/plans`, `${HOME}/ideas`)
  await acts.close()
  await world.links.make(ANA, { path: `${HOME}/ideas` })
  await trial.logIn('admin')
  await page.goto(`${trial.home}/?view=files&path=${HOME}`)
  await page.getByRole('button', { name: 'My public links' }).click()
  await page.getByText('There are no links yet.').waitFor()
  await page.getByLabel('Links of everybody').check()
  await page.getByRole('cell', { name: 'ana', exact: true }).waitFor()
  await assertAccessible(page, 'links of everybody')
  await page.keyboard.press('Escape')
  await page.getByRole('row', { name: /ideas/ }).locator('.entries__check').click()
  await page.getByRole('button', { name: 'History', exact: true }).click()
  const story = page.getByRole('dialog', { name: 'History of ideas' })
  const told = story.getByRole('row').filter({ hasText: 'Moved or renamed' })
  assert.match(await told.innerText(), /ana[^]*\/home\/ana\/plans → \/home\/ana\/ideas/)
  await assertAccessible(page, 'a history')
})

test('whoever may not manage files is offered neither', async () => {
  await using trial = await begin()
  const { page, world } = trial
  await world.write(`${HOME}/plan.txt`, 'x')
  await trial.logIn('ana')
  await page.goto(`${trial.home}/?view=files&path=${HOME}`)
  await page
    .getByRole('row', { name: /plan\.txt/ })
    .locator('.entries__check')
    .click()
  await page.getByRole('button', { name: 'Versions', exact: true }).waitFor()
  assert.equal(await page.getByRole('button', { name: 'History', exact: true }).count(), 0)
  await page.getByRole('button', { name: 'My public links' }).click()
  await page.getByText('There are no links yet.').waitFor()
  assert.equal(await page.getByLabel('Links of everybody').count(), 0)
})

for (const colorScheme of ['light', 'dark'] as const)
  test(`${colorScheme}, narrow, in Spanish: the views fit, and axe finds nothing`, async () => {
    await using trial = await withShares({ colorScheme, viewport: NARROW, locale: 'es-ES' })
    const { page, world } = trial
    const long = `${'un nombre muy largo '.repeat(8)}.txt`
    await world.write(`${EVAS}/${long}`, 'x', EVA)
    await trial.share(long, 'read')
    await page.goto(`${trial.home}/?view=shared`)
    await page.getByRole('heading', { name: 'Compartido conmigo' }).waitFor()
    await page.getByRole('button', { name: `Vista previa de ${long}` }).waitFor()
    await assertFits(page)
    await assertAccessible(page, 'what others share')
    await world.write(`${HOME}/plan.txt`, 'x')
    await world.links.make(ANA, { path: `${HOME}/plan.txt`, downloadsMax: 3, password: 'secret 9' })
    await page.goto(`${trial.home}/?view=files&path=${HOME}`)
    await page.getByRole('button', { name: 'Mis enlaces públicos' }).click()
    await page.getByRole('button', { name: /^Cambiar el enlace/ }).click()
    await page.getByLabel('Sin contraseña').waitFor()
    await assertFits(page)
    await assertAccessible(page, 'a link that is changed')
  })
