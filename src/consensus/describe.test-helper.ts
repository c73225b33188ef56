/** One line for each thing that a trace shows. */
import { tryText } from '../base/bytes.ts'
import type { MemberId } from '../base/ids.ts'
import { decodeConfiguration } from '../wire/configuration.ts'
import type { Configuration, LogEntry, LogPoint, RaftMessage } from '../wire/raft.ts'
import { memberName, type Packet } from './member.test-helper.ts'
import type { Persist, RaftStatus } from './types.ts'

export function names(members: readonly MemberId[]): string {
  return members.map(memberName).join(',')
}

export function describeConfiguration(configuration: Configuration | undefined): string {
  if (configuration === undefined) return 'nobody known'
  const { voters, learners, outgoing } = configuration
  const parts = [names(voters)]
  if (outgoing !== undefined) parts.push(`outgoing ${names(outgoing)}`)
  if (learners.length > 0) parts.push(`learners ${names(learners)}`)
  return parts.join(' ')
}

function describePoint({ index, term }: LogPoint): string {
  return `${index}/${term}`
}

export function describeEntry(entry: LogEntry): string {
  const { kind, data } = entry
  const point = describePoint(entry)
  if (kind === 'empty') return `${point} empty`
  if (kind === 'command') return `${point} “${tryText(data) ?? ''}”`
  return `${point} (${describeConfiguration(decodeConfiguration(data))})`
}

function describeEntries(entries: readonly LogEntry[]): string {
  return `[${entries.map(describeEntry).join(', ')}]`
}

export function describePersist({ hardState, entries }: Persist): string {
  const parts: string[] = []
  if (hardState !== undefined) {
    const { term, vote } = hardState
    parts.push(`term ${term}${vote === undefined ? '' : ` vote ${memberName(vote)}`}`)
  }
  if (entries.length > 0) parts.push(describeEntries(entries))
  return parts.join(' ')
}

export function describePacket(packet: Packet): string {
  switch (packet.kind) {
    case 'message':
      return describeMessage(packet.message)
    case 'beat': {
      const { groups, commits } = packet.beat
      const list =
        groups === undefined ? '' : ` leads at t${groups.map(({ term }) => term).join(' t')}`
      const commit = commits.map(([, index]) => ` commit ${index}`).join('')
      return `beat${list}${commit}`
    }
    case 'beatAnswer': {
      const { isUnknown, except } = packet.answer
      if (isUnknown) return 'beatAnswer list unknown'
      return except.length === 0 ? 'beatAnswer holds' : 'beatAnswer does not hold'
    }
    default:
      throw new Error('unknown packet')
  }
}

function describeMessage(message: RaftMessage): string {
  const head = `${message.kind} t${message.term}`
  switch (message.kind) {
    case 'append': {
      const { previous, entries, commit } = message
      const after = describePoint(previous)
      return `${head} after ${after} ${describeEntries(entries)} commit ${commit}`
    }
    case 'appended':
      return `${head} match ${message.match}`
    case 'committed':
      return `${head} ${message.index}`
    case 'appendRefused':
      return `${head} after ${message.rejected} hint ${describePoint(message.hint)}`
    case 'ask': {
      const { ballot, last, isTransfer } = message
      return `${ballot}? t${message.term} last ${describePoint(last)}${isTransfer ? ' transfer' : ''}`
    }
    case 'voted':
      return `${message.ballot} t${message.term} ${message.isGranted ? 'yes' : 'no'}`
    case 'offer':
      return `${head} ${describePoint(message.snapshot.point)}`
    case 'offerFailed':
      return `${head} ${describePoint(message.point)}`
    case 'readAnswer':
      return `${head} ${message.index === undefined ? 'refused' : `at ${message.index}`}`
    case 'readAsk':
    case 'campaignNow':
    case 'compare':
      return head
    default:
      throw new Error('unknown message')
  }
}

export function describeRole({ role, term, leader, configuration }: RaftStatus): string {
  const led = leader === undefined || role === 'leader' ? '' : ` of ${memberName(leader)}`
  return `${role}${led} t${term} (${describeConfiguration(configuration)})`
}

export function describeStatus(status: RaftStatus): string {
  const { base, last, commit, progress } = status
  const parts = [
    describeRole(status),
    `log ${describePoint(base)}..${describePoint(last)}`,
    `commit ${commit}`,
  ]
  for (const { member, match, needsSnapshot } of progress) {
    parts.push(`${memberName(member)} at ${match}${needsSnapshot ? ' needs a snapshot' : ''}`)
  }
  return parts.join(', ')
}
