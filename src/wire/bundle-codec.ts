/**
 * Bundles as bytes (docs/spec/raft.md has the messages). All numbers are LEB128, member ids 16
 * bytes, lists have their count in front:
 *
 *     generation | parts | messages | beat? | beatAnswer? | proposals? | outcomes?
 *
 * Entries of one append are encoded once for all followers that are sent the same array. What is
 * read is checked and bounded; data of entries and proposals are views of the bytes given.
 */
import { assert, unreachable } from '../base/assert.ts'
import { parseMemberId, type MemberId } from '../base/ids.ts'
import { SharedBytes } from '../base/shared-bytes.ts'
import { CompactReader, CompactWriter } from './compact.ts'
import { decodeConfiguration } from './configuration.ts'
import { FRAME_BODY_BYTES_MAX } from './frame.ts'
import type { Notice } from './method.ts'
import { PACKED_SHARED_BYTES_MAX } from './packed.ts'
import { ALL_PARTITIONS, PARTITIONS, RING_PARTITION, type PartitionId } from './partition.ts'
import type {
  Beat,
  BeatAnswer,
  Bundle,
  Configuration,
  EntryKind,
  GroupMessage,
  LogEntry,
  LogPoint,
  Proposal,
  ProposalOutcome,
  RaftMessage,
} from './raft.ts'

/** Groups times messages that one turn has for one member; far above what a turn brings. */
export const BUNDLE_MESSAGES_MAX = 16_384

/** Of all appends of a bundle. An entry of four bytes takes some hundred in memory: 13 MiB. */
export const BUNDLE_ENTRIES_MAX = 131_072

/** Members in one part of a configuration; five vote, learners come one or two at a time. */
export const CONFIGURATION_MEMBERS_MAX = 64

const MEMBER_ID_BYTES = 16

/** Numbers on the wire: add, never change, never reuse. */
const PART = { beat: 1, beatAnswer: 2, proposals: 4, outcomes: 8, isFull: 16 } as const
const PARTS_KNOWN = 31
const MESSAGE = {
  append: 1,
  appended: 2,
  appendRefused: 3,
  ask: 4,
  voted: 5,
  offer: 6,
  offerFailed: 7,
  campaignNow: 8,
  readAsk: 9,
  readAnswer: 10,
  committed: 11,
  compare: 12,
} as const
const OUTCOME = { applied: 1, refused: 2, lost: 3 } as const
const ENTRY_KINDS: readonly EntryKind[] = ['empty', 'command', 'configuration']
const BALLOTS = ['preVote', 'vote'] as const
const REFUSALS = ['notLeader', 'notMember', 'busy', 'full', 'malformed'] as const

const writer = new CompactWriter()
const entriesWriter = new CompactWriter()

/** Encoded entries live until all followers were sent them. */
const appended = new SharedBytes()

/** Encoded entries, by the array that a leader sends to several followers. */
const encodedEntries = new WeakMap<readonly LogEntry[], Uint8Array>()

export const bundleNotice: Notice<Bundle> = {
  name: 'store.bundle',
  read: (value) => (value instanceof Uint8Array ? decodeBundle(value) : undefined),
  write: encodeBundle,
}

/**
 * Up to PACKED_SHARED_BYTES_MAX bytes are valid until the next call only, more are the caller's.
 */
export function encodeBundle(bundle: Bundle): Uint8Array {
  const { beat, beatAnswer, proposals = [], outcomes = [] } = bundle
  const parts =
    (beat === undefined ? 0 : PART.beat) |
    (beatAnswer === undefined ? 0 : PART.beatAnswer) |
    (proposals.length === 0 ? 0 : PART.proposals) |
    (outcomes.length === 0 ? 0 : PART.outcomes) |
    (bundle.isFull === true ? PART.isFull : 0)
  writer.clear()
  writer.number(bundle.generation)
  writer.byte(parts)
  writer.number(bundle.messages.length)
  for (const { group, message } of bundle.messages) {
    writer.byte(group)
    putMessage(message)
  }
  if (beat !== undefined) putBeat(beat)
  if (beatAnswer !== undefined) putBeatAnswer(beatAnswer)
  if (proposals.length > 0) putProposals(proposals)
  if (outcomes.length > 0) putOutcomes(outcomes)
  const bytes = writer.view()
  return bytes.length > PACKED_SHARED_BYTES_MAX ? bytes.slice() : bytes
}

