import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { MemberId } from '../base/ids.ts'
import { SeededChance } from '../base/random.ts'
import type { LogEntry, RaftMessage } from '../wire/raft.ts'
import {
  GROUP,
  memberId,
  newDisk,
  TestMember,
  type Disk,
  type Packet,
} from './member.test-helper.ts'
import { RAFT_SETTINGS } from './settings.ts'
import type { RaftOutput, RaftSettings, ReadOutcome } from './types.ts'

const SELF = memberId(1)
const OTHERS = [2, 3, 4, 5].map(memberId)
const VOTERS = [SELF, ...OTHERS]
const [SECOND, THIRD] = [memberId(2), memberId(3)]

interface Sent {
  readonly to: MemberId
  readonly packet: Packet
}

/** m1 of a group of five, and what it says; the others say what the test has them say. */
class Trial {
  readonly sent: Sent[] = []
  readonly outputs: RaftOutput[] = []
  readonly reads: ReadOutcome[] = []
  readonly member: TestMember

  constructor(options: { readonly settings?: Partial<RaftSettings>; readonly disk?: Disk } = {}) {
    this.member = new TestMember({
      id: SELF,
      disk: options.disk ?? newDisk({ voters: VOTERS, learners: [] }),
      settings: { ...RAFT_SETTINGS, ...options.settings },
      chance: new SeededChance(1),
      moment: { nowMs: 0, wallMs: 1_000_000 },
      watcher: {
        send: (_, to, packet) => this.sent.push({ to, packet }),
        taken: (_, output) => this.outputs.push(output),
        read: (_, outcome) => this.reads.push(outcome),
      },
    })
  }

  hear(from: MemberId, message: RaftMessage): void {
    this.member.step({ kind: 'message', from, message })
  }

  at(nowMs: number): this {
    this.member.moment = { nowMs, wallMs: 1_000_000 + nowMs }
    return this
  }

  /** Has it elected in term 1, its first entry committed. */
  lead(): this {
    this.at(this.member.group.deadlineMs).member.step({ kind: 'timer' })
    this.vote('preVote')
    this.member.syncAll()
    this.vote('vote')
    this.member.syncAll()
    this.acknowledge(1)
    return this
  }

  vote(ballot: 'preVote' | 'vote'): void {
    for (const from of [SECOND, THIRD]) {
      this.hear(from, { kind: 'voted', ballot, term: 1, isGranted: true })
    }
  }

  acknowledge(match: number, wallMs = 0): void {
    for (const from of OTHERS) this.hear(from, { kind: 'appended', term: 1, match, wallMs })
  }

  /** Of the appends that were sent last, by follower. */
  appends(): readonly (RaftMessage & { readonly kind: 'append' })[] {
    return this.sent.flatMap(({ packet }) =>
      packet.kind === 'message' && packet.message.kind === 'append' ? [packet.message] : [],
    )
  }

  propose(bytes: number) {
    return this.member.propose(new Uint8Array(bytes)).kind
  }
}

function entry(index: number, term: number): LogEntry {
  return { index, term, timeMs: 0, kind: 'empty', data: new Uint8Array(0) }
}

test('RaftGroup.propose() says who leads, where this member does not', () => {
  const trial = new Trial()
  assert.deepEqual(trial.member.propose(new Uint8Array(1)), { kind: 'notLeader', hint: undefined })
  const append = { previous: { index: 0, term: 0 }, entries: [], commit: 0 }
  trial.hear(SECOND, { kind: 'append', term: 1, ...append })
  assert.deepEqual(trial.member.propose(new Uint8Array(1)), { kind: 'notLeader', hint: SECOND })
})

test('RaftGroup.propose() is busy beyond its bound, and takes one that is larger when nothing waits', () => {
  const trial = new Trial({ settings: { uncommittedBytesMax: 1_000 } }).lead()
  assert.equal(trial.propose(5_000), 'taken')
  assert.equal(trial.propose(1), 'busy')
  trial.acknowledge(2)
  assert.equal(trial.propose(500), 'taken')
  assert.equal(trial.propose(500), 'busy')
})

test('followers at one place, and the disk, are given the same array of entries', () => {
  const trial = new Trial().lead()
  trial.sent.length = 0
  trial.member.turn(() => {
    for (let i = 0; i < 10; i++) trial.propose(10)
  })
  const [first, ...rest] = trial.appends()
  assert.equal(first?.entries.length, 10)
  assert.equal(rest.length, 3)
  for (const { entries } of rest) assert.equal(entries, first?.entries)
  assert.equal(trial.outputs.at(-1)?.persist?.entries, first?.entries)
})

test('entries hurry to as many as a majority needs, and pass over one that is late', () => {
  const trial = new Trial().lead()
  const hurried = (): readonly MemberId[] => {
    trial.outputs.length = 0
    trial.member.turn(() => trial.propose(10))
    const messages = trial.outputs.flatMap((output) => output.messages)
    return messages.filter(({ canWait }) => !canWait).map(({ to }) => to)
  }
  assert.deepEqual(hurried(), [SECOND, THIRD])
  const { nowMs } = trial.member.moment
  for (const from of OTHERS.slice(1)) {
    trial.hear(from, { kind: 'appended', term: 1, match: 2, wallMs: 0 })
  }
  trial.at(nowMs + RAFT_SETTINGS.electionMinMs / 4 + 1)
  assert.deepEqual(hurried(), OTHERS.slice(0, 3))
})

