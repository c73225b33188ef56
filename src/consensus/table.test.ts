import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { AssertionError } from '../base/assert.ts'
import { SeededChance } from '../base/random.ts'
import type { RaftMessage } from '../wire/raft.ts'
import { GROUP, memberId, newDisk, TestMember } from './member.test-helper.ts'
import { RAFT_SETTINGS } from './settings.ts'
import type { RaftEvent, Role } from './types.ts'

const SELF = memberId(1)
const OTHER = memberId(2)
const THIRD = memberId(3)
const STRANGER = memberId(9)
const LAST = { index: 99, term: 1 }

/** A group of three at m1, driven into a role by what happens in one. */
function inRole(role: Role): TestMember {
  const member = new TestMember({
    id: SELF,
    disk: newDisk({ voters: [SELF, OTHER, THIRD], learners: [] }),
    settings: RAFT_SETTINGS,
    chance: new SeededChance(1),
    moment: { nowMs: 0, wallMs: 0 },
    watcher: { send: () => undefined },
  })
  const append = {
    kind: 'append',
    previous: { index: 0, term: 0 },
    entries: [],
    commit: 0,
  } as const
  member.step(said({ ...append, term: 1 }))
  if (role === 'follower') return member
  waitForTimer(member)
  if (role === 'preCandidate') return member
  member.step(said({ kind: 'voted', ballot: 'preVote', term: 2, isGranted: true }))
  if (role === 'candidate') return member
  member.syncAll()
  member.step(said({ kind: 'voted', ballot: 'vote', term: 2, isGranted: true }))
  return member
}

function said(message: RaftMessage, from = OTHER): RaftEvent {
  return { kind: 'message', from, message }
}

function waitForTimer(member: TestMember): void {
  const nowMs = Math.max(member.moment.nowMs, member.group.deadlineMs)
  member.moment = { nowMs, wallMs: nowMs }
  member.step({ kind: 'timer' })
}

/** Beyond every time-out. */
function waitLong(member: TestMember): void {
  const nowMs = member.moment.nowMs + 2 * RAFT_SETTINGS.electionMaxMs
  member.moment = { nowMs, wallMs: nowMs }
}

type Happening = (member: TestMember, term: number) => void

const append = (term: number): RaftMessage => ({
  kind: 'append',
  term,
  previous: { index: 0, term: 0 },
  entries: [],
  commit: 0,
})
const snapshot = { point: LAST, configuration: { voters: [OTHER], learners: [] } }

/** What may happen, as the page names it. */
const HAPPENINGS = {
  'the deadline comes': (member) => waitForTimer(member),
  'nothing is heard for long': (member) => {
    waitLong(member)
    member.step({ kind: 'timer' })
  },
  '`append` of this term': (member, term) => member.step(said(append(term))),
  '`append` of a later term': (member, term) => member.step(said(append(term + 1))),
  '`append` of an earlier term': (member, term) => member.step(said(append(term - 1))),
  '`committed` of a later term': (member, term) =>
    member.step(said({ kind: 'committed', term: term + 1, index: 0 })),
  '`offer` of a later term': (member, term) =>
    member.step(said({ kind: 'offer', term: term + 1, snapshot })),
  'asked for a pre-vote': (member, term) => ask(member, { ballot: 'preVote', term: term + 1 }),
  'asked for a vote': (member, term) => ask(member, { ballot: 'vote', term: term + 1 }),
  'asked for a vote, leader heard': (member, term) => {
    member.beats.received(OTHER, heardBeat(term), member.moment.nowMs)
    member.step(said(voteAsk({ ballot: 'vote', term: term + 1 }), THIRD))
  },
  'asked for a vote after a transfer': (member, term) => {
    const vote = voteAsk({ ballot: 'vote', term: term + 1 })
    member.step(said({ ...vote, isTransfer: true }, THIRD))
  },
  'a majority would vote for it': (member, term) =>
    member.step(said({ kind: 'voted', ballot: 'preVote', term: term + 1, isGranted: true })),
  'a majority votes for it': (member, term) => {
    member.syncAll()
    member.step(said({ kind: 'voted', ballot: 'vote', term, isGranted: true }))
  },
  'a majority votes, its own not on disk': (member, term) =>
    member.step(said({ kind: 'voted', ballot: 'vote', term, isGranted: true })),
  'refused in a later term': (member, term) =>
    member.step(said({ kind: 'voted', ballot: 'vote', term: term + 1, isGranted: false })),
  'an answer of a later term': (member, term) =>
    member.step(said({ kind: 'appended', term: term + 1, match: 0, wallMs: 0 })),
  'an answer of a later term, from a stranger': (member, term) =>
    member.step(said({ kind: 'appended', term: term + 1, match: 0, wallMs: 0 }, STRANGER)),
  '`campaignNow`': (member, term) => member.step(said({ kind: 'campaignNow', term })),
  '`lost` leader': (member) => member.step({ kind: 'lost', member: OTHER }),
  '`read`': (member) => member.step({ kind: 'read', token: 1 }),
} as const satisfies Record<string, Happening>

