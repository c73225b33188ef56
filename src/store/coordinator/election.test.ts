import assert from 'node:assert/strict'
import { test } from 'node:test'

import { virtualCrypto } from '../../../sim/world/crypto.ts'
import type { Machine } from '../../../sim/world/machine.ts'
import { World } from '../../../sim/world/world.ts'
import { present } from '../../base/assert.ts'
import { utf8 } from '../../base/bytes.ts'
import { AnilloError } from '../../base/errors.ts'
import { parseMemberId, parseRingId, type MemberId } from '../../base/ids.ts'
import { SECOND_MS } from '../../base/limits.ts'
import {
  encodeElectionDatagram,
  macText,
  readElectionDatagram,
  tellElection,
  type ElectionDatagram,
} from '../../wire/election.ts'
import type { Method } from '../../wire/method.ts'
import { Election } from './election.ts'
import { GONE_AFTER_MS, REACHED_FOR_MS } from './limits.ts'

const RING = parseRingId('c'.repeat(32))
const SETTLED_MS = 10 * SECOND_MS

type Told = (question: unknown, from: MemberId) => unknown

/** Members in one room: connections, and air that carries broadcasts. */
class Room {
  readonly world = new World({ seed: 1 })
  readonly machines: Machine[] = []
  readonly elections = new Map<MemberId, Election>()
  readonly answerers = new Map<MemberId, Told>()
  /** Every datagram so far, by its sender. */
  readonly air: { readonly from: MemberId; readonly bytes: Uint8Array }[] = []
  /** Words over connections. */
  calls: { readonly from: MemberId; readonly to: MemberId; readonly key: string }[] = []
  /** Members whose broadcasts nobody hears. */
  readonly unheard = new Set<MemberId>()
  readonly size: number
  changes = 0

  constructor(size: number, hasAir: boolean) {
    this.size = size
    for (let number = 1; number <= size; number++) this.join(number, hasAir)
  }

