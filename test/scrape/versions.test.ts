/** Versions of a page over whole simulated members: rows, and what keeps their chunks. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../src/base/assert.ts'
import { sha256Hex } from '../../src/base/hash.ts'
import { referenceKey } from '../../src/store/chunks/rows.ts'
import { partitionOfHash } from '../../src/wire/partition.ts'
import { SITE, SimulatedRing, type SimulatedMember } from './simulated-ring.test-helper.ts'

const URL = `${SITE}/tides`
const WITHIN_MS = 60_000

/** Content that fits no record, however it is packed, and one chunk. */
function contentOf(name: string): Uint8Array {
  return Buffer.from(Array.from({ length: 2_000 }, (_, i) => sha256Hex(`${name} ${i}`)).join(''))
}

const OLD = contentOf('old')
const YOUNG = contentOf('young')

test('a content that is replaced keeps its chunk and its name, and lets go of it with the page', async () => {
  const ring = await SimulatedRing.start(1, 3)
  const { sites } = ring.world
  const at = (index: number): SimulatedMember => present(ring.members[index], 'a member')
  const within = <T>(asked: Promise<T>, what: string): Promise<T> =>
    ring.world.settle(asked, what, WITHIN_MS)
  const archive = present(at(2).running, 'it runs').archive
  sites.page(URL, { body: OLD })
  const first = present((await ring.scrape(at(0), '/tides')).page, 'the page')
  sites.page(URL, { body: YOUNG })
  const second = present((await ring.scrape(at(1), '/tides', 0)).page, 'the page')
  const { id } = first

  // Of three members each holds every partition.
  const { host } = present(at(0).running, 'it runs').store
  const isReferred = (hash: string, since: string | undefined): boolean => {
    const replica = present(host.replica(partitionOfHash(hash)), 'a replica')
    return replica.get(referenceKey(hash, `page/${id}/${since}`)) !== undefined
  }
  const all = (): readonly boolean[] => [
    isReferred(sha256Hex(OLD), first.since),
    isReferred(sha256Hex(YOUNG), second.since),
  ]
  // Messages to the partitions of the chunks are on their way.
  await ring.world.pass(1_000)
  assert.deepEqual(all(), [true, true])
  const shown = present(await within(archive.at(id, first.fetchedAt), 'the version'), 'a version')
  const pieces: Uint8Array[] = []
  const read = async (): Promise<void> => {
    for await (const piece of shown.body) pieces.push(piece)
  }
  await within(read(), 'its content')
  assert.ok(Buffer.concat(pieces).equals(OLD))

  assert.equal(await within(archive.remove(id), 'the removal'), 2)
  await ring.world.pass(1_000)
  assert.deepEqual(all(), [false, false])
  assert.equal(await within(archive.at(id, first.fetchedAt), 'what is left'), undefined)
})
