/** Uploads that break off in any way, any number of times, at members that die in the midst. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../../test/properties.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { MIB } from '../../../base/limits.ts'
import { UNSAFE_BYTES_MAX } from './limits.ts'
import { bytesRead, cutsOf, MemoryContents, push } from './memory-contents.test-helper.ts'
import { noise } from './noise.test-helper.ts'
import type { ContentWriter } from './types.ts'

const ADA = { nick: 'ada' }
const BYTES = noise(14 * MIB, 1)
const SHA256 = sha256Hex(BYTES)
const CUTS = cutsOf(BYTES)

const stretch = fc.record({
  pieces: fc.array(fc.integer({ min: 1, max: 4 * MIB }), { maxLength: 4 }),
  isDurable: fc.boolean(),
  /** How it ends: with a word, or without one, so many steps behind a last piece. */
  dies: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined }),
})
type Stretch = typeof stretch extends fc.Arbitrary<infer T> ? T : never

class Upload {
  readonly world = new MemoryContents()
  id: string | undefined
  /** What a client sent of it, and what was promised to be durable. */
  #sent = 0
  #promised = 0

  async go({ dies, isDurable, pieces }: Stretch): Promise<void> {
    const { contents, die } = this.world.member()
    const writer = await this.begin(contents)
    let at = writer.at
    for (const length of pieces) {
      await push(writer, BYTES.subarray(at, at + length))
      at = Math.min(BYTES.length, at + length)
    }
    this.#sent = at
    if (isDurable) this.#promised = await writer.makeDurable()
    if (dies === undefined) {
      await writer.leave()
      this.#promised = at
      return
    }
    void writer.push(BYTES.subarray(at, at + MIB))
    for (let steps = 0; steps < dies; steps++) await Promise.resolve()
    die()
  }

  /** At what the ring tells, which is no less than was promised, and at most 8 MiB behind. */
  async begin(contents: MemoryContents['contents']): Promise<ContentWriter> {
    const head = this.id === undefined ? undefined : await contents.head(this.id)
    const bytes = head?.bytes ?? 0
    assert.ok(bytes >= this.#promised && bytes >= this.#sent - UNSAFE_BYTES_MAX)
    const writer =
      this.id === undefined || head === undefined
        ? contents.begin(ADA)
        : await contents.resume(this.id, ADA)
    assert.equal(writer.at, bytes)
    this.id = writer.id
    return writer
  }
}

test('however often it breaks off, it goes on where it is durable, and becomes the same chunks', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(stretch, { maxLength: 6 }), async (stretches) => {
      const upload = new Upload()
      for (const each of stretches) await upload.go(each)
      const { world } = upload
      const writer = await upload.begin(world.other())
      await push(writer, BYTES.subarray(writer.at))
      const body = await writer.seal()
      assert.deepEqual([body.kind, body.sha256], ['content', SHA256])
      assert.deepEqual(await world.hashesOf(writer.id), CUTS)
      assert.equal(sha256Hex(await bytesRead(world.contents, body)), SHA256)
    }),
    { numRuns: 15 },
  )
})