test('a window that is full waits for an answer, and appends are cut to their bound', () => {
  const trial = new Trial({ settings: { appendBytesMax: 300, inFlightBytesMax: 600 } }).lead()
  trial.sent.length = 0
  trial.member.turn(() => {
    for (let i = 0; i < 20; i++) trial.propose(36)
  })
  assert.deepEqual(
    trial.appends().map(({ entries }) => entries.length),
    [3, 3, 3, 3, 3, 3, 3, 3],
  )
  trial.sent.length = 0
  trial.hear(SECOND, { kind: 'appended', term: 1, match: 4, wallMs: 0 })
  assert.equal(trial.appends().length, 1)
})

test('a commit index leaves once a turn, in an append where one leaves anyway', () => {
  const trial = new Trial().lead()
  trial.propose(1)
  trial.member.syncAll()
  trial.sent.length = 0
  trial.member.turn(() => {
    trial.acknowledge(2)
    trial.propose(1)
  })
  assert.deepEqual(
    trial.sent.map(({ packet }) => packet.kind === 'message' && packet.message.kind),
    ['append', 'append', 'append', 'append'],
  )
  assert.deepEqual(
    trial.appends().map(({ commit }) => commit),
    [2, 2, 2, 2],
  )
})

test('what was persisted in an earlier term does not count for the leader', () => {
  const trial = new Trial().lead()
  const { group } = trial.member
  trial.propose(1)
  for (const from of [SECOND, THIRD]) {
    trial.hear(from, { kind: 'appended', term: 1, match: 2, wallMs: 0 })
  }
  const through = { index: 2, term: 1 }
  trial.member.step({ kind: 'persisted', through, hardState: { term: 0, vote: undefined } })
  assert.equal(group.status().commit, 1)
  trial.member.syncAll()
  assert.equal(group.status().commit, 2)
})

test('an answer that was meant for this member before its restart answers no read', () => {
  const first = new Trial()
  const follow = { kind: 'append', term: 1, previous: { index: 0, term: 0 }, commit: 0 } as const
  first.hear(SECOND, { ...follow, entries: [] })
  first.member.step({ kind: 'read', token: 1 })
  const ask = first.sent.at(-1)?.packet
  assert.ok(ask?.kind === 'message' && ask.message.kind === 'readAsk')
  const chance = new SeededChance(77)
  const restarted = new TestMember({
    id: SELF,
    disk: first.member.disk,
    settings: RAFT_SETTINGS,
    chance,
    moment: { nowMs: 0, wallMs: 0 },
    watcher: { send: () => undefined, read: (_, outcome) => first.reads.push(outcome) },
  })
  restarted.step({ kind: 'message', from: SECOND, message: { ...follow, entries: [] } })
  restarted.step({ kind: 'read', token: 2 })
  const answer = { kind: 'readAnswer', term: 1, token: ask.message.token, index: 0 } as const
  restarted.step({ kind: 'message', from: SECOND, message: answer })
  assert.deepEqual(first.reads, [])
})

test('a read that nobody answers is refused after an election time-out', () => {
  const trial = new Trial()
  const append = { previous: { index: 0, term: 0 }, entries: [], commit: 0 }
  trial.hear(SECOND, { kind: 'append', term: 1, ...append })
  trial.member.step({ kind: 'read', token: 1 })
  assert.equal(trial.member.group.deadlineMs, RAFT_SETTINGS.electionMinMs)
  trial.at(RAFT_SETTINGS.electionMinMs).member.step({ kind: 'timer' })
  assert.deepEqual(trial.reads, [{ kind: 'refused', token: 1 }])
})

test('logged time is the lower median, and stands still while most clocks are unknown', () => {
  const trial = new Trial().lead()
  const timeOfNext = (): number => {
    trial.at(trial.member.moment.nowMs + 1)
    trial.propose(1)
    return trial.outputs.at(-1)?.persist?.entries.at(-1)?.timeMs ?? Number.NaN
  }
  const clocks = [9_000_000, 500_000, 2_000_000]
  const { nowMs } = trial.member.moment
  for (const [i, wallMs] of clocks.entries()) {
    trial.hear(memberId(i + 2), { kind: 'appended', term: 1, match: 1, wallMs })
  }
  // 0 (m5 said so), 500,000, its own, 2,000,000, 9,000,000
  assert.equal(timeOfNext(), 1_000_000 + nowMs + 1)
  trial.hear(SECOND, { kind: 'appended', term: 1, match: 1, wallMs: 0 })
  trial.hear(memberId(4), { kind: 'appended', term: 1, match: 1, wallMs: 0 })
  assert.equal(timeOfNext(), 1_000_000 + nowMs + 1, 'it never goes back')
})

