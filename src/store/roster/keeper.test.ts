import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AnilloError } from '../../base/errors.ts'
import { SeededChance } from '../../base/random.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { RING_PARTITION, type PartitionId } from '../../wire/partition.ts'
import type { GroupHost, Replica } from '../group/types.ts'
import { idOf, storing } from '../placement/model.test-helper.ts'
import { FakePartition } from './fakes.test-helper.ts'
import { RosterKeeper, type RosterAnswer } from './keeper.ts'
import { enrolMember, setMemberState, setRingSetting } from './procedures.ts'

const LOG = { debug: quiet, info: quiet, warn: quiet, error: quiet, child: () => LOG }
function quiet(): void {}

function enrol(partition: FakePartition, number: number): void {
  const { id, name, address, host } = storing(number)
  partition.run(enrolMember, {
    member: { id, name, address, host, roles: ['chord', 'tweeter'] },
  })
}

/** A member's keeper with its disk, and whom it asks. */
class Bench {
  readonly clock = new ManualClock()
  readonly partition = new FakePartition()
  text: string | undefined
  replica: Replica | undefined
  asked = 0
  answer: (index: number) => RosterAnswer = () => ({})
  readonly #changed = new Set<(group: PartitionId) => void>()

  open(self = 1): Promise<RosterKeeper> {
    const chance = new SeededChance(5)
    const random = {
      u32: () => chance.u32(),
      fraction: () => chance.fraction(),
      below: (below: number) => chance.below(below),
      bytes: () => new Uint8Array(),
    }
    return RosterKeeper.open({
      effects: { clock: this.clock, random, log: LOG },
      self: idOf(self),
      file: {
        read: () => Promise.resolve(this.text),
        write: (text) => {
          this.text = text
          return Promise.resolve()
        },
      },
      ask: (_members, { index }) => {
        this.asked += 1
        return Promise.resolve().then(() => this.answer(index))
      },
    })
  }

  host(): Pick<GroupHost, 'replica' | 'onChanged'> {
    return {
      replica: () => this.replica,
      onChanged: (listener) => {
        this.#changed.add(listener)
        return () => this.#changed.delete(listener)
      },
    }
  }

  holdReplica(): void {
    this.replica = this.partition.replica()
    for (const listener of this.#changed) listener(RING_PARTITION)
  }

  async pass(ms: number): Promise<void> {
    this.clock.advance(ms)
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
  }
}

test('RosterKeeper follows the replica that is held here', async () => {
  const bench = new Bench()
  enrol(bench.partition, 1)
  const keeper = await bench.open()
  bench.holdReplica()
  keeper.start(bench.host())
  assert.deepEqual(keeper.addressesOf(idOf(1)), [storing(1).address])
  let told = 0
  keeper.onChanged(() => {
    told += 1
  })
  enrol(bench.partition, 2)
  bench.partition.run(setRingSetting, { name: 'incomingMax', value: 5 })
  assert.equal(told, 2)
  assert.deepEqual(
    keeper.roster.members.map(({ id }) => id),
    [idOf(1), idOf(2)],
  )
  assert.equal(keeper.roster.settings.incomingMax, 5)
  await keeper.stop()
})

test('RosterKeeper begins with its last copy, and passes over a damaged one', async () => {
  const bench = new Bench()
  const keeper = await bench.open()
  enrol(bench.partition, 1)
  bench.holdReplica()
  keeper.start(bench.host())
  await keeper.stop()
  const again = await bench.open()
  assert.deepEqual(again.roster, keeper.roster)
  bench.text = '{"index": 3, "members": [{}]}'
  assert.deepEqual((await bench.open()).roster.members, [])
  bench.text = 'garbage'
  assert.deepEqual((await bench.open()).roster.members, [])
})

test('RosterKeeper asks others where it holds no replica, and takes a newer list only', async () => {
  const bench = new Bench()
  const other = new Bench()
  enrol(other.partition, 1)
  other.holdReplica()
  const source = await other.open()
  source.start(other.host())
  const keeper = await bench.open(2)
  bench.answer = (index) => source.answer({ index })
  keeper.start(bench.host())
  await bench.pass(0)
  assert.equal(keeper.roster.index, source.roster.index)
  const asked = bench.asked
  await bench.pass(30_000)
  assert.ok(bench.asked > asked)
  enrol(other.partition, 2)
  const { roster } = source
  bench.answer = () => ({ roster: { ...roster, index: 0, settings: {} } })
  await keeper.refresh()
  assert.equal(keeper.roster.members.length, 1)
  await keeper.stop()
})

test('RosterKeeper asks soon when it hears of a newer list or of a member that it does not know', async () => {
  const hints = [
    (keeper: RosterKeeper) => keeper.hinted(99),
    (keeper: RosterKeeper) => assert.equal(keeper.isAllowed(idOf(77)), true),
    (keeper: RosterKeeper) => assert.deepEqual(keeper.addressesOf(idOf(77)), []),
    (keeper: RosterKeeper) => assert.deepEqual(keeper.answer({ index: 99 }), {}),
  ]
  for (const hint of hints) {
    const bench = new Bench()
    const keeper = await bench.open()
    bench.answer = () => ({ roster: { index: 3, members: [storing(1)], settings: {} } })
    keeper.start(bench.host())
    await bench.pass(0)
    const { asked } = bench
    hint(keeper)
    hint(keeper)
    await bench.pass(1_500)
    assert.ok(bench.asked > asked)
    await keeper.stop()
  }
})

test('RosterKeeper.isAllowed keeps those out that were removed, and them alone', async () => {
  const bench = new Bench()
  for (const number of [1, 2, 3]) enrol(bench.partition, number)
  bench.partition.run(setMemberState, { id: idOf(2), order: 'remove' })
  bench.partition.run(setMemberState, { id: idOf(3), order: 'drain' })
  bench.holdReplica()
  const keeper = await bench.open()
  keeper.start(bench.host())
  assert.deepEqual(
    [1, 2, 3, 4].map((number) => keeper.isAllowed(idOf(number))),
    [true, false, true, true],
  )
  assert.deepEqual(keeper.addressesOf(idOf(2)), [])
  await keeper.stop()
})

test('RosterKeeper follows a list of a later generation whatever its index', async () => {
  const bench = new Bench()
  for (const number of [1, 2, 3]) enrol(bench.partition, number)
  bench.holdReplica()
  const keeper = await bench.open()
  keeper.start(bench.host())
  bench.partition.generation = 1
  bench.partition.index = 0
  enrol(bench.partition, 1)
  assert.ok(keeper.roster.index > 2 ** 40)
  await keeper.stop()
})

test('RosterKeeper.onRemoved() tells a member that it is out: by the list, or by who refuses it', async () => {
  const listed = new Bench()
  for (const number of [1, 2]) enrol(listed.partition, number)
  listed.holdReplica()
  const refused = new Bench()
  refused.answer = () => {
    throw new AnilloError('MEMBER_REMOVED', { address: 'a' })
  }
  const told: string[] = []
  for (const [name, bench] of Object.entries({ listed, refused })) {
    const keeper = await bench.open(2)
    keeper.onRemoved(() => told.push(name))
    keeper.start(bench.host())
    await bench.pass(0)
    if (name === 'listed') {
      assert.deepEqual(told, [])
      bench.partition.run(setMemberState, { id: idOf(2), order: 'remove' })
    }
    await keeper.refresh()
    keeper.onRemoved(() => told.push(`${name} late`))
    await keeper.stop()
  }
  assert.deepEqual(told, ['listed', 'listed late', 'refused', 'refused late'])
})