/** `undefined` where the bytes are no bundle. */
export function decodeBundle(bytes: Uint8Array): Bundle | undefined {
  const reader = new BundleReader(bytes)
  const generation = reader.number()
  const parts = reader.byte()
  if ((parts & ~PARTS_KNOWN) !== 0) return undefined
  const messages: GroupMessage[] = []
  const count = reader.count(3, BUNDLE_MESSAGES_MAX)
  for (let i = 0; i < count && !reader.isBroken; i++) {
    messages.push({ group: readGroup(reader), message: readMessage(reader) })
  }
  const bundle = {
    generation,
    messages,
    ...((parts & PART.beat) === 0 ? {} : { beat: readBeat(reader) }),
    ...((parts & PART.beatAnswer) === 0 ? {} : { beatAnswer: readBeatAnswer(reader) }),
    ...((parts & PART.proposals) === 0 ? {} : { proposals: readProposals(reader) }),
    ...((parts & PART.outcomes) === 0 ? {} : { outcomes: readOutcomes(reader) }),
    ...((parts & PART.isFull) === 0 ? {} : { isFull: true as const }),
  }
  return reader.isDone ? bundle : undefined
}

/** A bundle too large for one frame as two that follow one another. */
export function halves(bundle: Bundle): readonly [Bundle, Bundle] {
  const { generation, messages, proposals = [], outcomes = [], ...beats } = bundle
  if (messages.length > 0 && proposals.length + outcomes.length > 0) {
    const first = { generation, messages, ...beats }
    return [first, { generation, messages: [], proposals, outcomes }]
  }
  if (proposals.length > 0 && outcomes.length > 0) {
    const first = { generation, messages, proposals, ...beats }
    return [first, { generation, messages, outcomes }]
  }
  const [m1, m2] = cut(messages)
  const [p1, p2] = cut(proposals)
  const [o1, o2] = cut(outcomes)
  assert(m2.length + p2.length + o2.length > 0, 'one message is larger than a frame')
  const first = { generation, messages: m1, proposals: p1, outcomes: o1, ...beats }
  return [first, { generation, messages: m2, proposals: p2, outcomes: o2 }]
}

function cut<T>(items: readonly T[]): readonly [readonly T[], readonly T[]] {
  const middle = Math.ceil(items.length / 2)
  return [items.slice(0, middle), items.slice(middle)]
}

function putMessage(message: RaftMessage): void {
  writer.byte(MESSAGE[message.kind])
  writer.number(message.term)
  switch (message.kind) {
    case 'append':
      putPoint(message.previous)
      writer.number(message.commit)
      putEntries(message.entries, message.previous.index)
      break
    case 'appended':
      writer.number(message.match)
      writer.number(Math.max(0, Math.floor(message.wallMs)))
      break
    case 'appendRefused':
      writer.number(message.rejected)
      putPoint(message.hint)
      break
    case 'ask':
      writer.byte(BALLOTS.indexOf(message.ballot) | (message.isTransfer ? 2 : 0))
      putPoint(message.last)
      break
    case 'voted':
      writer.byte(BALLOTS.indexOf(message.ballot) | (message.isGranted ? 2 : 0))
      break
    case 'offer':
      putPoint(message.snapshot.point)
      putConfiguration(message.snapshot.configuration)
      break
    case 'offerFailed':
      putPoint(message.point)
      break
    case 'committed':
      writer.number(message.index)
      break
    case 'campaignNow':
    case 'compare':
      break
    case 'readAsk':
      writer.number(message.token)
      break
    case 'readAnswer':
      writer.number(message.token)
      // 0: not confirmed. An index of 0 is a confirmation too.
      writer.number(message.index === undefined ? 0 : message.index + 1)
      break
    default:
      unreachable(message)
  }
}

function putPoint(point: LogPoint): void {
  writer.number(point.index)
  writer.number(point.term)
}

function putEntries(entries: readonly LogEntry[], previous: number): void {
  writer.number(entries.length)
  if (entries.length === 0) return
  assert(entries[0]?.index === previous + 1, 'entries follow the point before them')
  let encoded = encodedEntries.get(entries)
  if (encoded === undefined) {
    encoded = encodeEntries(entries)
    encodedEntries.set(entries, encoded)
  }
  writer.raw(encoded)
}

function encodeEntries(entries: readonly LogEntry[]): Uint8Array {
  entriesWriter.clear()
  for (const { term, timeMs, kind, data } of entries) {
    entriesWriter.number(term)
    entriesWriter.number(timeMs)
    entriesWriter.byte(ENTRY_KINDS.indexOf(kind))
    entriesWriter.bytes(data)
  }
  return appended.copy(entriesWriter.view())
}

