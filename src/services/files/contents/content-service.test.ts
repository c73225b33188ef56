import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AnilloError } from '../../../base/errors.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { MINUTE_MS } from '../../../base/limits.ts'
import type { Log } from '../../../effects/log.ts'
import { ManualClock } from '../../../effects/manual-clock.test-helper.ts'
import { platformRandom } from '../../../platform/random.ts'
import type { SweeperParts } from '../../../store/sweeper.ts'
import type { Store } from '../../../store/types.ts'
import { ALL_PARTITIONS, type PartitionId } from '../../../wire/partition.ts'
import { createContentService, type ContentService } from './content-service.ts'
import { LIFE_MS, SWEPT_PER_ENTRY } from './limits.ts'
import { ContentPartitions } from './partitions.test-helper.ts'
import { partitionOfContent } from './rows.ts'

const LOG: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => LOG }

/** One member that leads some partitions, and every sweep that it asked for. */
class Leader {
  readonly clock = new ManualClock()
  readonly at = new ContentPartitions()
  readonly led = new Set<PartitionId>()
  readonly asked: PartitionId[] = []
  failing: AnilloError | undefined
  readonly sweeper: ContentService

  constructor() {
    this.at.timeMs = this.clock.wallMs()
    const { at } = this
    const call = async (partition: PartitionId): Promise<unknown> => {
      this.asked.push(partition)
      if (this.failing !== undefined) throw this.failing
      const swept = at.sweep(partition)
      at.deliver()
      return swept
    }
    const held = {
      status: (partition: PartitionId) => ({
        role: this.led.has(partition) ? 'leader' : 'follower',
        isReady: true,
      }),
      replica: (partition: PartitionId) => at.machine(partition).partition,
    }
    this.sweeper = createContentService({
      effects: { clock: this.clock, random: platformRandom(), log: LOG },
      store: { call } as unknown as Store,
      held: held as unknown as SweeperParts['held'],
    })
  }

  pass(byMs: number): void {
    this.at.timeMs += byMs
    this.clock.advance(byMs)
  }

  /** One more look, to its end. */
  async look(): Promise<void> {
    this.pass(2 * MINUTE_MS)
    while (this.clock.waiting === 0) await Promise.resolve()
  }
}

const CONTENTS = Array.from({ length: 3_000 }, (_, i) => sha256Hex(String(i)).slice(0, 32))
const HOME = partitionOfContent(CONTENTS[0] ?? '')
const HERE = CONTENTS.filter((id) => partitionOfContent(id) === HOME)

test('whoever leads sweeps what is due, all of it; who does not lead asks for nothing', async () => {
  const leader = new Leader()
  assert.ok(HERE.length > SWEPT_PER_ENTRY)
  for (const content of HERE) leader.at.append(content, { chunks: [] })
  leader.led.add(HOME)
  await leader.look()
  assert.deepEqual(leader.asked, [])
  leader.led.clear()
  leader.pass(LIFE_MS)
  await leader.look()
  assert.deepEqual(leader.asked, [])
  for (const partition of ALL_PARTITIONS) leader.led.add(partition)
  // It asks whether holds are on their way, and sweeps once it has heard from all.
  await leader.look()
  assert.deepEqual(leader.asked, [HOME])
  await leader.look()
  assert.ok(leader.asked.length > 1 && leader.asked.every((partition) => partition === HOME))
  assert.ok(HERE.every((content) => leader.at.head(content) === undefined))
  await leader.sweeper[Symbol.asyncDispose]()
  assert.equal(leader.clock.waiting, 0)
})

test('a sweep that fails is asked for again at the next look', async () => {
  const leader = new Leader()
  const [content = ''] = HERE
  leader.at.append(content, { chunks: [] })
  leader.led.add(HOME)
  leader.pass(LIFE_MS)
  leader.failing = new AnilloError('BUSY', { what: 'tests' })
  await leader.look()
  assert.ok(leader.at.head(content) !== undefined)
  leader.failing = undefined
  await leader.look()
  await leader.look()
  assert.equal(leader.at.head(content), undefined)
  await leader.sweeper[Symbol.asyncDispose]()
})
