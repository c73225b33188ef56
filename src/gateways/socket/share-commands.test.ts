import assert from 'node:assert/strict'
import { test } from 'node:test'

import { isAnilloError } from '../../base/errors.ts'
import { platformClock } from '../../platform/clock.ts'
import {
  ANA,
  MemoryOutside,
  MemoryRing,
  MemoryWeb,
} from '../../services/share/share-world.test-helper.ts'
import { shareCommands } from './share-commands.ts'

const SIGNAL = new AbortController().signal
const BYTES = Uint8Array.from({ length: 20_000 }, (_, at) => at & 0xff)

test('scripts upload, look, download and end shares by the socket', async () => {
  const net = { outside: new MemoryOutside(), web: new MemoryWeb() }
  const rings = ['http://one:9400', 'http://two:9400'].map((origin) => new MemoryRing(net, origin))
  const [one, two] = rings.map((ring) =>
    shareCommands({
      clock: platformClock(),
      service: ring.service,
      who: ANA,
      put: async (path) => {
        await ring.file(`/ana${path}`, BYTES)
        return `/ana${path}`
      },
    }),
  )
  const share = (await one?.['upload']?.run(['/notes.txt', 'my notes'], SIGNAL)) as { root: string }
  await rings[0]?.service.refresh(SIGNAL)
  const looked = (await two?.['stat']?.run(['my notes'], SIGNAL)) as {
    contents: { root: string }[]
  }
  assert.equal(looked.contents[0]?.root, share.root)
  const done = (await two?.['download']?.run(['my notes'], SIGNAL)) as { state: string }
  assert.equal(done.state, 'done')
  const list = (await two?.['ls']?.run([], SIGNAL)) as { items: { name: string }[] }
  assert.deepEqual(
    list.items.map(({ name }) => name),
    ['my notes'],
  )
  assert.deepEqual(await two?.['del']?.run(['my notes'], SIGNAL), { ended: 'my notes' })
  await assert.rejects(
    async () => two?.['del']?.run(['my notes'], SIGNAL),
    (thrown) => isAnilloError(thrown, 'NOT_FOUND'),
  )
  for (const ring of rings) await ring.service[Symbol.asyncDispose]()
})
