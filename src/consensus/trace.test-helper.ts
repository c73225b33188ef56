/**
 * Plays a trace script (src/consensus/traces): a line that begins with `>` is a command, what
 * follows it is everything that it brings about. Nothing happens by itself: packets wait to be
 * delivered, writes to be synced, deadlines to come.
 */
import assert from 'node:assert/strict'

import { utf8 } from '../base/bytes.ts'
import type { MemberId } from '../base/ids.ts'
import { SeededChance } from '../base/random.ts'
import {
  describeEntry,
  describePacket,
  describePersist,
  describeRole,
  describeStatus,
} from './describe.test-helper.ts'
import {
  memberId,
  memberName,
  newDisk,
  TestMember,
  type Disk,
  type Packet,
} from './member.test-helper.ts'
import { RAFT_SETTINGS } from './settings.ts'
import type { RaftOutput, ReadOutcome } from './types.ts'

interface Sent {
  readonly from: MemberId
  readonly to: MemberId
  readonly packet: Packet
}

/** @returns the script with what its commands bring about in the place of what it holds. */
export function playTrace(script: string): string {
  const played = new Played()
  const lines: string[] = []
  for (const line of script.trimEnd().split('\n')) {
    if (line.startsWith('>')) lines.push(line, ...played.run(line.slice(1).trim()))
    else if (line === '' || line.startsWith('#')) lines.push(line)
  }
  return `${lines.join('\n')}\n`
}

type Command = (args: readonly string[]) => void

const WALL_START_MS = 1_700_000_000_000

/** A trace that runs on is a bug of the machine. */
const ROUNDS_MAX = 100

class Played {
  readonly #members = new Map<MemberId, TestMember>()
  readonly #disks = new Map<MemberId, Disk>()
  readonly #cut = new Set<MemberId>()
  #underWay: Sent[] = []
  #lines: string[] = []
  #nowMs = 0
  #keptBytesMax = RAFT_SETTINGS.keptBytesMax

  readonly #commands: Readonly<Record<string, Command>> = {
    voters: (ids) => this.#found(ids),
    spare: (ids) => ids.forEach((id) => this.#create(parse(id), newDisk())),
    forgetful: () => (this.#keptBytesMax = 0),
    elect: ([id = '']) => this.#elect(this.#member(id)),
    timer: ([id = '']) => this.#timer(this.#member(id)),
    advance: ([ms = '']) => (this.#nowMs += Number(ms)),
    deliver: ([to]) => this.#deliver(to === undefined ? undefined : parse(to)),
    drop: ([to]) => this.#drop(to === undefined ? undefined : parse(to)),
    sync: ([id = '']) => this.#member(id).syncAll(),
    settle: () => this.#settle(),
    cut: (ids) => ids.forEach((id) => this.#cut.add(parse(id))),
    heal: () => this.#cut.clear(),
    propose: ([id = '', text = '']) => this.#tell(this.#member(id).propose(utf8(text))),
    read: ([id = '', token = '']) => this.#member(id).step({ kind: 'read', token: Number(token) }),
    change: ([id = '', voters = '', learners = '']) => this.#change(id, voters, learners),
    transfer: ([id = '', to = '']) => {
      this.#member(id).step({ kind: 'transfer', to: parse(to) })
    },
    beat: ([id = '']) => this.#member(id).beat(),
    lost: ([id = '', other = '']) => {
      this.#member(id).step({ kind: 'lost', member: parse(other) })
    },
    crash: ([id = '']) => this.#crash(id),
    restart: ([id = '']) => this.#restart(id),
    checkpoint: ([id = '']) => this.#member(id).checkpoint(),
    install: ([id = '']) => this.#install(this.#member(id)),
    failInstall: ([id = '']) => this.#member(id).failInstall(),
    status: () => this.#status(),
  }

  run(line: string): readonly string[] {
    const [name = '', ...args] = line.split(' ')
    const command = this.#commands[name]
    assert.ok(command !== undefined, `no command ${name}`)
    this.#lines = []
    for (const member of this.#members.values()) this.#setClock(member)
    command(args)
    return this.#lines
  }

  #found(ids: readonly string[]): void {
    const voters = ids.map(parse)
    for (const id of voters) this.#create(id, newDisk({ voters, learners: [] }))
  }

  #create(id: MemberId, disk: Disk): void {
    this.#disks.set(id, disk)
    const member = new TestMember({
      id,
      disk,
      settings: { ...RAFT_SETTINGS, keptBytesMax: this.#keptBytesMax },
      chance: new SeededChance(Number.parseInt(id, 16)),
      moment: { nowMs: this.#nowMs, wallMs: WALL_START_MS + this.#nowMs },
      watcher: {
        send: (from, to, packet) => this.#send(from, to, packet),
        taken: (taken, output) => this.#taken(taken, output),
        applied: (at, entries) => {
          this.#line(`${at.name} applies ${entries.map(describeEntry).join(', ')}`)
        },
        read: (at, outcome) => this.#line(`${at.name} ${describeRead(outcome)}`),
      },
    })
    this.#members.set(id, member)
  }

  #member(name: string): TestMember {
    const member = this.#members.get(parse(name))
    assert.ok(member !== undefined, `${name} is not up`)
    return member
  }

  #setClock(member: TestMember): void {
    member.moment = { nowMs: this.#nowMs, wallMs: WALL_START_MS + this.#nowMs }
  }

  #line(text: string): void {
    this.#lines.push(`  ${text}`)
  }

  #tell(outcome: { readonly kind: string }): void {
    this.#line(outcome.kind)
  }

  #taken(member: TestMember, output: RaftOutput): void {
    if (output.isChanged) this.#line(`${member.name} is ${describeRole(member.group.status())}`)
    if (output.persist !== undefined) {
      this.#line(`${member.name} writes ${describePersist(output.persist)}`)
    }
    if (output.commit !== undefined) this.#line(`${member.name} commits ${output.commit}`)
    if (output.install !== undefined) {
      this.#line(`${member.name} is to install from ${memberName(output.install.from)}`)
    }
  }

