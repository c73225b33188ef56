/**
 * Accounts on the page in a browser, over the real gateway with accounts in memory behind it. Needs
 * chromium and the built page (`vite build web`).
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { BrowserContextOptions, Page } from 'playwright-core'

import { MemoryFiles } from '../../src/services/files/memory-files.test-helper.ts'
import type { Window } from '../../tools/lib/chromium.ts'
import { FakeAccounts } from './fake-accounts.ts'
import { FakeRing, refOf } from './fake-member.ts'
import { freshWindow, PAGE_ROOT } from './page-browser.ts'
import { assertAccessible, assertFits } from './page-checks.ts'
import { SCRIPTS } from './scripts.ts'

const PASSWORDS = { ana: 'ana-secret', beto: 'beto-secret', admin: 'admin-secret' } as const

interface Trial extends Window, AsyncDisposable {
  readonly ring: FakeRing
  readonly accounts: FakeAccounts
  readonly home: string
}

interface TrialOptions extends BrowserContextOptions {
  /** Whether who shows no credential may look. */
  readonly hasGuests?: boolean
  /** What is asked for behind the address. */
  readonly search?: string
}

async function begin({ hasGuests = true, search = '', ...context }: TrialOptions = {}) {
  const accounts = new FakeAccounts()
  await using opening = new AsyncDisposableStack()
  const ring = opening.use(
    await FakeRing.start({
      members: 3,
      pageRoot: PAGE_ROOT,
      scripts: SCRIPTS,
      accounts,
      files: new MemoryFiles({ clock: { wallMs: () => 0 } }),
      hasGuests,
    }),
  )
  const opened = opening.use(await freshWindow(context))
  const home = `${ring.member('m1').url}/`
  await opened.page.goto(`${home}${search}`)
  const closing = opening.move()
  const trial: Trial = {
    ...opened,
    ring,
    accounts,
    home,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
  return trial
}

async function logIn(page: Page, nick: keyof typeof PASSWORDS): Promise<void> {
  await page.locator('input[name=nick]').fill(nick)
  await page.locator('input[name=password]').fill(PASSWORDS[nick])
  await page.keyboard.press('Enter')
  await page.locator('.asker__nick', { hasText: nick }).waitFor()
}

async function shows(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor()
}

const isShown = async (page: Page, selector: string): Promise<boolean> =>
  (await page.locator(selector).count()) > 0

/** What was refused is told in the console, too, and scripts that a sandbox stopped. */
const NO_FAULT = [/status of (401|403|404|409|422) /, /'allow-scripts' permission is not set/]

function assertNoFaults({ complaints }: Window): void {
  const faults = complaints.filter((text) => !NO_FAULT.some((known) => known.test(text)))
  assert.deepEqual(faults, [])
}

test('log-in: by keyboard alone, a wrong password is told, and no script can read the session', async () => {
  await using trial = await begin()
  const { page } = trial
  await page.locator('.ring .member').first().waitFor()
  await page.getByRole('link', { name: 'Log in' }).focus()
  await page.keyboard.press('Enter')
  await page.locator('input[name=nick]:focus').waitFor()
  await page.keyboard.type('ana')
  await page.keyboard.press('Tab')
  await page.keyboard.type('not her password')
  await page.keyboard.press('Enter')
  await shows(page, 'Incorrect nick/password combination.')
  await page.locator('input[name=password]:focus[aria-invalid=true]').waitFor()
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.type(PASSWORDS.ana)
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'ana, your account' }).waitFor()
  await page.locator('.ring .member').first().waitFor()
  assert.equal(await page.evaluate<string>('document.cookie'), '')
  const kept = await page.evaluate<string>('JSON.stringify({ ...localStorage, ...sessionStorage })')
  assert.doesNotMatch(kept, /ana|access|refresh/)
  await page.reload()
  await page.getByRole('link', { name: 'ana, your account' }).waitFor()
  assertNoFaults(trial)
})

