/**
 * The file manager in a browser, over the real gateway with a tree in memory behind it, the same at
 * every door. Needs chromium and the built page (`vite build web`).
 */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { test } from 'node:test'

import {
  ANA,
  HOME,
  WIDE,
  NARROW,
  begin,
  row,
  button,
  shows,
  hasNone,
  assertNoFaults,
} from './files-trial.ts'
import { assertAccessible, assertFits } from './page-checks.ts'

test('list: by keyboard alone, with a name, another name, the trash and back', async () => {
  await using trial = await begin()
  const { page } = trial
  for (const name of ['notes.txt', 'photo.png', 'img10.png', 'img2.png'])
    await trial.has(`${HOME}/${name}`, 'x'.repeat(3_000))
  await trial.files.makeFolder(ANA, `${HOME}/Letters`)
  await trial.open(HOME)
  const grid = page.getByRole('grid', { name: 'In ana' })
  await grid.focus()
  assert.deepEqual(await page.locator('.entries__text').allTextContents(), [
    'Letters',
    'img2.png',
    'img10.png',
    'notes.txt',
    'photo.png',
  ])
  await assertAccessible(page, 'a folder')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Shift+End')
  await shows(page, '4 chosen, 12 KiB')
  await page.keyboard.press('Control+a')
  await shows(page, '5 chosen')
  await page.keyboard.press('Escape')
  await shows(page, '5 entries')

  await page.keyboard.type('no')
  await page.keyboard.press('F2')
  await page.getByRole('dialog', { name: 'Rename “notes.txt”' }).waitFor()
  await assertAccessible(page, 'another name')
  // The extension is not chosen, and stays.
  await page.keyboard.type('img2')
  assert.equal(await page.locator('input[name=name]').inputValue(), 'img2.txt')
  await page.locator('input[name=name]').fill('img2.png')
  await page.keyboard.press('Enter')
  await shows(page, 'Something here is called so already')
  await page.locator('input[name=name]').fill('plans.txt')
  await page.keyboard.press('Enter')
  await shows(page, 'It is called “plans.txt” now.')
  await row(page, 'plans.txt').waitFor()
  await grid.and(page.locator(':focus')).waitFor()

  await page.keyboard.press('Delete')
  await shows(page, 'Deleted: “plans.txt”.')
  await hasNone(page, 'plans.txt')
  await page.keyboard.press('Control+z')
  await shows(page, 'It is as it was before.')
  await row(page, 'plans.txt').waitFor()

  await button(page, 'New folder').press('Enter')
  await page.getByRole('dialog', { name: 'New folder' }).waitFor()
  await page.keyboard.type('Año nuevo')
  await page.keyboard.press('Enter')
  await row(page, 'Año nuevo').waitFor()
  await grid.focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('Enter')
  await page.getByRole('grid').waitFor({ state: 'detached' })
  await shows(page, 'This folder is empty.')
  await page.goBack()
  await row(page, 'plans.txt').waitFor()
  assertNoFaults(trial)
})

test('move and copy: into a folder of the tree, beside what has the name, and back', async () => {
  await using trial = await begin()
  const { page, files } = trial
  await files.makeFolder(ANA, `${HOME}/Letters`)
  await trial.has(`${HOME}/a.txt`, 'new')
  await trial.has(`${HOME}/b.txt`, 'b')
  await trial.has(`${HOME}/Letters/a.txt`, 'old')
  await trial.open(HOME)
  await row(page, 'a.txt').click()
  await row(page, 'b.txt').click({ modifiers: ['Control'] })
  await button(page, 'Move').click()
  await page.getByRole('treeitem', { name: 'Letters' }).waitFor()
  await assertAccessible(page, 'a tree')
  // The tree stands at the folder on show; what is in it is one further.
  await page.locator('[role=tree]:focus').waitFor()
  await page.keyboard.press('ArrowDown')
  await page.getByRole('button', { name: 'Move to Letters' }).click()
  await page.getByRole('dialog', { name: 'The name is taken' }).waitFor()
  await assertAccessible(page, 'a name that is taken')
  await button(page, 'Keep both').click()
  await shows(page, 'Moved to Letters: 2 things.')
  await hasNone(page, 'b.txt')
  assert.equal(String(await trial.content(`${HOME}/Letters/a (2).txt`)), 'new')
  await button(page, 'Undo').click()
  await row(page, 'b.txt').waitFor()
  assert.equal(String(await trial.content(`${HOME}/a.txt`)), 'new')

  await row(page, 'b.txt').click()
  await button(page, 'Copy').click()
  await button(page, 'Copy to ana').click()
  await row(page, 'b (2).txt').waitFor()
  await row(page, 'b (2).txt').dragTo(row(page, 'Letters'))
  await shows(page, 'Moved to Letters: “b (2).txt”.')
  assert.equal(String(await trial.content(`${HOME}/Letters/b (2).txt`)), 'b')
  assertNoFaults(trial)
})

