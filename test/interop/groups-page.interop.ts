/**
 * Groups of people in a browser, and files that are shared with them, over the real gateway. Needs
 * chromium and the built page (`vite build web`).
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { MemoryFiles } from '../../src/services/files/memory-files.test-helper.ts'
import type { FileUser } from '../../src/services/files/types.ts'
import { FakeAccounts } from './fake-accounts.ts'
import { FakeRing } from './fake-member.ts'
import { logIn } from './log-in.ts'
import { freshWindow, PAGE_ROOT } from './page-browser.ts'
import { assertAccessible, assertFits } from './page-checks.ts'

const ANA: FileUser = { nick: 'ana', isManager: false, mayWrite: true, groups: [] }

/** Her own folder. */
const HOME = `/home/${ANA.nick}`

/** Logged in, at that view. */
async function begin(nick: 'admin' | 'ana', search: string) {
  const accounts = new FakeAccounts()
  const files = new MemoryFiles({ clock: { wallMs: () => Date.parse('2026-11-21T10:00:00Z') } })
  await using opening = new AsyncDisposableStack()
  const ring = opening.use(
    await FakeRing.start({
      members: 3,
      pageRoot: PAGE_ROOT,
      scripts: {},
      accounts,
      files,
    }),
  )
  const opened = opening.use(await freshWindow())
  const { page } = opened
  const home = `${ring.member('m1').url}/`
  await page.goto(`${home}?view=login`)
  await logIn(page, nick, `${nick}-secret`)
  const from = { address: undefined, client: 'a laptop' }
  const { accessToken } = await accounts.logIn({ nick: 'admin', password: 'admin-secret' }, from)
  const admin = await accounts.authenticate(accessToken)
  const closing = opening.move()
  return {
    ...opened,
    accounts,
    files,
    admin,
    open: () => page.goto(`${home}?view=${search}`),
    shows: (text: string | RegExp) => page.getByText(text).first().waitFor(),
    button: (name: string) => page.getByRole('button', { name, exact: true }),
    /** Nothing but what was refused is told in the console. */
    assertNoFaults: () =>
      assert.deepEqual(
        opened.complaints.filter((text) => !/status of (403|404|409|422) /.test(text)),
        [],
      ),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

test('groups: are made, people put in and made owners, a group deleted', async () => {
  await using trial = await begin('admin', 'people')
  const { accounts, admin, page } = trial
  await trial.open()
  const card = page.getByRole('region', { name: 'Groups' })
  await card.getByText('There are no groups yet.').waitFor()
  await card.getByText('Make a group').click()
  await card.getByLabel('Name', { exact: true }).fill('-lab')
  await page.keyboard.press('Enter')
  await card.getByText(/begins with none of those two/).waitFor()
  await card.getByLabel('Name', { exact: true }).fill('lab')
  await card.getByLabel('Title, as people read it').fill('The laboratory')
  await page.keyboard.press('Enter')
  await card.getByText('The group is made.').waitFor()
  await card.getByText('The laboratory lab, 0 people').click()
  await card.getByText('Nobody is in it.').waitFor()
  const field = card.getByRole('combobox', { name: 'Nick of an account' })
  await field.fill('an')
  await card.getByRole('option', { name: /^ana/ }).click()
  await card.getByLabel('What ana is in the group').selectOption('owner')
  await card.getByText('The laboratory lab, 1 person').waitFor()
  await field.fill('stranger')
  await page.keyboard.press('Enter')
  await card.getByText(/no user "stranger"/).waitFor()
  await assertAccessible(page, 'groups')
  await assertFits(page)
  const people = async () =>
    (await accounts.groups.people(admin, 'lab')).map(({ nick, place }) => `${nick} ${place}`)
  assert.deepEqual(await people(), ['ana owner'])

  await card.getByRole('button', { name: 'Delete the group lab' }).click()
  await card.getByRole('button', { name: 'Delete the group', exact: true }).click()
  await card.getByText('There are no groups yet.').waitFor()
  trial.assertNoFaults()
})

test('groups: an owner changes who is in it from the own account', async () => {
  await using trial = await begin('ana', 'account')
  const { accounts, admin, page } = trial
  for (const name of ['lab', 'desk']) await accounts.groups.make(admin, { name })
  await accounts.groups.put(admin, { name: 'lab', nick: 'ana' }, 'owner')
  await trial.open()
  const card = page.getByRole('region', { name: 'Your groups' })
  await card.getByText('lab lab, 1 person').click()
  assert.equal(await card.getByText('desk').count(), 0, 'only those that one is in')
  await card.getByRole('combobox', { name: 'Nick of an account' }).fill('beto')
  await page.keyboard.press('Enter')
  await card.getByRole('button', { name: 'Take beto out of the group' }).click()
  await card
    .getByRole('button', { name: 'Take beto out of the group' })
    .waitFor({ state: 'detached' })
  await assertAccessible(page, 'own groups')
  await card.getByRole('button', { name: 'Leave the group' }).click()
  await card.waitFor({ state: 'detached' })
  assert.deepEqual(await accounts.groups.people(admin, 'lab'), [])
  trial.assertNoFaults()
})

test('share: a file, by keyboard, with a group and a person that are suggested as one types', async () => {
  await using trial = await begin('ana', `files&path=${encodeURIComponent(HOME)}`)
  const { accounts, admin, button, files, page, shows } = trial
  await accounts.groups.make(admin, { name: 'bench', title: 'Who measures' })
  const upload = await files.write(ANA, `${HOME}/plan.txt`, { how: 'replace' })
  await upload.commit()
  await trial.open()
  await page.getByRole('row', { name: 'plan.txt' }).click()
  await button('Share').click()
  await shows('It holds for this file alone')
  const now = page.getByRole('region', { name: 'Who may, as “ana” says' })
  await now.waitFor()
  assert.deepEqual(await now.getByRole('listitem').allTextContents(), [
    'ana all, and share',
    'With an accountnothing',
    'Guests, without onenothing',
  ])
  await assertAccessible(page, 'who may')
  await page.getByLabel('As I say here').check()
  const field = page.getByRole('combobox', { name: 'Nick, or name of a group' })
  await field.focus()
  await page.keyboard.type('be')
  const list = page.getByRole('listbox', { name: 'Nick, or name of a group' })
  await list.getByRole('option', { name: /^bench Who measures group$/ }).waitFor()
  await shows('2 suggestions')
  await assertAccessible(page, 'suggestions')
  await page.keyboard.press('ArrowDown')
  await list.getByRole('option', { name: /^bench/, selected: true }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByLabel('What bench may do').selectOption('write')
  await page.keyboard.press('Tab')
  await field.focus()
  await page.keyboard.type('be')
  await list.getByRole('option', { name: /^beto/ }).waitFor()
  assert.equal(await list.getByRole('option').count(), 1, 'who is listed is not suggested')
  await page.keyboard.press('Escape')
  await list.waitFor({ state: 'hidden' })
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.getByLabel('What beto may do').waitFor()
  await field.fill('a b')
  await page.keyboard.press('Enter')
  await shows('Type the nick of an account')
  await field.fill('group:strangers')
  await page.keyboard.press('Enter')
  await shows('There is no group “strangers”.')
  await field.fill('nemo')
  await page.keyboard.press('Enter')
  await shows('There is no user "nemo".')
  assert.equal(await page.getByLabel('What nemo may do').count(), 0)
  await field.fill('bet')
  await page.keyboard.press('Enter')
  await shows('There is no user "bet".')
  await field.fill('Admin')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Take admin off the list' }).click()
  await button('Save').click()
  await shows('Saved.')
  assert.deepEqual(await files.grants(ANA, `${HOME}/plan.txt`), {
    everyone: 'nothing',
    guests: 'nothing',
    people: { ana: 'own', beto: 'read' },
    groups: { bench: 'write' },
  })
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  trial.assertNoFaults()
})