test('register: a taken nick and a short password are told where they are, the rest logs in', async () => {
  await using trial = await begin({ search: '?view=register' })
  const { page, accounts } = trial
  const submit = page.getByRole('button', { name: 'Register' })
  await page.locator('input[name=nick]').fill('Ana')
  await page.locator('input[name=password]').fill('long enough')
  await submit.click()
  await shows(page, 'The nick "ana" is taken. Choose another.')
  await page.locator('input[name=nick]:focus[aria-invalid=true]').waitFor()
  await page.locator('input[name=nick]').fill('carla')
  await page.locator('input[name=password]').fill('short')
  await submit.click()
  await shows(page, 'A password has 8 to 200 characters')
  await page.locator('input[name=password]:focus[aria-invalid=true]').waitFor()
  await page.locator('input[name=password]').fill('long enough')
  accounts.isRegistrationOpen = false
  await submit.click()
  await shows(page, 'New accounts are made by an administrator here: ask one.')
  await submit.waitFor({ state: 'detached' })
  await page.getByRole('link', { name: 'Log in with it' }).click()
  await shows(page, 'No account yet? New accounts are made by an administrator here: ask one.')
  assert.equal(await page.getByRole('link', { name: 'Make one' }).count(), 0)
  await page.goBack()
  await page.reload()
  await shows(page, 'New accounts are made by an administrator here: ask one.')
  assert.equal(await page.locator('main input').count(), 0)
  accounts.isRegistrationOpen = true
  await page.reload()
  await page.locator('input[name=nick]').fill('carla')
  await page.locator('input[name=password]').fill('long enough')
  await submit.click()
  await page.getByRole('link', { name: 'carla, your account' }).waitFor()
  assertNoFaults(trial)
})

test('register: who makes an account on the way to a view comes to that view', async () => {
  await using trial = await begin({ search: '?view=archive', hasGuests: false })
  const { page } = trial
  await page.getByRole('link', { name: 'Make one' }).click()
  await page.locator('input[name=nick]').fill('carla')
  await page.locator('input[name=password]').fill('long enough')
  await page.getByRole('button', { name: 'Register' }).click()
  await page.getByRole('link', { name: 'carla, your account' }).waitFor()
  await page.waitForURL(/[?]view=archive$/)
  assertNoFaults(trial)
})

test('tokens: one that is too old is renewed unseen, in the frame of a page too', async () => {
  await using trial = await begin({ hasGuests: false })
  const { page, accounts, ring } = trial
  await logIn(page, 'beto')
  await page.locator('.ring .member').first().waitFor()
  accounts.expireTokens()
  await page.getByRole('textbox').fill(':19490')
  await page.keyboard.press('Enter')
  await page.frameLocator('iframe').getByRole('heading').first().waitFor()
  assert.equal(accounts.renewals, 1)
  await page.getByRole('tab', { name: 'Story' }).click()
  accounts.expireTokens()
  await page.getByRole('tab', { name: 'Page' }).click()
  await page.frameLocator('iframe').getByRole('heading').first().waitFor()
  assert.equal(accounts.renewals, 2)
  const frame = await (await page.locator('iframe').elementHandle())?.contentFrame()
  assert.ok(frame?.url().startsWith(ring.member('m1').replayUrl) === true)
  accounts.expireTokens()
  const saved = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Save the body' }).click()
  await saved
  assert.equal(accounts.renewals, 3)
  assertNoFaults(trial)
})

test('fail-over: a person stays logged in when the member dies, and goes on', async () => {
  await using trial = await begin({ hasGuests: false })
  const { page, ring, accounts } = trial
  await logIn(page, 'beto')
  await page.locator('.ring .member').first().waitFor()
  await ring.kill('m1')
  await page.locator('.door__name', { hasText: /^m[23] / }).waitFor()
  accounts.expireTokens()
  await page.getByRole('link', { name: 'beto, your account' }).click()
  await shows(page, 'Where you are logged in')
  await page.getByLabel('Name', { exact: true }).fill('Beto B.')
  await page.getByRole('button', { name: 'Save the name' }).click()
  await shows(page, 'The name is changed.')
  assert.equal((await accounts.user('beto')).name, 'Beto B.')
})

