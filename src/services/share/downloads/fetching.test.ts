import assert from 'node:assert/strict'
import { test } from 'node:test'

import { platformClock } from '../../../platform/clock.ts'
import { platformRandom } from '../../../platform/random.ts'
import { reader } from '../../../wire/method.ts'
import { SOURCES_MAX } from '../../../wire/share-bounds.ts'
import type { ShareParts } from '../parts.ts'
import { SourceFailure } from '../sources/source-client.ts'
import { treeOfBytes } from '../tree/hash-tree.ts'
import { Bitfield } from './bitfield.ts'
import { LiveRow } from './download-rows.ts'
import { Fetching } from './fetching.ts'
import type { KeptPieces } from './kept-pieces.ts'
import { SOURCES_KNOWN_MAX } from './plan.ts'

/** Of one piece. */
function fetchingFrom(sources: object, signal: AbortSignal): Fetching {
  return new Fetching({
    parts: {
      effects: { clock: platformClock(), random: platformRandom() },
      sources,
    } as unknown as ShareParts,
    kept: {} as KeptPieces,
    nick: 'ana',
    tree: treeOfBytes(new Uint8Array(100)),
    have: new Bitfield(1),
    signal,
  })
}

test('what was ended before it began asks nobody, and ends', { timeout: 10_000 }, async () => {
  const fetching = fetchingFrom({ have: () => assert.fail('asked') }, AbortSignal.abort())
  fetching.add([{ url: 'http://there/', publisher: undefined, expiresMs: undefined }])
  await fetching.done()
  assert.deepEqual(fetching.live().sources, [])
})

test('of any number of sources so many are told as can be kept, those that live first', async () => {
  const ending = new AbortController()
  const asked: string[] = []
  const sources = {
    have: async (url: string): Promise<Bitfield> => {
      asked.push(url)
      if (url.startsWith('http://dead')) throw new SourceFailure('gone')
      return new Bitfield(1)
    },
  }
  const fetching = fetchingFrom(sources, ending.signal)
  const add = (url: string): void =>
    fetching.add([{ url, publisher: undefined, expiresMs: undefined }])
  for (let at = 0; at < 2 * SOURCES_KNOWN_MAX; at++) {
    add(`http://dead/${at}`)
    await Promise.resolve()
    await Promise.resolve()
  }
  add('http://alive/')
  const live = fetching.live()
  assert.equal(live.sources.length, SOURCES_MAX)
  assert.equal(live.sources[0]?.url, 'http://alive/')
  assert.doesNotThrow(() => reader(LiveRow)({ atMs: 0, ...live }))
  assert(asked.includes('http://alive/'))
  ending.abort()
  await fetching.done()
})