function putMembers(members: readonly MemberId[]): void {
  writer.number(members.length)
  for (const member of members) writer.hex(member)
}

function putConfiguration({ voters, learners, outgoing }: Configuration): void {
  putMembers(voters)
  putMembers(learners)
  writer.byte(outgoing === undefined ? 0 : 1)
  if (outgoing !== undefined) putMembers(outgoing)
}

/**
 * In the place of commit indexes: the answer can wait. A build that knows nothing of it answers at
 * once, and an index of 0 tells it nothing.
 */
const CAN_WAIT: Beat['commits'] = [[RING_PARTITION, 0]]

function putBeat({ round, list, groups, canWait, ...beat }: Beat): void {
  assert(
    canWait !== true || (groups === undefined && beat.commits.length === 0),
    'it tells nothing',
  )
  const commits = canWait === true ? CAN_WAIT : beat.commits
  writer.number(round)
  writer.number(list)
  writer.byte(groups === undefined ? 0 : 1)
  if (groups !== undefined) {
    writer.number(groups.length)
    for (const { group, term } of groups) {
      writer.byte(group)
      writer.number(term)
    }
  }
  writer.number(commits.length)
  for (const [group, index] of commits) {
    writer.byte(group)
    writer.number(index)
  }
}

function putBeatAnswer({ round, list, isUnknown, except }: BeatAnswer): void {
  writer.number(round)
  writer.number(list)
  writer.byte(isUnknown ? 1 : 0)
  writer.number(except.length)
  for (const group of except) writer.byte(group)
}

function putProposals(proposals: readonly Proposal[]): void {
  writer.number(proposals.length)
  for (const { group, token, data } of proposals) {
    writer.byte(group)
    writer.number(token)
    writer.bytes(data)
  }
}

function putOutcomes(outcomes: readonly ProposalOutcome[]): void {
  writer.number(outcomes.length)
  for (const outcome of outcomes) {
    writer.byte(outcome.group)
    writer.number(outcome.token)
    writer.byte(OUTCOME[outcome.kind])
    if (outcome.kind === 'applied') {
      writer.number(outcome.index)
      writer.bytes(outcome.answer)
    } else if (outcome.kind === 'refused') {
      writer.byte(REFUSALS.indexOf(outcome.why) | (outcome.hint === undefined ? 0 : HAS_HINT))
      if (outcome.hint !== undefined) writer.hex(outcome.hint)
    }
  }
}

const HAS_HINT = 128

class BundleReader extends CompactReader {
  /** What further entries may come, over all appends. */
  entriesLeft = BUNDLE_ENTRIES_MAX
}

function readGroup(reader: CompactReader): PartitionId {
  const number = reader.byte()
  if (number < PARTITIONS) return ALL_PARTITIONS[number] ?? RING_PARTITION
  reader.refuse()
  return RING_PARTITION
}

function readMessage(reader: BundleReader): RaftMessage {
  const kind = reader.byte()
  const term = reader.number()
  switch (kind) {
    case MESSAGE.append: {
      const previous = readPoint(reader)
      const commit = reader.number()
      return {
        kind: 'append',
        term,
        previous,
        commit,
        entries: readEntries(reader, previous.index),
      }
    }
    case MESSAGE.appended:
      return { kind: 'appended', term, match: reader.number(), wallMs: reader.number() }
    case MESSAGE.appendRefused:
      return { kind: 'appendRefused', term, rejected: reader.number(), hint: readPoint(reader) }
    case MESSAGE.ask: {
      const { ballot, flag } = readBallot(reader)
      return { kind: 'ask', ballot, term, last: readPoint(reader), isTransfer: flag }
    }
    case MESSAGE.voted: {
      const { ballot, flag } = readBallot(reader)
      return { kind: 'voted', ballot, term, isGranted: flag }
    }
    case MESSAGE.offer: {
      const point = readPoint(reader)
      return { kind: 'offer', term, snapshot: { point, configuration: readConfiguration(reader) } }
    }
    case MESSAGE.offerFailed:
      return { kind: 'offerFailed', term, point: readPoint(reader) }
    case MESSAGE.readAsk:
      return { kind: 'readAsk', term, token: reader.number() }
    case MESSAGE.readAnswer: {
      const token = reader.number()
      const index = reader.number()
      return { kind: 'readAnswer', term, token, index: index === 0 ? undefined : index - 1 }
    }
    case MESSAGE.committed:
      return { kind: 'committed', term, index: reader.number() }
    case MESSAGE.compare:
      return { kind: 'compare', term }
    case MESSAGE.campaignNow:
      return { kind: 'campaignNow', term }
    default:
      reader.refuse()
      return { kind: 'campaignNow', term: 0 }
  }
}

