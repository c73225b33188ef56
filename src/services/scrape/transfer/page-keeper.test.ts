import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../../base/assert.ts'
import { platformClock } from '../../../platform/clock.ts'
import { Archive } from '../versions/archive.ts'
import { PageKeeper } from './page-keeper.ts'
import { NEVER, Shelf } from './shelf.test-helper.ts'

test('PageKeeper.keep() tells what another import has just kept as the same', async () => {
  const shelf = new Shelf()
  const kept = await shelf.keep({ url: 'https://bay.example/', text: 'Tide' })
  const archive = new Archive(shelf.store)
  let looks = 0
  // The other one is quicker: what it kept is not seen at the first look.
  const late = {
    at: (...asked: Parameters<Archive['at']>) =>
      looks++ === 0 ? Promise.resolve(undefined) : archive.at(...asked),
    version: (...asked: Parameters<Archive['version']>) =>
      looks++ === 1 ? Promise.resolve(undefined) : archive.version(...asked),
  }
  const keeper = new PageKeeper({ clock: platformClock(), table: shelf.table, archive: late })
  const { body } = present(await shelf.table.get(kept.id), 'the page')
  const upload = shelf.table.upload(kept.id)
  assert.equal(await keeper.keep({ page: kept, body, upload }, NEVER), 'same')
})