test('an entry may be applied before the term that it came with is on disk', () => {
  const disk = newDisk({ voters: VOTERS, learners: [] })
  disk.entries = [entry(1, 3)]
  const { member } = new Trial({ disk })
  assert.equal(member.group.status().term, 3)
})

test('RaftGroup.entriesToApply() gives each committed entry once, one at least', () => {
  const { member } = new Trial()
  const entries = [entry(1, 1), entry(2, 1), entry(3, 1)]
  const message = { previous: { index: 0, term: 0 }, entries, commit: 2 }
  const { group, moment } = member
  const append = { kind: 'append', term: 1, ...message } as const
  group.step({ kind: 'message', from: SECOND, message: append }, moment)
  assert.equal(group.take().commit, 2)
  assert.deepEqual(group.entriesToApply(1), [entries[0]])
  assert.deepEqual(group.entriesToApply(1), [entries[1]])
  assert.deepEqual(group.entriesToApply(1), [])
})

test('RaftGroup.step() refuses a clock that goes back', () => {
  const { member } = new Trial()
  member.group.step({ kind: 'timer' }, { nowMs: 10, wallMs: 0 })
  assert.throws(() => member.group.step({ kind: 'timer' }, { nowMs: 9, wallMs: 0 }))
})

test('a learner that hears nothing knows of no leader, until that beats again', () => {
  const disk = newDisk({ voters: OTHERS, learners: [SELF] })
  const { member } = new Trial({ disk })
  const append = { previous: { index: 0, term: 0 }, entries: [], commit: 0 }
  const message = { kind: 'append', term: 1, ...append } as const
  member.step({ kind: 'message', from: SECOND, message })
  const wait = (): void => {
    const nowMs = member.group.deadlineMs
    member.moment = { nowMs, wallMs: nowMs }
    member.step({ kind: 'timer' })
  }
  wait()
  assert.deepEqual(member.group.status().role, 'follower')
  assert.equal(member.group.status().leader, undefined)
  const groups = [{ group: GROUP, term: 1 }]
  const beat = { round: 1, list: 1, groups, commits: [] }
  member.beats.received(SECOND, beat, member.group.deadlineMs - 1)
  wait()
  assert.equal(member.group.status().leader, SECOND)
})

test('a pre-vote asked with a shorter log has a member stand at once, not one that gave its vote', () => {
  const { electionMinMs, electionMaxMs, beatMs } = RAFT_SETTINGS
  const ask = { kind: 'ask', ballot: 'preVote', isTransfer: false } as const
  const shorter = { ...ask, term: 2, last: { index: 1, term: 1 } }
  const append = {
    kind: 'append',
    term: 1,
    previous: { index: 0, term: 0 },
    entries: [entry(1, 1), entry(2, 1)],
    commit: 0,
  } as const
  const trial = new Trial().at(1)
  trial.hear(SECOND, append)
  const { group } = trial.at(electionMinMs / 2).member
  trial.hear(THIRD, shorter)
  assert.ok(group.deadlineMs > electionMinMs / 2 + beatMs, 'it has heard of its leader')
  trial.member.step({ kind: 'lost', member: SECOND })
  trial.at(electionMinMs).member.step({ kind: 'timer' })
  assert.equal(group.status().role, 'preCandidate')
  assert.ok(group.deadlineMs > electionMinMs + beatMs, 'it waits for the end of its round')
  trial.hear(THIRD, shorter)
  assert.ok(group.deadlineMs <= electionMinMs + beatMs, 'it asks again at once')

  const voter = new Trial().at(1)
  voter.hear(SECOND, append)
  const last = { index: 2, term: 1 }
  voter.at(electionMaxMs).hear(SECOND, { ...ask, ballot: 'vote', term: 2, last })
  voter.member.syncAll()
  const deadlineMs = voter.member.group.deadlineMs
  voter.hear(THIRD, { ...shorter, term: 3 })
  assert.equal(voter.member.group.deadlineMs, deadlineMs)
})

test('a follower that hears beats alone looks for nothing, and asks a while after an entry came', () => {
  const { electionMinMs, beatMs } = RAFT_SETTINGS
  const trial = new Trial().at(1)
  const append = { kind: 'append', term: 1, previous: { index: 0, term: 0 }, commit: 1 } as const
  trial.hear(SECOND, { ...append, entries: [entry(1, 1)] })
  const { beats, group } = trial.member
  const groups = [{ group: GROUP, term: 1 }]
  const longMs = 60_000
  for (let nowMs = 1; nowMs <= longMs; nowMs += beatMs) {
    beats.received(SECOND, { round: nowMs, list: 1, groups, commits: [] }, nowMs)
  }
  assert.ok(group.deadlineMs > longMs, 'beats put its look off')
  trial.at(longMs).hear(SECOND, {
    ...append,
    previous: { index: 1, term: 1 },
    entries: [entry(2, 1)],
  })
  assert.equal(group.deadlineMs, longMs + electionMinMs)
})