function heardBeat(term: number) {
  return { round: 1, list: 1, groups: [{ group: GROUP, term }], commits: [] }
}

function voteAsk(asked: { readonly ballot: 'preVote' | 'vote'; readonly term: number }) {
  return { kind: 'ask', ...asked, last: LAST, isTransfer: false } as const
}

/** By one that nobody else is heard before. */
function ask(
  member: TestMember,
  asked: { readonly ballot: 'preVote' | 'vote'; readonly term: number },
): void {
  waitLong(member)
  member.step(said(voteAsk(asked), THIRD))
}

type After = Role | 'bug'
type Row = Readonly<Record<Role, After>>

const stays: Row = {
  follower: 'follower',
  preCandidate: 'preCandidate',
  candidate: 'candidate',
  leader: 'leader',
}
const follows: Row = {
  follower: 'follower',
  preCandidate: 'follower',
  candidate: 'follower',
  leader: 'follower',
}

const EXPECTED: Record<keyof typeof HAPPENINGS, Row> = {
  'the deadline comes': {
    follower: 'preCandidate',
    preCandidate: 'preCandidate',
    candidate: 'preCandidate',
    leader: 'leader',
  },
  'nothing is heard for long': {
    follower: 'preCandidate',
    preCandidate: 'preCandidate',
    candidate: 'preCandidate',
    leader: 'follower',
  },
  '`append` of this term': { ...follows, leader: 'bug' },
  '`append` of a later term': follows,
  '`append` of an earlier term': stays,
  '`committed` of a later term': follows,
  '`offer` of a later term': follows,
  'asked for a pre-vote': stays,
  'asked for a vote': { ...follows, leader: 'leader' },
  'asked for a vote, leader heard': { ...stays, candidate: 'follower' },
  'asked for a vote after a transfer': follows,
  'a majority would vote for it': { ...stays, preCandidate: 'candidate' },
  'a majority votes for it': { ...stays, candidate: 'leader' },
  'a majority votes, its own not on disk': stays,
  'refused in a later term': follows,
  'an answer of a later term': follows,
  'an answer of a later term, from a stranger': stays,
  '`campaignNow`': {
    follower: 'candidate',
    preCandidate: 'candidate',
    candidate: 'candidate',
    leader: 'leader',
  },
  '`lost` leader': stays,
  '`read`': stays,
}

const expected = new Map<string, Row>(Object.entries(EXPECTED))
const ROLES: readonly Role[] = ['follower', 'preCandidate', 'candidate', 'leader']

function after(role: Role, happens: Happening): After {
  const member = inRole(role)
  const { role: before, term } = member.group.status()
  assert.equal(before, role)
  try {
    happens(member, term)
  } catch (error) {
    if (error instanceof AssertionError) return 'bug'
    throw error
  }
  return member.group.status().role
}

for (const [name, happens] of Object.entries<Happening>(HAPPENINGS)) {
  test(`RaftGroup.step() takes each role where the page says: ${name}`, () => {
    const found = Object.fromEntries(ROLES.map((role) => [role, after(role, happens)]))
    assert.deepEqual(found, expected.get(name))
  })
}

test('docs/spec/raft.md has the table of roles as it is', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/spec/raft.md'), 'utf8')
  for (const [name, row] of expected) {
    const cells = ROLES.map((role) => row[role])
    assert.ok(page.includes(`| ${name} | ${cells.join(' | ')} |`), `no row “${name}”`)
  }
})
