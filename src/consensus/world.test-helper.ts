/**
 * A group in a world that is unkind to it, replayed from a seed: packets are lost, doubled, late
 * and out of order, links are cut in one direction or both, disks are slow, members crash with what
 * they had not synced, clocks are wrong, and the membership changes all the while. In the end all
 * is healed, and the group must be one again.
 */
import assert from 'node:assert/strict'

import type { MemberId } from '../base/ids.ts'
import { SeededChance, pick, shuffled } from '../base/random.ts'
import { Agenda, type Planned } from './agenda.test-helper.ts'
import { Checks } from './checks.test-helper.ts'
import { membersOf } from './configurations.ts'
import { memberId, newDisk, TestMember, type Packet } from './member.test-helper.ts'
import type { Moment, RaftSettings, ReadOutcome } from './types.ts'

/** Small bounds, so that every one of them is met. */
export const TIGHT: RaftSettings = {
  beatMs: 100,
  electionMinMs: 600,
  electionMaxMs: 1_200,
  inFlightBytesMax: 600,
  appendBytesMax: 200,
  uncommittedBytesMax: 2_000,
  keptBytesMax: 300,
}

const TROUBLE_MS = 7_000
const STRAGGLER_MS_MAX = 4_000
const HEALING_MS_MAX = 20_000
const WALL_START_MS = 1_700_000_000_000
const WILD_MS = 1_000_000_000

export interface Tally {
  crashes: number
  cuts: number
  lost: number
  doubled: number
  changes: number
  transfers: number
  installs: number
  failedInstalls: number
  proposals: number
  busy: number
}

export class World {
  readonly chance: SeededChance
  readonly members = new Map<MemberId, TestMember>()
  readonly checks: Checks
  readonly tally: Tally = {
    crashes: 0,
    cuts: 0,
    lost: 0,
    doubled: 0,
    changes: 0,
    transfers: 0,
    installs: 0,
    failedInstalls: 0,
    proposals: 0,
    busy: 0,
  }
  readonly #down = new Map<MemberId, TestMember>()
  readonly #looksAtMs = new Map<TestMember, number>()
  readonly #skewMs = new Map<MemberId, number>()
  readonly #cut = new Set<string>()
  readonly #lossOf100: number
  readonly #delayMsMax: number
  readonly #syncMsMax: number
  readonly #isWild: boolean
  readonly #hasStragglers: boolean
  readonly #planned = new Agenda()
  #order = 0
  #nowMs = 0
  #isHealed = false
  #tokens = 0