test('without guests: nothing of the ring is asked for or shown before the log-in and after', async () => {
  await using trial = await begin({ hasGuests: false })
  const { page, accounts } = trial
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await page.reload()
  await page.locator('input[name=nick]:focus').waitFor()
  assert.deepEqual(
    asked.filter((path) => path.startsWith('/v1/') && !path.startsWith('/v1/auth/')),
    [],
  )
  assert.equal(await isShown(page, '#address'), false)
  await logIn(page, 'ana')
  await page.locator('#address').waitFor()
  // A member uses the services, and is told of no machines.
  for (const part of ['.ring', '.store', '.log']) assert.equal(await isShown(page, part), false)
  await page.getByRole('textbox').fill(':19490')
  await page.keyboard.press('Enter')
  await page.frameLocator('iframe').getByRole('heading').first().waitFor()
  await page.getByRole('tab', { name: 'Story' }).click()
  await shows(page, /^The ring downloaded this page from/)
  assert.equal(asked.includes('/v1/ring'), false)
  await page.getByRole('link', { name: 'ana, your account' }).click()
  await page.getByRole('navigation').getByRole('button', { name: 'Log out' }).click()
  await page.locator('input[name=nick]:visible').waitFor()
  assert.equal(accounts.sessionsOf('ana'), 0)
  assert.equal(await isShown(page, '.result'), false)
  assert.equal(await isShown(page, '.entering__why'), false)
  assert.equal(await page.evaluate<string>('localStorage["anillo.recents"]'), '[]')
  assertNoFaults(trial)
})

test('sessions: are listed, ended one by one, and all at once', async () => {
  await using trial = await begin({ search: '?view=account' })
  const { page, accounts } = trial
  await shows(page, 'Log in first to see this.')
  const login = { nick: 'ana', password: PASSWORDS.ana }
  await accounts.logIn(login, { address: undefined, client: 'an old telephone' })
  await logIn(page, 'ana')
  const rows = page.getByRole('list', { name: 'Where you are logged in' }).getByRole('listitem')
  await rows.nth(1).waitFor()
  assert.equal(await rows.filter({ hasText: 'this one' }).getByRole('button').count(), 0)
  await page.getByRole('button', { name: 'End the session of an old telephone' }).click()
  await shows(page, 'The session is ended.')
  await rows.nth(1).waitFor({ state: 'detached' })
  await accounts.logIn(login, { address: undefined, client: '' })
  const everywhere = page.getByRole('button', { name: 'Log out everywhere' })
  await everywhere.click()
  await page.getByRole('button', { name: 'Rather not' }).and(page.locator(':focus')).waitFor()
  await page.keyboard.press('Escape')
  await everywhere.and(page.locator(':focus')).waitFor()
  assert.equal(accounts.sessionsOf('ana'), 2)
  await everywhere.click()
  await everywhere.click()
  await page.getByRole('link', { name: 'Log in' }).waitFor()
  assert.equal(accounts.sessionsOf('ana'), 0)
  await page.locator('.notice').waitFor({ state: 'detached' })
  assertNoFaults(trial)
})

test('a session that is ended from elsewhere is told, in each window of the browser', async () => {
  await using trial = await begin()
  const { page, accounts } = trial
  await page.getByRole('link', { name: 'Log in' }).click()
  await logIn(page, 'ana')
  const other = await page.context().newPage()
  await other.goto(trial.home)
  await other.getByRole('link', { name: 'ana, your account' }).waitFor()
  accounts.endAll('ana')
  await page.getByRole('textbox').fill(':19490')
  await page.keyboard.press('Enter')
  await shows(page, 'Your session has ended. Log in again to go on.')
  await page.locator('.notice').getByRole('link', { name: 'Log in' }).click()
  await logIn(page, 'ana')
  await page.locator('.notice').waitFor({ state: 'detached' })
  // The other window hears of it.
  await page.getByRole('link', { name: 'ana, your account' }).click()
  await page.getByRole('button', { name: 'Log out here' }).click()
  await other.getByRole('link', { name: 'Log in' }).first().waitFor()
  assertNoFaults(trial)
})

