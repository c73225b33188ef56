/**
 * What becomes of a message, by its term (Raft paper 5.1). A later term makes this member a
 * follower, unless it comes from somebody who is not in the configuration and only answers; an
 * earlier one is not heard, but a leader of an earlier term is told that it is over.
 */
import { unreachable } from '../base/assert.ts'
import type { MemberId } from '../base/ids.ts'
import type { RaftMessage } from '../wire/raft.ts'
import { membersOf } from './configurations.ts'
import type { Core } from './core.ts'
import { onAsk, onCampaignNow, onVoted } from './election.ts'
import { onAppend, onCommitted } from './following.ts'
import { onOffer } from './installing.ts'
import { onAppended, onAppendRefused, onCompare, onOfferFailed } from './leading.ts'
import { onReadAnswer, onReadAsk } from './reads.ts'
import { becomeFollower } from './roles.ts'

/** Asks have rules of their own (election.ts). */
type Told = Exclude<RaftMessage, { kind: 'ask' }>

/** Only the leader of a term says so in it. */
const IS_LEADERS: Readonly<Record<Told['kind'], boolean>> = {
  append: true,
  committed: true,
  offer: true,
  campaignNow: true,
  appended: false,
  appendRefused: false,
  compare: false,
  offerFailed: false,
  readAsk: false,
  // Who is no leader says so by one.
  readAnswer: false,
  voted: false,
}

export function onMessage(core: Core, from: MemberId, message: RaftMessage): void {
  if (message.kind === 'ask') return onAsk(core, from, message)
  // What would be granted in a term to come is no news of that term.
  const isForecast = message.kind === 'voted' && message.ballot === 'preVote' && message.isGranted
  if (isForecast) return onVoted(core, from, message)
  if (message.term > core.term) {
    if (!raisesTerm(core, from, message)) return
    becomeFollower(core, message.term, IS_LEADERS[message.kind] ? from : undefined)
  } else if (message.term < core.term) {
    return answerPast(core, from, message)
  }
  dispatch(core, from, message)
}

/** A removed member that answers, late, must not unseat the leader of those who stayed. */
function raisesTerm({ configurations }: Core, from: MemberId, { kind }: Told): boolean {
  const configuration = configurations.current
  if (IS_LEADERS[kind] || configuration === undefined) return true
  return membersOf(configuration).includes(from)
}

/** Of an earlier term. Nobody else would tell a leader that is heard by none but this member. */
function answerPast(core: Core, from: MemberId, message: Told): void {
  const { kind } = message
  if (kind === 'append' || kind === 'committed' || kind === 'offer') {
    const hint = { index: core.commit, term: core.log.termAt(core.commit) ?? 0 }
    core.send(from, { kind: 'appendRefused', term: core.term, rejected: 0, hint })
  } else if (kind === 'readAsk') {
    core.send(from, { kind: 'readAnswer', term: core.term, token: message.token, index: undefined })
  }
}

/** Of this term. */
function dispatch(core: Core, from: MemberId, message: Told): void {
  switch (message.kind) {
    case 'append':
      return onAppend(core, from, message)
    case 'committed':
      return onCommitted(core, from, message.index)
    case 'offer':
      return onOffer(core, from, message.snapshot)
    case 'campaignNow':
      return onCampaignNow(core, from)
    case 'voted':
      return onVoted(core, from, message)
    case 'readAsk':
      return onReadAsk(core, from, message)
    case 'readAnswer':
      if (core.standing.kind === 'follower') onReadAnswer(core, core.standing, message)
      return
    case 'appended':
    case 'appendRefused':
    case 'compare':
    case 'offerFailed':
      return onFollowerAnswer(core, from, message)
    default:
      return unreachable(message)
  }
}

type FollowerAnswer = Extract<
  RaftMessage,
  { kind: 'appended' | 'appendRefused' | 'compare' | 'offerFailed' }
>

function onFollowerAnswer(core: Core, from: MemberId, message: FollowerAnswer): void {
  const { standing } = core
  const progress = standing.kind === 'leader' ? standing.progress.get(from) : undefined
  if (progress === undefined) return
  switch (message.kind) {
    case 'appended':
      return onAppended(core, progress, message)
    case 'appendRefused':
      return onAppendRefused(core, progress, message)
    case 'compare':
      return onCompare(progress)
    case 'offerFailed':
      return onOfferFailed(core, progress, message)
    default:
      return unreachable(message)
  }
}
