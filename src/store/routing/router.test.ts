import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AnilloError } from '../../base/errors.ts'
import { SeededChance } from '../../base/random.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { partitionIdOf } from '../../wire/partition.ts'
import { memberIdOf } from '../local-ring.test-helper.ts'
import type { Peers } from '../peers.ts'
import type { Whereabouts } from '../placement/types.ts'
import type { StoreHost } from '../store-host.ts'
import { Router } from './router.ts'
import { encodeWhereabouts } from './whereabouts-codec.ts'

const GROUP = partitionIdOf(9)
const SELF = memberIdOf(1)
const OTHERS = [2, 3, 4, 5].map(memberIdOf)

function row(more: Partial<Whereabouts> = {}): Whereabouts {
  const configuration = { voters: OTHERS.slice(0, 3), learners: OTHERS.slice(3) }
  return { group: GROUP, term: 1, index: 1, leader: OTHERS[0], configuration, ...more }
}

class Trial {
  readonly clock = new ManualClock()
  readonly asked: string[] = []
  readonly router: Router
  told: readonly Whereabouts[] = []
  silent = 0
  status: ReturnType<StoreHost['status']>
  changed: (group: typeof GROUP) => void = () => undefined

  constructor() {
    const peers: Pick<Peers, 'ask' | 'handle'> = {
      handle: () => undefined,
      ask: async (to, method) => {
        this.asked.push(to)
        if (this.silent-- > 0) throw new AnilloError('RPC_TIMEOUT', { address: to, method: '' })
        const answer = method.readAnswer(encodeWhereabouts(this.told))
        return answer ?? assert.fail('it is no answer')
      },
    }
    const random = Object.assign(new SeededChance(1), { bytes: () => new Uint8Array(0) })
    this.router = new Router({
      effects: { clock: this.clock, random },
      self: SELF,
      peers: peers as Peers,
      members: () => [SELF, ...OTHERS],
    })
    this.router.start({
      held: () => [],
      status: () => this.status,
      onChanged: (changed) => {
        this.changed = changed
        return () => undefined
      },
    } as Partial<StoreHost> as StoreHost)
  }
}

test('look() asks one member at random, the next where it is silent, never itself', async () => {
  const trial = new Trial()
  trial.told = [row()]
  trial.silent = 1
  await Promise.all([trial.router.look(), trial.router.look()])
  assert.equal(trial.asked.length, 2)
  assert.ok(!trial.asked.includes(SELF))
  assert.deepEqual(trial.router.whereabouts(GROUP), row())
  assert.equal(trial.router.leaderOf(GROUP), OTHERS[0])
})

test('look() gives up after three members, and is not repeated at once', async () => {
  const trial = new Trial()
  trial.silent = 9
  await trial.router.look()
  assert.equal(trial.asked.length, 3)
  await trial.router.look()
  assert.equal(trial.asked.length, 3)
  trial.clock.advance(60)
  await trial.router.look()
  assert.equal(trial.asked.length, 6)
  trial.router.stop()
})

test('the table is renewed now and then, until stop()', async () => {
  const trial = new Trial()
  trial.clock.advance(120_000)
  await trial.router.look()
  assert.ok(trial.asked.length > 0)
  trial.router.stop()
  assert.equal(trial.clock.waiting, 0)
})

test('wrong() turns to the member that was named, else away from the one that was asked', async () => {
  const trial = new Trial()
  trial.told = [row()]
  await trial.router.look()
  const [first, second, third] = OTHERS
  assert.ok(first !== undefined && third !== undefined)
  trial.router.wrong(GROUP, first, third)
  assert.equal(trial.router.leaderOf(GROUP), third)
  trial.router.wrong(GROUP, third, undefined)
  assert.equal(trial.router.leaderOf(GROUP), first, 'a voter, as good as any')
  assert.deepEqual(trial.router.askable(GROUP), [first, second, third])
  assert.deepEqual(trial.router.readable(GROUP), OTHERS)
})

test('a replica here tells of its group when its leader or configuration changes', () => {
  const trial = new Trial()
  const configuration = { voters: [SELF, ...OTHERS.slice(0, 2)], learners: [] }
  const point = { index: 7, term: 2 }
  trial.status = {
    role: 'follower',
    term: 2,
    vote: undefined,
    leader: OTHERS[1],
    configuration,
    isChanging: false,
    commit: 7,
    applied: 7,
    last: point,
    base: point,
    isReady: false,
    progress: [],
  }
  trial.changed(GROUP)
  assert.equal(trial.router.leaderOf(GROUP), OTHERS[1])
  assert.deepEqual(trial.router.readable(GROUP), [OTHERS[1], OTHERS[0]])
})