test('10,000 entries: few are drawn, all are counted, and the ends are a key away', async () => {
  await using trial = await begin()
  const { page } = trial
  for (let n = 0; n < 10_000; n++) await trial.files.makeFolder(ANA, `${HOME}/file ${n}`)
  await trial.open(HOME)
  await shows(page, '10,000 entries')
  const grid = page.getByRole('grid')
  assert.equal(await grid.getAttribute('aria-rowcount'), '10001')
  assert.ok((await page.locator('.entries__body [role=row]').count()) < 60)
  await grid.focus()
  await page.keyboard.press('End')
  await row(page, 'file 9999').waitFor()
  assert.equal(await row(page, 'file 9999').getAttribute('aria-rowindex'), '10001')
  const active = await grid.getAttribute('aria-activedescendant')
  assert.equal(await row(page, 'file 9999').getAttribute('id'), active)
  await grid.evaluate((one) => one.scrollTo(0, 0))
  await row(page, 'file 0 ').waitFor()
  await page.keyboard.press('Control+a')
  await shows(page, '10,000 chosen')
  await assertAccessible(page, 'a long list')
  assertNoFaults(trial)
})

test('upload: the connection is cut in between, and it goes on at another member', async () => {
  const { promise: half, resolve: isHalf } = Promise.withResolvers<void>()
  const { promise: killed, resolve: isKilled } = Promise.withResolvers<void>()
  const written: string[] = []
  let pushes = 0
  await using trial = await begin({
    before: async (call, path) => {
      if (call === 'write') written.push(path)
      if (call !== 'push' || ++pushes !== 20) return
      isHalf()
      await killed
    },
  })
  const { page, ring } = trial
  await trial.open(HOME)
  const content = Buffer.alloc(6_000_000, 'The quick brown fox. ')
  const file = { name: 'large.bin', mimeType: 'application/octet-stream', buffer: content }
  await page.locator('input[name=files]').setInputFiles(file)
  await half
  await page.getByRole('progressbar', { name: 'Upload of large.bin' }).waitFor()
  await assertAccessible(page, 'an upload')
  await ring.kill('m1')
  isKilled()
  await shows(page, '1 of 1 done')
  await page.locator('.upload--done').waitFor()
  assert.deepEqual(await trial.content(`${HOME}/large.bin`), content)
  assert.ok(written.length > 1, 'it was gone on with')
  // What had arrived was not sent again.
  assert.ok(pushes * 65_536 < 2 * content.length, `${pushes} pieces`)
  await page.locator('.door__name', { hasText: /m[23]/ }).waitFor()
  await row(page, 'large.bin').waitFor()
  assertNoFaults(trial)
})