  #send(from: TestMember, to: MemberId, packet: Packet): void {
    this.#line(`${from.name} -> ${memberName(to)} ${describePacket(packet)}`)
    this.#underWay.push({ from: from.id, to, packet })
  }

  /** What is under way as it begins, not what comes of it. */
  #deliver(only: MemberId | undefined): void {
    const sent = this.#underWay
    this.#underWay = sent.filter(({ to }) => only !== undefined && to !== only)
    for (const { from, to, packet } of sent) {
      if (only !== undefined && to !== only) continue
      if (!this.#cut.has(from) && !this.#cut.has(to)) this.#members.get(to)?.receive(from, packet)
    }
  }

  #drop(only: MemberId | undefined): void {
    this.#underWay = this.#underWay.filter(({ to }) => only !== undefined && to !== only)
  }

  #settle(): void {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const writing = [...this.#members.values()].filter(({ unsynced }) => unsynced.length > 0)
      if (this.#underWay.length === 0 && writing.length === 0) return
      for (const member of writing) member.syncAll()
      this.#deliver(undefined)
    }
    assert.fail('it never settles')
  }

  #timer(member: TestMember): void {
    const { deadlineMs } = member.group
    assert.ok(deadlineMs !== Infinity, `${member.name} waits for nothing`)
    this.#nowMs = Math.max(this.#nowMs, deadlineMs)
    this.#setClock(member)
    member.step({ kind: 'timer' })
  }

  /** Without telling how. */
  #elect(member: TestMember): void {
    this.#timer(member)
    this.#settle()
    this.#lines = []
    this.#line(`${member.name} ${describeStatus(member.group.status())}`)
  }

  #change(id: string, voters: string, learners: string): void {
    const membership = { voters: parseAll(voters), learners: parseAll(learners) }
    this.#tell(this.#member(id).change(membership))
  }

  #crash(id: string): void {
    this.#member(id).loseUnsynced(0)
    this.#members.delete(parse(id))
  }

  #restart(id: string): void {
    const disk = this.#disks.get(parse(id))
    assert.ok(disk !== undefined, `${id} never was`)
    this.#create(parse(id), disk)
  }

  #install(member: TestMember): void {
    assert.ok(member.installing !== undefined, `${member.name} installs nothing`)
    member.installFrom(this.#member(memberName(member.installing.from)).state)
  }

  #status(): void {
    for (const member of this.#members.values()) {
      this.#line(`${member.name} ${describeStatus(member.group.status())}`)
    }
  }
}

function describeRead(outcome: ReadOutcome): string {
  const { kind, token } = outcome
  return kind === 'ready' ? `read ${token} ready at ${outcome.index}` : `read ${token} refused`
}

function parse(name: string): MemberId {
  const number = /^m(\d)$/.exec(name)?.[1]
  assert.ok(number !== undefined, `${name} is no member`)
  return memberId(Number(number))
}

function parseAll(list: string): readonly MemberId[] {
  return list === '' || list === '-' ? [] : list.split(',').map(parse)
}