  /** Again, as a process that started anew. */
  join(number: number, hasAir = true): Election {
    const id = idOf(number)
    const machine = this.world.machine()
    const effects = machine.effects()
    const election = new Election({
      effects,
      self: id,
      ringId: RING,
      peers: {
        handle: (_, answer) => void this.answerers.set(id, answer as unknown as Told),
        ask: (to, method, question) => this.#ask({ from: id, to }, method, question),
      },
      candidates: () => Array.from({ length: this.size }, (_, at) => idOf(at + 1)),
      ...(hasAir ? { broadcast: { send: (bytes) => this.#cast(id, bytes) } } : {}),
      fence: () => number * 10,
      onChanged: () => void this.changes++,
    })
    this.elections.set(id, election)
    election.start()
    return election
  }

  leave(number: number): void {
    this.of(number).stop()
    this.elections.delete(idOf(number))
    this.answerers.delete(idOf(number))
  }

  of(number: number): Election {
    return present(this.elections.get(idOf(number)), 'election')
  }

  beliefs(): readonly (number | undefined)[] {
    return [...this.elections.values()].map(({ belief }) =>
      belief === undefined ? undefined : Number.parseInt(belief.coordinator, 16),
    )
  }

  async #ask<Q, A>(
    { from, to }: { readonly from: MemberId; readonly to: MemberId },
    method: Method<Q, A>,
    question: Q,
  ): Promise<A> {
    const asked = present(tellElection.readQuestion(question), 'a word')
    this.calls.push({ from, to, key: asked.key })
    const answer = this.answerers.get(to)?.(asked, from)
    if (answer !== undefined) return present(method.readAnswer(answer), 'an answer')
    throw new AnilloError('RPC_UNREACHABLE', { address: to, problem: 'it is away' })
  }

  #cast(from: MemberId, bytes: Uint8Array): void {
    this.air.push({ from, bytes })
    if (this.unheard.has(from)) return
    for (const [id, election] of this.elections) if (id !== from) election.received(bytes)
  }
}

function idOf(number: number): MemberId {
  return parseMemberId(number.toString(16).padStart(32, '0'))
}

for (const hasAir of [true, false]) {
  test(`Election: the highest is elected ${hasAir ? 'by broadcast' : 'over connections'}`, async () => {
    const room = new Room(4, hasAir)
    await room.world.pass(SETTLED_MS)
    assert.deepEqual(room.beliefs(), [4, 4, 4, 4])
    assert.equal(room.of(1).belief?.fence, 40)
    assert.ok(room.of(4).isCoordinator)
    room.leave(4)
    await room.world.pass(SETTLED_MS)
    assert.deepEqual(room.beliefs(), [3, 3, 3])
    room.join(4, hasAir)
    await room.world.pass(SETTLED_MS)
    assert.deepEqual(room.beliefs(), [3, 3, 3, 4].fill(4))
  })
}

test('Election: who hears broadcasts is told over connections now and then only', async () => {
  const room = new Room(4, true)
  await room.world.pass(SETTLED_MS)
  room.calls = []
  await room.world.pass(2 * REACHED_FOR_MS)
  assert.ok(room.calls.length >= 3 && room.calls.length <= 3 * 4, `${room.calls.length} calls`)
  assert.deepEqual(room.beliefs(), [4, 4, 4, 4])
})

test('Election: broadcasts that stop to be heard are made up for, at the latest by an election', async () => {
  const room = new Room(3, true)
  await room.world.pass(SETTLED_MS)
  room.unheard.add(idOf(3))
  await room.world.pass(GONE_AFTER_MS + SETTLED_MS)
  assert.deepEqual(room.beliefs(), [3, 3, 3])
  room.calls = []
  await room.world.pass(SETTLED_MS)
  assert.ok(room.calls.length >= 2 * 9, 'each second to each of two')
})

test('Election: a member that starts anew hears the coordinator at once', async () => {
  const room = new Room(3, true)
  await room.world.pass(SETTLED_MS)
  room.leave(1)
  room.join(1)
  await room.world.pass(SECOND_MS / 2)
  assert.equal(room.of(1).belief?.coordinator, idOf(3))
})

test('Election: a stranger is not heard, whatever it sends', async () => {
  const room = new Room(2, true)
  await room.world.pass(SETTLED_MS)
  const genuine = present(
    room.air.findLast(({ from }) => from === idOf(2)),
    'datagram',
  ).bytes
  const read = present(readElectionDatagram(genuine), 'datagram')
  const { anillo: _, ...datagram } = read
  const forged: readonly Omit<ElectionDatagram, 'anillo'>[] = [
    { ...datagram, count: datagram.count + 1_000 },
    { ...datagram, count: datagram.count + 1_000, mac: '0'.repeat(64) },
    { ...datagram, fence: datagram.fence + 1, count: datagram.count + 1_000 },
    { ...datagram, from: idOf(9), count: 1 },
  ]
  room.leave(2)
  for (let second = 0; second < 10; second++) {
    // The recorded one again, too.
    room.of(1).received(genuine)
    for (const each of forged) assert.ok(room.of(1).received(encodeElectionDatagram(each)))
    await room.world.pass(SECOND_MS)
  }
  assert.deepEqual(room.beliefs(), [1])
})

test('Election: the key of another member makes no datagram in its name', async () => {
  const room = new Room(3, false)
  await room.world.pass(SETTLED_MS)
  const { key } = present(
    room.calls.find(({ from }) => from === idOf(2)),
    'a call',
  )
  const said = { kind: 'COORDINATOR', ringId: RING, from: idOf(3), to: 'all', fence: 7 } as const
  const { random } = room.world.machine().effects()
  const mac = virtualCrypto(random).mac(utf8(key), macText({ ...said, count: 1 }))
  room.leave(3)
  for (let second = 0; second < 10; second++) {
    room.of(1).received(encodeElectionDatagram({ ...said, count: 1 + second, mac }))
    await room.world.pass(SECOND_MS)
  }
  assert.deepEqual(room.beliefs(), [2, 2])
})

test('Election.received() leaves what is of another kind or ring to others', () => {
  const { elections } = new Room(1, true)
  const election = present(elections.get(idOf(1)), 'election')
  const datagram = {
    kind: 'ELECTION',
    ringId: 'd'.repeat(32),
    from: idOf(2),
    to: 'all',
    fence: 0,
    count: 1,
    mac: '0'.repeat(64),
  } as const
  for (const bytes of [
    utf8('{}'),
    utf8('x'),
    new Uint8Array(600),
    encodeElectionDatagram(datagram),
  ]) {
    assert.equal(election.received(bytes), false)
  }
  assert.equal(election.received(encodeElectionDatagram({ ...datagram, ringId: RING })), true)
})