test('upload: pause and go on, a folder with what is in it, a name that is taken, no room', async () => {
  const { promise: half, resolve: isHalf } = Promise.withResolvers<void>()
  const { promise: goOn, resolve: letGo } = Promise.withResolvers<void>()
  let pushes = 0
  await using trial = await begin({
    bytesMax: 40_000_000,
    before: async (call) => {
      if (call !== 'push' || ++pushes !== 5) return
      isHalf()
      await goOn
    },
  })
  const { page } = trial
  await trial.open(HOME)
  const input = page.locator('input[name=files]')
  const file = (name: string, content: string | Buffer) => ({
    name,
    mimeType: 'text/plain',
    buffer: Buffer.from(content),
  })
  await input.setInputFiles(file('one.bin', Buffer.alloc(24_000_000, 'one')))
  await half
  await page.getByRole('button', { name: 'Pause the upload of one.bin' }).press('Enter')
  await page.locator('.upload--paused').waitFor()
  letGo()
  await page.getByRole('button', { name: 'Go on with the upload of one.bin' }).press('Enter')
  await page.locator('.upload--done').waitFor()
  assert.equal((await trial.content(`${HOME}/one.bin`)).length, 24_000_000)

  await input.setInputFiles([file('one.bin', 'another'), file('empty', '')])
  await page.getByRole('group', { name: 'There is “one.bin” already.' }).waitFor()
  await assertAccessible(page, 'a name that is taken')
  await button(page, 'Keep both').press('Enter')
  await row(page, 'one (2).bin').waitFor()
  assert.equal((await trial.content(`${HOME}/empty`)).length, 0)

  await input.setInputFiles(file('two.bin', Buffer.alloc(24_000_000, 'two')))
  await shows(page, /more do not fit: .* that ana may have are in use/)
  await page.locator('.upload--failed').waitFor()
  await assertAccessible(page, 'no room')
  await button(page, 'Clear the list').press('Enter')
  await page.getByRole('region', { name: 'Uploads' }).waitFor({ state: 'detached' })

  await page.evaluate(DROP_A_FILE)
  await row(page, 'dropped.txt').waitFor()
  assert.equal(String(await trial.content(`${HOME}/dropped.txt`)), 'from outside')
  assertNoFaults({ ...trial, complaints: trial.complaints.filter((text) => !/ 507 /.test(text)) })
})

/** As a browser tells of a file that is dropped on the folder. */
const DROP_A_FILE = `{
  const dataTransfer = new DataTransfer()
  dataTransfer.items.add(new File(['from outside'], 'dropped.txt'))
  const place = document.querySelector('.files')
  for (const kind of ['dragover', 'drop'])
    place.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }))
}`

/** A picture of one pixel (GIF89a). */
const PICTURE = Buffer.from(
  'R0lGODlhAQABAIAAAP8AAP///yH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==',
  'base64',
)

/** Half a second of silence: RIFF, PCM, 8 kHz, 8 bit. */
function silence(): Buffer {
  const head = Buffer.from('RIFF....WAVEfmt ........................data....')
  const samples = Buffer.alloc(4_000, 0x80)
  head.writeUInt32LE(36 + samples.length, 4)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(8_000, 24)
  head.writeUInt32LE(8_000, 28)
  head.writeUInt16LE(1, 32)
  head.writeUInt16LE(8, 34)
  head.write('data', 36)
  head.writeUInt32LE(samples.length, 40)
  return Buffer.concat([head.subarray(0, 44), samples])
}

/** Run in the page. */
const WIDTH_OF_PICTURE = `{
  const one = document.querySelector('.preview__picture')
  one.decode().then(() => one.naturalWidth)
}`
const SECONDS_OF_SOUND = `{
  const one = document.querySelector('.preview__audio')
  const read = new Promise((resolve) => one.addEventListener('loadedmetadata', resolve))
  Promise.resolve(one.readyState > 0 || read).then(() => one.duration)
}`

