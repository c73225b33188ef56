import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AnilloError } from '../../../base/errors.ts'
import { waitOf } from '../../../wire/download-waits.ts'
import { ANA } from '../share-world.test-helper.ts'
import { inWorld, ONE, shared } from '../two-rings.test-helper.ts'

test('a download whose addresses may not be asked says so while it looks', () =>
  inWorld(async ({ one, two, web }) => {
    await one.file('/ana/film', new Uint8Array(100))
    await shared(one, '/ana/film', 'film')
    web.servers.set(ONE, () =>
      Promise.reject(new AnilloError('ADDRESS_FORBIDDEN', { host: 'one', address: '10.0.0.1' })),
    )
    const { id } = await two.service.downloads.begin(ANA, { name: 'film' })
    for await (const told of two.service.downloads.watch(ANA, id, AbortSignal.timeout(20_000))) {
      assert.equal(told.state, 'looking')
      if (waitOf(told) === 'private') return
    }
    assert.fail('it never said why it waits')
  }))