function readBallot(reader: CompactReader) {
  const bits = reader.byte()
  if (bits > 3) reader.refuse()
  return { ballot: BALLOTS[bits & 1] ?? 'preVote', flag: (bits & 2) !== 0 } as const
}

function readPoint(reader: CompactReader): LogPoint {
  return { index: reader.number(), term: reader.number() }
}

function readEntries(reader: BundleReader, previous: number): readonly LogEntry[] {
  const count = reader.count(4, reader.entriesLeft)
  reader.entriesLeft -= count
  const entries: LogEntry[] = []
  for (let i = 1; i <= count && !reader.isBroken; i++) {
    const term = reader.number()
    const timeMs = reader.number()
    const kind = ENTRY_KINDS[reader.byte()]
    const data = reader.bytes(FRAME_BODY_BYTES_MAX)
    const isSound = kind !== 'configuration' || decodeConfiguration(data) !== undefined
    if (kind === undefined || !isSound) reader.refuse()
    else entries.push({ index: previous + i, term, timeMs, kind, data })
  }
  return entries
}

function readMember(reader: CompactReader): MemberId {
  const digits = reader.hex(MEMBER_ID_BYTES)
  return parseMemberId(reader.isBroken ? NOBODY : digits)
}

const NOBODY = '0'.repeat(2 * MEMBER_ID_BYTES)

function readMembers(reader: CompactReader): readonly MemberId[] {
  const count = reader.count(MEMBER_ID_BYTES, CONFIGURATION_MEMBERS_MAX)
  return Array.from({ length: count }, () => readMember(reader))
}

function readConfiguration(reader: CompactReader): Configuration {
  const voters = readMembers(reader)
  const learners = readMembers(reader)
  return readFlag(reader)
    ? { voters, learners, outgoing: readMembers(reader) }
    : { voters, learners }
}

function readFlag(reader: CompactReader): boolean {
  const byte = reader.byte()
  if (byte > 1) reader.refuse()
  return byte === 1
}

function readBeat(reader: CompactReader): Beat {
  const round = reader.number()
  const list = reader.number()
  const groups = readFlag(reader)
    ? Array.from({ length: reader.count(2, PARTITIONS) }, () => ({
        group: readGroup(reader),
        term: reader.number(),
      }))
    : undefined
  const commits = Array.from(
    { length: reader.count(2, PARTITIONS) },
    () => [readGroup(reader), reader.number()] as const,
  )
  if (groups !== undefined) return { round, list, commits, groups }
  const canWait = commits.length === 1 && commits[0]?.[1] === 0
  return canWait ? { round, list, commits: [], canWait } : { round, list, commits }
}

function readBeatAnswer(reader: CompactReader): BeatAnswer {
  const round = reader.number()
  const list = reader.number()
  const isUnknown = readFlag(reader)
  const except = Array.from({ length: reader.count(1, PARTITIONS) }, () => readGroup(reader))
  return { round, list, isUnknown, except }
}

function readProposals(reader: CompactReader): readonly Proposal[] {
  return Array.from({ length: reader.count(3, BUNDLE_MESSAGES_MAX) }, () => ({
    group: readGroup(reader),
    token: reader.number(),
    data: reader.bytes(FRAME_BODY_BYTES_MAX),
  }))
}

function readOutcomes(reader: CompactReader): readonly ProposalOutcome[] {
  return Array.from({ length: reader.count(3, BUNDLE_MESSAGES_MAX) }, () => readOutcome(reader))
}

function readOutcome(reader: CompactReader): ProposalOutcome {
  const group = readGroup(reader)
  const token = reader.number()
  const kind = reader.byte()
  if (kind === OUTCOME.applied) {
    const index = reader.number()
    return { group, token, kind: 'applied', index, answer: reader.bytes(FRAME_BODY_BYTES_MAX) }
  }
  if (kind === OUTCOME.lost) return { group, token, kind: 'lost' }
  const bits = kind === OUTCOME.refused ? reader.byte() : HAS_HINT - 1
  const why = REFUSALS[bits & ~HAS_HINT]
  if (why === undefined) {
    reader.refuse()
    return { group, token, kind: 'lost' }
  }
  const hint = (bits & HAS_HINT) === 0 ? {} : { hint: readMember(reader) }
  return { group, token, kind: 'refused', why, ...hint }
}
