/**
 * The page about files over a real ring: the member that takes an upload is killed, and the page
 * goes on at another. Needs chromium. `ANILLO_PAGE_MIB` says how large the file is.
 */
import assert from 'node:assert/strict'
import { createHash, randomFillSync } from 'node:crypto'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { MIB } from '../../src/base/limits.ts'
import { launchChromium, openWindow } from '../../tools/lib/chromium.ts'
import { RealRing } from '../process/ring.ts'
import { logIn } from './log-in.ts'
import { RingBehind } from './ring-behind.ts'

const FILE_MIB = Number(process.env['ANILLO_PAGE_MIB'] ?? '48')
const NICK = 'ana'
const PASSWORD = 'anillo-anillo'
/** Of an upload of a gigabyte on a busy machine. */
const UPLOAD_MS_MAX = 900_000

/** @returns its SHA-256 */
async function writeNoise(path: string): Promise<string> {
  const file = await open(path, 'w')
  const hash = createHash('sha256')
  const piece = new Uint8Array(MIB)
  for (let count = 0; count < FILE_MIB; count++) {
    hash.update(randomFillSync(piece))
    await file.write(piece)
  }
  await file.close()
  return hash.digest('hex')
}

test('the member that takes an upload is killed: the page goes on at another', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'anillo-page-'))
  t.after(() => rm(directory, { recursive: true }))
  const path = join(directory, 'film.bin')
  const sha256 = await writeNoise(path)
  await using ring = await RealRing.start()
  await RingBehind.register(ring, NICK, PASSWORD)
  const browser = await launchChromium()
  t.after(() => browser.close())
  const { page } = await openWindow(browser, { viewport: { width: 1_280, height: 900 } })
  page.setDefaultTimeout(UPLOAD_MS_MAX)

  await page.goto(`${ring.door(0)}/?view=login`)
  await logIn(page, NICK, PASSWORD)
  await page.goto(`${ring.door(0)}/?view=files&path=/home/${NICK}`)
  await page.locator('input[name=files]').setInputFiles(path)
  const bar = await page.getByRole('progressbar', { name: 'Upload of film.bin' }).elementHandle()
  await page.waitForFunction(
    (element) => Number(element && Reflect.get(element, 'position')) >= 0.3,
    bar,
  )
  const [name = ''] = /n\d/.exec(await page.locator('.door__name').innerText()) ?? []
  await ring.signal(name, 'SIGKILL')
  await page.locator('.door__name').filter({ hasNotText: name }).waitFor()
  await page.locator('.upload--done').waitFor()

  const entry = await new RingBehind(ring).find(`/home/${NICK}/film.bin`)
  assert.equal(entry?.sha256, sha256)
})