  constructor(seed: number) {
    this.chance = new SeededChance(seed)
    this.checks = new Checks(this.members)
    this.#lossOf100 = pick(this.chance, [0, 2, 10, 25])
    this.#delayMsMax = pick(this.chance, [5, 50, 300])
    this.#syncMsMax = pick(this.chance, [5, 30, 400])
    this.#hasStragglers = this.chance.below(2) === 0
    this.#isWild = this.chance.below(3) === 0
    const voters = [...Array(pick(this.chance, [1, 3, 3, 5, 7])).keys()].map((i) => memberId(i + 1))
    const spare = [8, 9].map(memberId)
    for (const id of [...voters, ...spare]) {
      const isSpare = spare.includes(id)
      const skewMs = this.chance.below(2_000)
      this.#skewMs.set(id, this.#isWild && id === voters[1] ? WILD_MS : skewMs)
      this.#start(id, newDisk(isSpare ? undefined : { voters, learners: [] }))
      this.#every(
        () => TIGHT.beatMs,
        () => this.members.get(id)?.beat(),
      )
    }
    this.#every(
      () => 1 + this.chance.below(160),
      () => this.#client(),
    )
    this.#every(
      () => 1 + this.chance.below(700),
      () => this.#fault(),
    )
  }

  /** Trouble, then healing. @throws AssertionError what did not hold */
  run(): void {
    this.#runUntil(() => this.#nowMs >= TROUBLE_MS)
    this.#heal()
    this.#runUntil(() => this.#isWhole())
    assert.ok(this.#isWhole(), 'the group is not one again after all is healed')
  }

  #runUntil(isOver: () => boolean): void {
    while (!isOver() && this.#nowMs < TROUBLE_MS + HEALING_MS_MAX) {
      const next = this.#takeFirst()
      this.#nowMs = next.atMs
      next.run()
    }
  }

  #takeFirst(): Planned {
    const found = this.#planned.takeFirst()
    assert.ok(found !== undefined, 'a world always has something to come')
    return found
  }

  #after(delayMs: number, run: () => void): void {
    this.#planned.add({ atMs: this.#nowMs + delayMs, order: this.#order++, run })
  }

  #every(intervalMs: () => number, run: () => void): void {
    this.#after(intervalMs(), () => {
      run()
      this.#every(intervalMs, run)
    })
  }

  #moment(id: MemberId): Moment {
    const wallMs = WALL_START_MS + this.#nowMs + (this.#skewMs.get(id) ?? 0)
    return { nowMs: this.#nowMs, wallMs }
  }

  #start(id: MemberId, disk: TestMember['disk']): void {
    const member = new TestMember({
      id,
      disk,
      settings: TIGHT,
      chance: this.chance.fork(),
      moment: this.#moment(id),
      watcher: {
        send: (from, to, packet) => this.#send(from, to, packet),
        taken: (taken, output) => this.checks.taken(taken, output),
        applied: (_, entries) => this.checks.applied(entries),
        read: (_, outcome) => this.#readEnds(outcome),
      },
    })
    this.members.set(id, member)
    this.#wait(member)
  }

  /** Runs something at a member that is up, and then plans what it waits for. */
  #at(id: MemberId, run: (member: TestMember) => void): void {
    const member = this.members.get(id)
    if (member === undefined || this.#down.has(id)) return
    member.moment = this.#moment(id)
    const { installing } = member
    const unsynced = member.unsynced.length
    run(member)
    if (member.unsynced.length > unsynced) {
      this.#after(1 + this.chance.below(this.#syncMsMax), () => this.#sync(member))
    }
    if (member.installing !== installing) this.#planInstall(member)
    this.#wait(member)
  }

  #sync(member: TestMember): void {
    if (this.members.get(member.id) !== member) return
    this.#at(member.id, () => {
      const batches = 1 + this.chance.below(3)
      for (let i = 0; i < batches; i++) member.sync()
    })
    if (member.unsynced.length > 0) this.#after(1, () => this.#sync(member))
  }

  /** Plans one look at the member's deadline, which may have moved on by then. */
  #wait(member: TestMember): void {
    const { deadlineMs } = member.group
    if (deadlineMs === Infinity || (this.#looksAtMs.get(member) ?? Infinity) <= deadlineMs) return
    const atMs = Math.max(this.#nowMs + 1, deadlineMs)
    this.#looksAtMs.set(member, atMs)
    this.#after(atMs - this.#nowMs, () => {
      if (this.#looksAtMs.get(member) !== atMs) return
      this.#looksAtMs.delete(member)
      if (this.members.get(member.id) !== member || this.#down.has(member.id)) return
      if (member.group.deadlineMs > this.#nowMs) this.#wait(member)
      else this.#at(member.id, () => member.step({ kind: 'timer' }))
    })
  }

  #send(from: TestMember, to: MemberId, packet: Packet): void {
    this.checks.sent(from, to, packet)
    if (!this.#isHealed && this.chance.below(100) < this.#lossOf100) {
      this.tally.lost++
      return
    }
    const copies = this.chance.below(40) === 0 ? 2 : 1
    if (copies === 2) this.tally.doubled++
    for (let i = 0; i < copies; i++) {
      this.#after(this.#delayMs(), () => this.#deliver(from.id, to, packet))
    }
  }

  /** One of some is late by more than an election takes. */
  #delayMs(): number {
    if (this.#isHealed) return 1 + this.chance.below(2)
    const isLate = this.#hasStragglers && this.chance.below(12) === 0
    return 1 + this.chance.below(isLate ? STRAGGLER_MS_MAX : this.#delayMsMax)
  }

  #deliver(from: MemberId, to: MemberId, packet: Packet): void {
    if (this.#cut.has(`${from} ${to}`)) return
    this.#at(to, (member) => member.receive(from, packet))
  }

  #readEnds(outcome: ReadOutcome): void {
    this.checks.readEnds(outcome)
  }

  #up(): readonly MemberId[] {
    return [...this.members.keys()].filter((id) => !this.#down.has(id))
  }

  #client(): void {
    if (this.#up().length === 0) return
    const id = pick(this.chance, this.#up())
    this.#at(id, (member) => {
      const { role } = member.group.status()
      if (this.chance.below(3) > 0) return this.#read(member)
      if (role === 'leader') this.#propose(member)
    })
    for (const leader of this.#up()) {
      this.#at(leader, (member) => {
        if (member.group.status().role !== 'leader') return
        this.#propose(member)
        this.#read(member)
      })
    }
  }

  #read(member: TestMember): void {
    const token = ++this.#tokens
    this.checks.readBegins(token)
    member.step({ kind: 'read', token })
  }

  #propose(member: TestMember): void {
    this.tally.proposals++
    member.turn(() => {
      const count = 1 + this.chance.below(4)
      for (let i = 0; i < count; i++) {
        const outcome = member.propose(new Uint8Array(this.chance.below(120)).fill(i))
        if (outcome.kind === 'busy') this.tally.busy++
      }
    })
  }

  #fault(): void {
    if (this.#isHealed) return
    const faults = [
      () => this.#crash(),
      () => this.#cutLinks(),
      () => this.#change(),
      () => this.#change(),
      () => this.#transfer(),
      () => this.#checkpoint(),
      () => this.#checkpoint(),
      () => this.#jump(),
    ]
    pick(this.chance, faults)()
  }

  #crash(): void {
    const up = this.#up()
    if (up.length === 0) return
    const member = this.members.get(pick(this.chance, up))
    assert.ok(member !== undefined)
    this.tally.crashes++
    // What was written and not synced may have reached the disk, in order, without its promises.
    const survives = this.chance.below(member.unsynced.length + 1)
    member.loseUnsynced(survives)
    this.#down.set(member.id, member)
    for (const other of this.#up()) {
      if (this.chance.below(2) === 0) continue
      this.#at(other, (witness) => witness.step({ kind: 'lost', member: member.id }))
    }
    this.#after(1 + this.chance.below(3_000), () => this.#restart(member))
  }

  #restart(member: TestMember): void {
    if (!this.#down.delete(member.id)) return
    for (const token of member.openReads) this.checks.readEnds({ kind: 'refused', token })
    this.#start(member.id, member.disk)
  }

  #cutLinks(): void {
    this.tally.cuts++
    const ids = shuffled(this.chance, [...this.members.keys()])
    const apart = ids.slice(0, 1 + this.chance.below(ids.length - 1))
    const isOneWay = this.chance.below(3) === 0
    const links: string[] = []
    for (const a of apart) {
      for (const b of ids) {
        if (apart.includes(b)) continue
        links.push(`${a} ${b}`)
        if (!isOneWay) links.push(`${b} ${a}`)
      }
    }
    for (const link of links) this.#cut.add(link)
    this.#after(1 + this.chance.below(3_000), () => {
      for (const link of links) this.#cut.delete(link)
    })
  }

  #change(): void {
    // A clock may be wild only while it is one of three at least.
    if (this.#isWild) return
    const ids = shuffled(this.chance, [...this.members.keys()])
    const count = 1 + this.chance.below(Math.min(5, ids.length))
    const voters = ids.slice(0, count)
    const learners = ids.slice(count, count + this.chance.below(3))
    this.#atLeader((member) => {
      if (member.change({ voters, learners }).kind === 'taken') this.tally.changes++
    })
  }

  #transfer(): void {
    const to = pick(this.chance, [...this.members.keys()])
    this.#atLeader((member) => {
      this.tally.transfers++
      member.step({ kind: 'transfer', to })
    })
  }

  #atLeader(run: (member: TestMember) => void): void {
    for (const id of this.#up()) {
      this.#at(id, (member) => {
        if (member.group.status().role === 'leader') run(member)
      })
    }
  }

  #checkpoint(): void {
    if (this.#up().length === 0) return
    const isTrimmed = this.chance.below(2) === 0
    this.#at(pick(this.chance, this.#up()), (member) => {
      member.checkpoint()
      if (isTrimmed && member.unsynced.length === 0) member.trimLog()
    })
  }

  #jump(): void {
    const id = pick(this.chance, [...this.members.keys()])
    const skewMs = this.#skewMs.get(id) ?? 0
    if (skewMs < WILD_MS) this.#skewMs.set(id, this.chance.below(2_000))
  }

  #planInstall(member: TestMember): void {
    const { installing } = member
    if (installing === undefined) return
    this.#after(1 + this.chance.below(500), () => {
      this.#at(member.id, (running) => {
        if (running !== member || member.installing !== installing) return
        const source = this.members.get(installing.from)
        const { index } = installing.snapshot.point
        const isThere = source !== undefined && !this.#down.has(source.id)
        const isCut = this.#cut.has(`${installing.from} ${member.id}`)
        if (source !== undefined && source.disk.state.point.index < index) source.writeState()
        const isBad = !this.#isHealed && this.chance.below(8) === 0
        if (!isThere || isCut || isBad || source.disk.state.point.index < index) {
          this.tally.failedInstalls++
          return member.failInstall()
        }
        this.tally.installs++
        member.installFrom(source.disk.state)
      })
    })
  }

  #heal(): void {
    this.#isHealed = true
    this.#cut.clear()
    for (const member of this.#down.values()) this.#after(1, () => this.#restart(member))
  }

  /** One leader, ready, whose members all have applied what is committed. */
  #isWhole(): boolean {
    if (this.#down.size > 0 || this.#nowMs < TROUBLE_MS + 2 * TIGHT.electionMaxMs) return false
    const statuses = [...this.members.values()].map((member) => member.group.status())
    const leader = statuses.find(({ role, isReady }) => role === 'leader' && isReady)
    if (leader?.configuration === undefined || leader.isChanging) return false
    return membersOf(leader.configuration).every((id) => {
      const status = this.members.get(id)?.group.status()
      if (status === undefined || status.leader !== leader.leader) return false
      return status.applied >= leader.applied - SLACK && status.applied >= WRITES_MIN
    })
  }

  /** That no entry went by a wild clock. */
  checkTime(): void {
    if (!this.#isWild) return
    const voters = [...this.members.values()][0]?.group.status().configuration?.voters ?? []
    if (voters.length < 3) return
    for (const { timeMs } of this.checks.committed.values()) {
      assert.ok(timeMs < WALL_START_MS + WILD_MS / 2, 'one wild clock moved logged time')
    }
  }
}

/** Writing goes on, and followers are a few entries behind at any time. */
const SLACK = 60

/** The group did something. */
const WRITES_MIN = 2
