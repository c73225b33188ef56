import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AnilloError } from '../base/errors.ts'
import { positionOf } from '../base/ids.ts'
import { ManualClock } from '../effects/manual-clock.test-helper.ts'
import type { RpcClient } from '../rpc/types.ts'
import type { Member, MemberRef } from '../wire/api.ts'
import { Directory } from './directory.ts'
import { Names } from './names.ts'

const SIZE = 12
const LIST = 3
const FIRST_START = '2026-11-21T00:00:00.000Z'

/** Members 0 to 11 in order of position, each naming the next three. */
const refs: readonly MemberRef[] = Array.from({ length: SIZE }, (_, i) => {
  const address = `127.0.0.1:${9300 + i}`
  return { id: `${i}`.padStart(32, '0'), name: `m${i}`, address, position: positionOf(address) }
}).toSorted((a, b) => (a.position < b.position ? -1 : 1))

const at = (index: number): MemberRef => {
  const ref = refs[index % SIZE]
  assert.ok(ref)
  return ref
}

function memberAt(index: number): Member {
  return {
    ...at(index),
    url: '',
    replayUrl: '',
    ftp: null,
    state: 'up',
    leads: 0,
    roles: [],
    host: '',
    version: '',
    startedAt: FIRST_START,
    predecessor: at(index + SIZE - 1),
    successors: Array.from({ length: LIST }, (_, i) => at(index + 1 + i)),
    fingers: [],
    pages: 0,
    ownPages: 0,
    pageBytes: 0,
    load: { downloads: 0, downloadsMax: 1, busy: false },
  }
}

function trial() {
  const dead = new Set<string>()
  const clock = new ManualClock()
  const asked: string[] = []
  const again = new Set<number>()
  const rpc: Pick<RpcClient, 'call'> = {
    async call(target, method) {
      const address = target.addresses[0] ?? ''
      asked.push(address)
      const index = refs.findIndex((ref) => ref.address === address)
      if (dead.has(address)) throw new AnilloError('RPC_TIMEOUT', { address, method: method.name })
      const startedAt = again.has(index) ? '2026-11-22T00:00:00.000Z' : FIRST_START
      const answer = method.readAnswer({ ...memberAt(index), startedAt })
      assert.ok(answer !== undefined)
      return answer
    },
  }
  const directory = new Directory({
    clock,
    rpc: { ...rpc, stream: () => assert.fail('nothing is streamed') },
    names: new Names(),
    self: () => memberAt(0),
    stateOf: () => 'down',
  })
  return { asked, clock, dead, directory, startAgain: (index: number) => again.add(index) }
}

test('members() walks the whole ring by the lists of its members, asking each member once', async () => {
  const { asked, directory } = trial()
  const members = await directory.members()
  assert.deepEqual(
    members.map((member) => member.address),
    refs.map((ref) => ref.address),
  )
  assert.equal(asked.length, SIZE - 1)
  assert.ok(members.every((member) => member.state === 'up'))
})

test('members() answers those who ask at the same time with one walk', async () => {
  const { asked, directory } = trial()
  await Promise.all([directory.members(), directory.members(), directory.members()])
  assert.equal(asked.length, SIZE - 1)
})

test('members() lists a dead member as it was last seen', async () => {
  const { clock, dead, directory } = trial()
  await directory.members()
  dead.add(at(4).address)
  clock.advance(1_000)
  const lost = (await directory.members()).find((member) => member.address === at(4).address)
  assert.equal(lost?.state, 'down')
  assert.equal(lost?.name, at(4).name)
})

test('forget() takes one that left out of the list, whatever it says until it is started again', async () => {
  const { clock, dead, directory, startAgain } = trial()
  const { address } = at(4)
  const state = async () => {
    clock.advance(1_000)
    return (await directory.members()).find((member) => member.address === address)?.state
  }
  assert.equal(await state(), 'up')
  directory.forget(address)
  assert.equal(directory.known().length, SIZE - 2)
  assert.equal(await state(), undefined, 'it answers while it closes')
  dead.add(address)
  assert.equal(await state(), undefined, 'its neighbours name it until they know')
  dead.delete(address)
  startAgain(4)
  assert.equal(await state(), 'up')
  dead.add(address)
  assert.equal(await state(), 'down')
})
