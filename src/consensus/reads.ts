/**
 * Reads without a log entry (ReadIndex, dissertation 6.4). A leader notes its commit index when a
 * read arrives, and lets it pass when a majority has confirmed a round of beats that was sent after
 * that: so no other can have led, and committed more, by then. Before the first entry of its term
 * is committed it does not know what its predecessors committed, and lets none pass. A follower
 * asks its leader, once a turn for all.
 */
import { present } from '../base/assert.ts'
import type { MemberId } from '../base/ids.ts'
import type { RaftMessage } from '../wire/raft.ts'
import type { Core } from './core.ts'
import { isReady } from './leader-log.ts'
import { isAlone, reachedByMajority } from './quorum.ts'
import type { Follower, Leader, ReadBatch } from './standing.ts'

/** Reads that wait in one group; beyond it they are refused, and asked again. */
export const READS_MAX = 16_384

type Message<K extends RaftMessage['kind']> = Extract<RaftMessage, { kind: K }>

/** A read of this member's own. */
export function onRead(core: Core, token: number): void {
  const { standing } = core
  if (standing.kind === 'leader') {
    const batch = batchForRead(core, standing)
    if (batch !== undefined) return void batch.tokens.push(token)
  } else if (standing.kind === 'follower' && hasRoom(standing)) {
    return void standing.reads.gathered.push(token)
  }
  core.output.read({ kind: 'refused', token })
}

function hasRoom({ reads }: Follower): boolean {
  return reads.gathered.length < READS_MAX && reads.asked.size < READS_MAX
}

/** The batch of the next round. */
function batchForRead(core: Core, leader: Leader): ReadBatch | undefined {
  const round = core.beats.lastRound + 1
  const index = Math.max(core.commit, leader.termStart)
  const last = leader.reads.at(-1)
  if (last !== undefined && last.round === round) {
    if (last.tokens.length + last.remote.length >= READS_MAX) return undefined
    last.index = index
    return last
  }
  if (leader.reads.length >= READS_MAX) return undefined
  const batch = { round, index, tokens: [], remote: [] }
  leader.reads.push(batch)
  return batch
}

/** Lets pass what is confirmed; once a turn. */
export function passReads(core: Core, leader: Leader): void {
  if (leader.reads.length === 0 || !isReady(core, leader)) return
  const round = confirmedRound(core)
  let passed = 0
  for (const batch of leader.reads) {
    if (batch.round > round) break
    pass(core, batch)
    passed++
  }
  leader.reads.splice(0, passed)
}

/** The last round that a majority confirmed. */
function confirmedRound({ beats, configurations, group, term, self }: Core): number {
  const configuration = present(configurations.current, 'configuration of a leader')
  return reachedByMajority(configuration, (voter) =>
    voter === self ? Infinity : beats.confirmedRound(voter, group, term),
  )
}

function pass(core: Core, { tokens, remote, index }: ReadBatch): void {
  for (const token of tokens) core.output.read({ kind: 'ready', token, index })
  for (const { follower, token } of remote) {
    core.send(follower, { kind: 'readAnswer', term: core.term, token, index })
  }
}

/** A round must be sent before anything that waits can pass. */
export function wantsRound(core: Core, leader: Leader): boolean {
  const last = leader.reads.at(-1)
  if (last === undefined || last.round <= core.beats.lastRound) return false
  return !isAlone(present(core.configurations.current, 'configuration of a leader'), core.self)
}

export function onReadAsk(core: Core, from: MemberId, { token }: Message<'readAsk'>): void {
  const { standing } = core
  const batch = standing.kind === 'leader' ? batchForRead(core, standing) : undefined
  if (batch !== undefined) batch.remote.push({ follower: from, token })
  else core.send(from, { kind: 'readAnswer', term: core.term, token, index: undefined })
}

export function onReadAnswer(
  core: Core,
  { reads }: Follower,
  { token: question, index }: Message<'readAnswer'>,
): void {
  const tokens = reads.asked.get(question)?.tokens ?? []
  reads.asked.delete(question)
  for (const token of tokens) {
    core.output.read(
      index === undefined ? { kind: 'refused', token } : { kind: 'ready', token, index },
    )
  }
}

/** Sends what the turn gathered. */
export function askLeader(core: Core, { reads }: Follower): void {
  const tokens = reads.gathered
  if (tokens.length === 0) return
  reads.gathered = []
  if (core.leader === undefined || core.installing !== undefined) {
    for (const token of tokens) core.output.read({ kind: 'refused', token })
    return
  }
  const question = core.nextQuestion()
  reads.asked.set(question, { tokens, askedAtMs: core.moment.nowMs })
  core.send(core.leader, { kind: 'readAsk', term: core.term, token: question })
}

/** When the oldest question is given up: the leader may be another by then. */
export function readsDeadlineMs({ settings }: Core, { reads }: Follower): number {
  const [oldest] = reads.asked.values()
  return oldest === undefined ? Infinity : oldest.askedAtMs + settings.electionMinMs
}

export function onReadsTimer(core: Core, standing: Follower): void {
  for (const [question, { tokens }] of standing.reads.asked) {
    if (core.moment.nowMs < readsDeadlineMs(core, standing)) return
    standing.reads.asked.delete(question)
    for (const token of tokens) core.output.read({ kind: 'refused', token })
  }
}