test('preview: pictures, sound and text, and what is stored never acts in the page', async () => {
  await using trial = await begin()
  const { page } = trial
  const HOSTILE = '<script>document.title = "taken"</script><img src=x onerror="document.title=1">'
  await trial.has(`${HOME}/a.gif`, PICTURE)
  await trial.has(`${HOME}/b.wav`, silence())
  await trial.has(`${HOME}/c.html`, HOSTILE)
  await trial.has(`${HOME}/d.zip`, 'PK\u0003\u0004')
  await trial.open(HOME)
  await row(page, 'a.gif').dblclick()
  const picture = page.getByRole('img', { name: 'a.gif' })
  await picture.waitFor()
  assert.equal(await page.evaluate(WIDTH_OF_PICTURE), 1)
  await assertAccessible(page, 'a picture')
  await button(page, 'The next one').press('Enter')
  const sound = page.locator('audio.preview__audio')
  await sound.waitFor()
  assert.equal(await page.evaluate(SECONDS_OF_SOUND), 0.5)
  await button(page, 'The next one').press('Enter')
  await page.getByRole('region', { name: 'Text of c.html' }).getByText(HOSTILE).waitFor()
  await assertAccessible(page, 'a text')
  await button(page, 'The next one').press('Enter')
  await shows(page, 'A file of this kind is not shown here.')
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: /^Download/ }).click()
  assert.equal((await download).suggestedFilename(), 'd.zip')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  assert.equal(await page.title(), 'Files · anillo')
  assertNoFaults(trial)
})

test('versions, grants and trash: what was is had again, and others are let in', async () => {
  await using trial = await begin()
  const { page, files } = trial
  await files.makeFolder(ANA, `${HOME}/Letters`)
  await trial.has(`${HOME}/a.txt`, 'first')
  await trial.has(`${HOME}/a.txt`, 'second')
  await trial.open(HOME)
  await row(page, 'a.txt').click()
  await button(page, 'Versions').click()
  await page.getByRole('button', { name: /^Restore the version/ }).waitFor()
  await assertAccessible(page, 'versions')
  await page.getByRole('button', { name: /^Restore the version/ }).click()
  await shows(page, /The file is again what it was until/)
  assert.equal(String(await trial.content(`${HOME}/a.txt`)), 'first')
  await page.keyboard.press('Escape')

  await row(page, 'Letters').click()
  await button(page, 'Share').click()
  await page.getByLabel('As I say here').check()
  await page.getByLabel('What Guests, without one may do').selectOption('read')
  await page.getByRole('combobox', { name: 'Nick, or name of a group' }).fill('Beto')
  await page.keyboard.press('Enter')
  await page.getByLabel('What beto may do').selectOption('write')
  await page.getByLabel('What ana may do').selectOption('read')
  await shows(page, 'You would lock yourself out')
  await page.getByLabel('What ana may do').selectOption('own')
  await assertAccessible(page, 'grants')
  await button(page, 'Save').click()
  await shows(page, 'Saved.')
  assert.deepEqual(await files.grants(ANA, `${HOME}/Letters`), {
    everyone: 'nothing',
    guests: 'read',
    people: { ana: 'own', beto: 'write' },
    groups: {},
  })
  await page.keyboard.press('Escape')
  await button(page, 'Delete').click()
  await shows(page, 'Deleted: “Letters”.')

  await page.getByRole('link', { name: 'Trash' }).click()
  await page.getByRole('heading', { name: 'Trash' }).waitFor()
  await page.getByRole('button', { name: 'Restore Letters' }).waitFor()
  await assertAccessible(page, 'the trash')
  await page.getByRole('button', { name: 'Restore Letters' }).click()
  await shows(page, `It is back at ${HOME}/Letters.`)
  await shows(page, 'The trash is empty.')
  assertNoFaults(trial)
})

for (const colorScheme of ['light', 'dark'] as const)
  for (const viewport of [WIDE, NARROW])
    test(`${colorScheme}, ${viewport.width} px, in Spanish: fits, and axe finds nothing`, async () => {
      await using trial = await begin({ colorScheme, viewport, locale: 'es-ES', bytesMax: 10_000 })
      const { page } = trial
      await trial.has(`${HOME}/${'un nombre muy largo '.repeat(8)}.txt`, 'x')
      await trial.files.makeFolder(ANA, `${HOME}/Cartas`)
      await trial.open(HOME)
      await row(page, 'Cartas').locator('.entries__check').click()
      await shows(page, '1 elegida')
      await assertFits(page)
      await assertAccessible(page, 'a folder')
      await button(page, 'Compartir').click()
      await page.getByLabel('Como digo aquí').check()
      await page.getByRole('combobox', { name: 'Apodo, o nombre de un grupo' }).fill('b')
      await page.getByRole('option', { name: /^beto/ }).waitFor()
      await assertFits(page)
      await assertAccessible(page, 'grants')
      // The list of suggestions, then the dialog.
      await page.keyboard.press('Escape')
      await page.keyboard.press('Escape')
      await page.getByRole('link', { name: 'Papelera' }).click()
      await shows(page, 'La papelera está vacía.')
      await assertFits(page)
      await assertAccessible(page, 'the trash')
      assertNoFaults(trial)
    })