test('keys: made for some of what one may, shown once, removed when asked twice', async () => {
  await using trial = await begin({ search: '?view=account' })
  const { page, accounts } = trial
  await logIn(page, 'ana')
  await page.getByText('Make a key').click()
  const form = page.getByRole('form', { name: 'Make a key' })
  await form.getByLabel('What it is for').fill('backup at home')
  assert.equal(await form.getByText('see all accounts').count(), 0)
  await form.getByRole('button', { name: 'Make the key' }).click()
  await shows(page, 'Choose at least one thing that it may do.')
  await form.getByLabel('read pages that the ring keeps').check()
  await form.getByLabel('It holds').selectOption('a day')
  await form.getByRole('button', { name: 'Make the key' }).click()
  const secret = await page.getByLabel('The key', { exact: true }).last().inputValue()
  assert.match(secret, /^anillo-k\.ana\./)
  const [key] = await accounts.keys('ana')
  assert.deepEqual(key?.permissions, ['pages.read'])
  const lastsMs = Date.parse(key?.expiresAt ?? '') - Date.parse(key?.createdAt ?? '')
  assert.equal(lastsMs, 86_400_000)
  await page.getByRole('button', { name: 'I have it' }).click()
  await page.reload()
  await page.getByRole('button', { name: 'Remove the key backup at home' }).waitFor()
  assert.doesNotMatch(await page.content(), /anillo-k\./)
  await page.getByRole('button', { name: 'Remove the key backup at home' }).click()
  await page.locator(':focus', { hasText: 'Rather not' }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Remove the key backup at home' }).click()
  await page.getByRole('button', { name: 'Remove', exact: true }).click()
  await shows(page, 'The key is removed.')
  assert.deepEqual(await accounts.keys('ana'), [])
  assertNoFaults(trial)
})

test('password and end: the old one is asked for, and a deleted account is gone', async () => {
  await using trial = await begin({ search: '?view=account' })
  const { page, accounts } = trial
  await logIn(page, 'ana')
  const change = page.getByRole('button', { name: 'Change the password' })
  await page.getByLabel('Password so far', { exact: true }).fill('a wrong one')
  await page.getByLabel('New password', { exact: true }).fill('another secret')
  await change.click()
  await shows(page, 'Incorrect nick/password combination.')
  await page.getByLabel('Password so far', { exact: true }).fill(PASSWORDS.ana)
  await page.getByRole('button', { name: 'Show: New password' }).click()
  await page
    .locator('input[type=text]')
    .and(page.getByLabel('New password', { exact: true }))
    .waitFor()
  await change.click()
  await shows(page, 'The password is changed')
  await page.getByText('It cannot be brought back').click()
  await page.getByRole('textbox', { name: 'Password', exact: true }).fill('another secret')
  await page.getByRole('button', { name: 'Delete it for good' }).click()
  await page.getByRole('link', { name: 'Log in' }).waitFor()
  await assert.rejects(accounts.user('ana'), { code: 'NO_USER' })
  assertNoFaults(trial)
})

test('rights: what a person may not do is not offered, and is told where it is asked for', async () => {
  await using trial = await begin({ search: '?view=people' })
  const { page, accounts, ring } = trial
  await logIn(page, 'ana')
  await shows(
    page,
    'Your account may not see all accounts, give roles, suspend and delete. An administrator can allow it.',
  )
  const menu = page.getByRole('navigation')
  const offered = await menu.getByRole('link').allTextContents()
  assert.deepEqual(offered, [
    'Ring',
    'Crawls',
    'Pages kept',
    'In this browser',
    'Files',
    'Sharing',
    'Dweets',
    'Your account',
  ])
  const since = new Date().toISOString()
  ring.waiting.push({ code: '482913', address: '192.168.1.17:9300', name: 'kitchen', since })
  ring.tell({ kind: 'waiting', member: refOf(ring.member('m2')) })
  await menu.getByRole('link', { name: 'Ring', exact: true }).click()
  await page.locator('.log').getByText('has a newcomer waiting').waitFor()
  assert.equal(await isShown(page, '.waiting__card'), false)
  // Given the right, it is offered.
  accounts.grant('ana', 'operator')
  await page.reload()
  await page.getByRole('button', { name: 'Let kitchen in' }).waitFor()
  await page.getByRole('link', { name: 'ana, your account' }).click()
  await menu.getByRole('link', { name: 'Audit log' }).click()
  await page.locator('#audit tbody tr').first().waitFor()
  // Taken away while it is on show, the next question finds out.
  accounts.grant('ana', 'member')
  await menu.getByRole('link', { name: 'Your account' }).click()
  await page.goBack()
  await shows(page, 'Your account may not read who did what that concerns security.')
  assertNoFaults(trial)
})

test('administration: role, grants, access, password and end of an account, and the log of it', async () => {
  await using trial = await begin({ search: '?view=people' })
  const { page, accounts } = trial
  const from = { address: undefined, client: 'a laptop' }
  const tokens = await accounts.logIn({ nick: 'ana', password: PASSWORDS.ana }, from)
  const ana = await accounts.authenticate(tokens.accessToken)
  await accounts.makeKey(ana, 'ana', { name: 'nightly', permissions: ['pages.read'] })
  accounts.shutOut('ana')
  await logIn(page, 'admin')
  await page.getByRole('button', { name: 'Open the account ana' }).click()
  const card = page.getByRole('region', { name: 'ana' })
  await page.locator('h2:focus', { hasText: 'ana' }).waitFor()
  await card.getByLabel('change such records, hold locks').check()
  await card.getByRole('button', { name: 'Save role and rights' }).click()
  await card.getByText('Saved; it counts at once').waitFor()
  assert.deepEqual((await accounts.user('ana')).grants, ['store.write'])
  await card.getByRole('radio', { name: /^operator/ }).check()
  await card.getByRole('button', { name: 'Save role and rights' }).click()
  await page.locator('#people tr', { hasText: 'ana' }).getByText('operator').waitFor()
  assert.deepEqual((await accounts.user('ana')).grants, [], 'the role gives it already')
  const room = card.getByRole('form', { name: 'Room for files' })
  await card.getByText(/stored, of any number/).waitFor()
  const bytes = room.getByRole('group', { name: 'May store' })
  await bytes.getByRole('radio', { name: 'at most' }).check()
  await bytes.getByRole('textbox').fill('1.5')
  await room.getByRole('button', { name: 'Save the limits' }).click()
  await card.getByText(/stored, of 1\.5/).waitFor()
  const sessions = card.getByRole('list', { name: 'Where it is logged in' })
  await sessions.getByRole('button', { name: 'End the session of a laptop' }).click()
  await card.getByText('The session is ended.').waitFor()
  await card.getByText('It is logged in nowhere.').waitFor()
  assert.equal(accounts.sessionsOf('ana'), 0)
  await card.getByRole('button', { name: 'Remove the key nightly' }).click()
  await card.getByRole('button', { name: 'Remove', exact: true }).click()
  await card.getByText('The key is removed.').waitFor()
  assert.deepEqual(await accounts.keys('ana'), [])
  await card.getByText('Shut out until').waitFor()
  await card.getByRole('button', { name: 'Suspend' }).click()
  await card.getByText('Suspended, and logged out everywhere.').waitFor()
  await card.getByRole('button', { name: 'Let it in again' }).click()
  await card.getByText('The account can log in again.').waitFor()
  await card.getByRole('textbox', { name: 'New password' }).fill('given by admin')
  await card.getByRole('button', { name: 'Change the password' }).click()
  await card.getByText('the account is logged out everywhere').waitFor()
  assert.equal(await card.getByText('Shut out until').count(), 0)
  await card.getByRole('button', { name: 'Delete it for good' }).click()
  await card.getByRole('button', { name: 'Delete it for good' }).click()
  await card.waitFor({ state: 'detached' })
  await page.locator('#people tr', { hasText: 'ana' }).waitFor({ state: 'detached' })

  await page.getByText('Make an account for somebody').click()
  const form = page.getByRole('form', { name: 'Make an account for somebody' })
  await form.getByLabel('Nick', { exact: true }).fill('dora')
  await form.getByRole('textbox', { name: 'Password', exact: true }).fill('long enough')
  await form.getByRole('button', { name: 'Make it' }).click()
  await page.getByRole('region', { name: 'dora' }).waitFor()
  await page.getByRole('button', { name: 'Open the account admin' }).click()
  const own = page.getByRole('region', { name: 'admin' })
  await own.getByText('This is your own account.').waitFor()
  await own.getByRole('radio', { name: /^member/ }).check()
  await own.getByRole('button', { name: 'Save role and rights' }).click()
  await own.getByText('There must be another administrator first.').waitFor()

  await page.getByRole('link', { name: 'Audit log' }).click()
  await page.locator('#audit tr', { hasText: 'user.remove' }).getByText('admin').waitFor()
  assertNoFaults(trial)
})

const WINDOWS = [
  { name: 'wide and light', options: { viewport: { width: 1440, height: 900 } } },
  {
    name: 'narrow and dark, Spanish',
    options: { viewport: { width: 360, height: 740 }, colorScheme: 'dark', locale: 'es-ES' },
  },
] as const satisfies readonly { name: string; options: BrowserContextOptions }[]

for (const { name, options } of WINDOWS) {
  test(`axe finds no fault in any view of accounts, nothing overflows: ${name}`, async () => {
    await using trial = await begin({ ...options, search: '?view=login' })
    const { page, home, accounts } = trial
    const check = async (view: string): Promise<void> => {
      await assertAccessible(page, view)
      await assertFits(page)
    }
    await page.locator('input[name=nick]').fill('nobody_knows')
    await page.locator('input[name=password]').fill('whatever it is')
    await page.keyboard.press('Enter')
    await page.locator('.outcome--trouble').waitFor()
    await check('log-in, refused')
    await page.locator('.entering__other a').click()
    await page.locator('input[name=name]').waitFor()
    await check('registration')
    await page.goto(`${home}?view=account`)
    await logIn(page, 'admin')
    await page.locator('.rows').first().waitFor()
    for (const summary of await page.locator('.disclosure > summary').all()) await summary.click()
    await check('the own account')
    await page.locator('.disclosure input[name=name]').fill('a'.repeat(60))
    for (const box of await page.locator('.disclosure .box input').all()) await box.check()
    await page.locator('.disclosure button[type=submit]').first().click()
    await page.locator('.secret').waitFor()
    await page.locator('.rows .button').last().click()
    await check('a key, and one to be removed')
    await page.locator('.menu__link[href*=people]').click()
    await page.locator('#people tbody button').nth(1).click()
    await page.locator('.person form').first().waitFor()
    await check('an account that is managed')
    await page.locator('.menu__link[href*=audit]').click()
    await page.locator('#audit tbody tr').first().waitFor()
    await check('the audit log')
    accounts.grant('admin', 'member')
    await page.goto(`${home}?view=audit`)
    await page.locator('main.accounts > .note').waitFor()
    await check('a view that is denied')
    await page.locator('.menu__link').first().click()
    await page.locator('.ring .member').first().waitFor()
    accounts.endAll('admin')
    await page.reload()
    await page.locator('.notice').waitFor()
    await check('the ring, a session ended')
    assertNoFaults(trial)
  })
}
