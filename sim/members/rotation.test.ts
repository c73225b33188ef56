/** Whole members that change their ring's authority while they are used. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../src/base/assert.ts'
import type { Effects } from '../../src/effects/effects.ts'
import { readMember, type MemberFiles } from '../../src/node/enrolment/ring-files.ts'
import type { RunningMember } from '../../src/node/member-parts.ts'
import type { Machine } from '../world/machine.ts'
import { World } from '../world/world.ts'
import { enrolAll, memberProgram, sealed } from './enrolled.ts'

const MEMBERS = 5
const WHOLE_WITHIN_MS = 300_000
const DONE_WITHIN_MS = 300_000
/** Between an answer and the next request of one user. */
const USE_EVERY_MS = 200
const USE_SELDOM_MS = 1_000

class UsedRing {
  readonly world: World
  readonly machines: readonly Machine[]
  readonly failures: string[] = []
  done = 0
  useEveryMs = USE_EVERY_MS
  readonly #members = new Map<
    Machine,
    { readonly member: RunningMember; readonly effects: Effects }
  >()

  constructor(seed: number) {
    this.world = new World({ seed })
    this.machines = Array.from({ length: MEMBERS }, () => this.world.machine())
  }

  async start(): Promise<this> {
    await enrolAll(this.world, this.machines)
    for (const machine of this.machines) await this.startOne(machine)
    const isWhole = (): boolean =>
      this.machines.every((machine) => this.member(machine).groupsNotWhole() === 0)
    const look = async (): Promise<void> => {
      for (const machine of this.machines) await this.member(machine).store.router.look()
    }
    for (let tries = 0; !isWhole() && tries < WHOLE_WITHIN_MS / 1_000; tries++) {
      await this.world.pass(1_000)
      await this.world.settle(look(), 'a look', 60_000)
    }
    assert.ok(isWhole(), 'all groups have their voters')
    return this
  }

  async startOne(machine: Machine): Promise<void> {
    const begins = (): boolean => machine === this.machines[0] && this.#members.size === 0
    const started = (member: RunningMember, effects: Effects): void => {
      this.#members.set(machine, { member, effects })
    }
    await this.world.start(machine, memberProgram({ machine, begins, started }))
    await this.world.until(() => this.member(machine).overlay.joined, 'it has joined', 60_000)
  }

  member(machine: Machine | undefined): RunningMember {
    return present(this.#members.get(present(machine, 'machine')), 'member').member
  }

  /** Writes and reads at each of these members, again and again until it is stopped. */
  use(machines: readonly Machine[]): AbortController {
    const stop = new AbortController()
    for (const machine of machines) void this.#useAt(machine, stop.signal)
    return stop
  }

  async filesOf(machine: Machine): Promise<MemberFiles> {
    const { effects } = present(this.#members.get(machine), 'member')
    return this.world.settle(readMember(sealed(effects)), 'its papers', 10_000)
  }

  async untilSettled(): Promise<void> {
    for (let passedMs = 0; passedMs < DONE_WITHIN_MS; passedMs += 1_000) {
      await this.world.pass(1_000)
      const rotation = this.member(this.machines[1]).rotation()
      const { phase } = present(await this.world.settle(rotation, 'a look', 60_000), 'rotation')
      if (phase !== 'done') continue
      const all = []
      for (const machine of this.machines) all.push(await this.filesOf(machine))
      if (all.every(({ credentials }) => credentials.alsoTrustedPems === undefined)) return
    }
    assert.fail('the rotation is not over')
  }

  async #useAt(machine: Machine, signal: AbortSignal): Promise<void> {
    const { member, effects } = present(this.#members.get(machine), 'member')
    const { records } = member.store
    for (let count = 0; !signal.aborted; count++) {
      const pk = `${machine.name} ${count % 30}`
      const value = new TextEncoder().encode(`${count}`)
      try {
        const writes = [{ kind: 'put', sk: 'value', value } as const]
        await records.transact({ table: 'things', pk, conditions: [], writes })
        const read = await records.get({ table: 'things', pk, sk: 'value' })
        assert.deepEqual(read?.value, value)
        this.done += 1
      } catch (thrown) {
        this.failures.push(`${machine.name}: ${String(thrown)}`)
      }
      await new Promise<void>((resolve) => effects.clock.after(this.useEveryMs, resolve))
    }
  }
}

async function rotate(ring: UsedRing, machine: Machine | undefined): Promise<void> {
  const { admissions } = ring.member(machine)
  await ring.world.settle(admissions.rotateAuthority(), 'the order', 60_000)
}

test('a ring of five changes its authority and all certificates under load without one failed request', async () => {
  for (const seed of [1]) {
    const ring = await new UsedRing(seed).start()
    const before: MemberFiles[] = []
    for (const machine of ring.machines) before.push(await ring.filesOf(machine))
    const using = ring.use(ring.machines)
    await ring.world.pass(2_000)
    await rotate(ring, ring.machines[3])
    await ring.untilSettled()
    // Beyond the grace of connections that the old authority proved.
    ring.useEveryMs = USE_SELDOM_MS
    await ring.world.pass(65_000)
    using.abort()
    assert.deepEqual(ring.failures, [], `seed ${seed}`)
    assert.ok(ring.done > MEMBERS * 100, `${ring.done}`)
    const authorities = new Set<string>()
    for (const [at, machine] of ring.machines.entries()) {
      const { authority, credentials } = await ring.filesOf(machine)
      authorities.add(credentials.authorityPem)
      assert.notEqual(credentials.authorityPem, before[at]?.credentials.authorityPem)
      assert.notEqual(credentials.certificatePem, before[at]?.credentials.certificatePem)
      assert.equal(authority?.certificatePem, credentials.authorityPem)
      assert.equal(authority?.former, undefined)
    }
    assert.equal(authorities.size, 1)
  }
})

test('members that die and lose power in the middle of a rotation end it, however far each was', async () => {
  for (const seed of [11, 12]) {
    const ring = await new UsedRing(seed).start()
    const [first, second, third] = ring.machines
    await rotate(ring, first)
    // The one that began it, and another, at a moment that differs from seed to seed.
    await ring.world.pass(300 * (seed - 10))
    present(first, 'machine').losePower()
    await ring.world.pass(700)
    present(third, 'machine').kill()
    await ring.world.pass(20_000)
    for (const machine of [first, third]) {
      const back = present(machine, 'machine')
      await ring.startOne(back)
    }
    await ring.untilSettled()
    const using = ring.use(ring.machines)
    await ring.world.pass(5_000)
    using.abort()
    assert.ok(ring.done > 0, `seed ${seed}`)
    assert.ok(ring.member(second).overlay.joined)
  }
})