test('way in: from the first page to one’s own folder, to a file by its address, to nothing', async () => {
  await using trial = await begin()
  const { page } = trial
  await trial.has(`${HOME}/a.txt`, 'before')
  await trial.has(`${HOME}/notes.txt`, 'of the file')
  await page.goto(trial.home)
  const menu = page.getByRole('navigation', { name: 'Views' })
  await menu
    .getByRole('link', { name: 'Ring', exact: true })
    .and(page.locator('[aria-current=page]'))
    .waitFor()
  await assertAccessible(page, 'the first page')
  await menu.getByRole('link', { name: 'Files' }).press('Enter')
  await page.getByRole('grid', { name: 'In ana' }).waitFor()
  await button(page, 'Upload files').waitFor()
  await page.getByRole('link', { name: 'All files' }).click()
  await row(page, 'home').waitFor()

  await page.goto(`${trial.home}?view=files&path=${HOME}/notes.txt`)
  await page.getByRole('dialog', { name: 'notes.txt' }).waitFor()
  await shows(page, 'of the file')
  await page.keyboard.press('Escape')
  await page.getByRole('row', { name: 'notes.txt', selected: true }).waitFor()
  await page.getByRole('row', { name: 'a.txt', selected: false }).waitFor()

  await page.goto(`${trial.home}?view=files&path=/nope`)
  await shows(page, 'There is no “/nope”')
  assert.equal(await page.getByText('Loading …').count(), 0)
  assert.equal(await button(page, 'Download as zip').count(), 0)
  await page.getByRole('button', { name: 'ES Español' }).click()
  await shows(page, 'No existe «/nope»')
  await assertAccessible(page, 'no folder')
  assertNoFaults(trial)
})

/** Run in the page. */
const PANEL_POSITION = `getComputedStyle(document.querySelector('.uploads')).position`

for (const viewport of [WIDE, { width: 390, height: 844 }])
  test(`${viewport.width} px: a folder that is sent is named, and covers nothing once it is there`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'anillo-page-'))
    await writeFile(join(folder, 'notes'), 'of no extension')
    await using trial = await begin({ viewport, bytesMax: 3_500_000 })
    const { page } = trial
    await trial.open(HOME)
    await page.locator('input[name=folder]').setInputFiles(folder)
    const uploads = page.getByRole('region', { name: 'Uploads' })
    await uploads.getByText('1 of 1 done').waitFor()
    if (viewport !== WIDE) await button(page, 'Show the list').click()
    await uploads.getByText(`${basename(folder)}/notes`, { exact: true }).waitFor()
    assert.equal(await page.evaluate(PANEL_POSITION), 'static')
    await shows(page, '15 B of 3.3 MiB used · 1 file')
    await assertAccessible(page, 'a folder that was sent')
    await rm(folder, { recursive: true })

    await trial.open(`${HOME}/${basename(folder)}`)
    await row(page, 'notes').click()
    await button(page, 'Preview').click()
    await shows(page, 'of no extension')
    await page.keyboard.press('Escape')

    await page.getByRole('button', { name: 'ES Español' }).click()
    const large = { name: 'large', mimeType: 'text/plain', buffer: Buffer.alloc(4_000_000) }
    await page.locator('input[name=files]').setInputFiles(large)
    await page.getByText(/de los 3,3 MiB que ana puede tener/).waitFor()
    assert.equal(await page.evaluate(PANEL_POSITION), 'sticky')
    assertNoFaults({ ...trial, complaints: trial.complaints.filter((text) => !/ 507 /.test(text)) })
  })
