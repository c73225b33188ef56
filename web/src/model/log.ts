/** The log of the ring's doings: newest first, bounded, pausable, filtered when shown. Pure. */
import type { MemberRef, RingEvent } from '../../../src/wire/api.ts'

export type EventKind = RingEvent['kind']

/** How the log's filter groups the kinds. A kind left out does not compile. */
export const TOPIC_OF = {
  joined: 'membership',
  left: 'membership',
  suspected: 'membership',
  died: 'membership',
  returned: 'membership',
  merged: 'membership',
  waiting: 'membership',
  coordinator: 'membership',
  stabilised: 'upkeep',
  successor: 'upkeep',
  predecessor: 'upkeep',
  fingers: 'upkeep',
  lookup: 'lookups',
  downloadStarted: 'downloads',
  downloadFinished: 'downloads',
  revalidated: 'downloads',
  downloadFailed: 'downloads',
  refused: 'refusals',
  leads: 'store',
  replicaBegun: 'store',
  voterAdded: 'store',
  voterRemoved: 'store',
  stateFetched: 'store',
  chunkRepaired: 'store',
  damageFound: 'store',
  damageHealed: 'store',
  diskFull: 'store',
  diskRoom: 'store',
} as const satisfies Record<EventKind, string>

export type Topic = (typeof TOPIC_OF)[EventKind]
export const TOPICS: readonly Topic[] = [
  'membership',
  'store',
  'downloads',
  'lookups',
  'refusals',
  'upkeep',
]

export interface LogEntry {
  /** Stays the same while the entry gathers repeats, so that the list keeps its place. */
  readonly key: number
  readonly event: RingEvent
  /** How often this was told in a row by the same member. */
  readonly times: number
  /** Of the first that it gathers; `event` is the latest. */
  readonly since: string
}

export interface Log {
  readonly entries: readonly LogEntry[]
  /** What came while paused; shown at once on going on. */
  readonly held: readonly RingEvent[]
  readonly isPaused: boolean
  readonly nextKey: number
}

export const EMPTY_LOG: Log = { entries: [], held: [], isPaused: false, nextKey: 1 }

/** 400 lines are more than anyone scrolls, and cheap to draw again. */
export const LOG_ENTRIES_MAX = 400
/** What one member does over and over is one line with a count. */
const GATHERED: ReadonlySet<Topic> = new Set(['upkeep', 'lookups'])
/**
 * Replicas move by the dozen, and each leader tells of its own: what becomes of one member in a
 * burst is one line, with the partitions that all of them told of.
 */
const MOVES: ReadonlySet<EventKind> = new Set(['replicaBegun', 'voterAdded', 'voterRemoved'])
const BURSTS: ReadonlySet<EventKind> = new Set([...MOVES, 'leads'])
/** Apart by more, two changes of one member are two lines. */
const BURST_MS = 60_000
/** How far back a repeat is looked for: every member of a large ring once. */
const REPEAT_REACH = 64

/**
 * Takes up what came, oldest first. Told again (after a change of door), an event is not taken
 * twice.
 */
export function addEvents(log: Log, events: readonly RingEvent[]): Log {
  if (log.isPaused) {
    const held = [...log.held]
    for (const event of events) if (!held.some((known) => isSame(known, event))) held.push(event)
    return { ...log, held: held.slice(-LOG_ENTRIES_MAX) }
  }
  return events.reduce(addEvent, log)
}

function addEvent(log: Log, event: RingEvent): Log {
  if (log.entries.some((entry) => isSame(entry.event, event))) return log
  if (BURSTS.has(event.kind)) return addToBurst(log, event)
  const repeated = GATHERED.has(TOPIC_OF[event.kind]) ? findRepeat(log.entries, event) : undefined
  if (repeated === undefined) return withNew(log, event)
  if (repeated.event.at >= event.at) return log
  return withOther(log, repeated, { ...repeated, event, times: repeated.times + 1 })
}

/** Of whom a line tells: with moves not the leader that made them, but whom they concern. */
export function subjectOf({ kind, member, other }: RingEvent): MemberRef {
  return MOVES.has(kind) ? (other ?? member) : member
}

/** Adding what is there already changes nothing. */
function addToBurst(log: Log, event: RingEvent): Log {
  const subject = subjectOf(event).id
  const burst = log.entries
    .slice(0, REPEAT_REACH)
    .find(
      (entry) =>
        entry.event.kind === event.kind &&
        subjectOf(entry.event).id === subject &&
        isNear(entry, event),
    )
  if (burst === undefined) return withNew(log, event)
  const latest = burst.event.at >= event.at ? burst.event : event
  const partitions = new Set([...partitionsOf(burst.event), ...partitionsOf(event)])
  const sorted = [...partitions].toSorted((a, b) => Number(a) - Number(b))
  const merged = { ...latest, count: sorted.length, text: sorted.join(', ') }
  const since = burst.since <= event.at ? burst.since : event.at
  return withOther(log, burst, { ...burst, event: merged, since })
}

function isNear({ since, event: { at } }: LogEntry, event: RingEvent): boolean {
  const toldMs = Date.parse(event.at)
  return toldMs >= Date.parse(since) - BURST_MS && toldMs <= Date.parse(at) + BURST_MS
}

function partitionsOf({ text = '' }: RingEvent): readonly string[] {
  return text.split(', ')
}

function withNew(log: Log, event: RingEvent): Log {
  const entry = { key: log.nextKey, event, times: 1, since: event.at }
  return { ...log, entries: placed(log.entries, entry), nextKey: log.nextKey + 1 }
}

function withOther(log: Log, before: LogEntry, entry: LogEntry): Log {
  const rest = log.entries.filter((known) => known !== before)
  return { ...log, entries: placed(rest, entry) }
}

/** Members tell by turns, so an event may come after later ones of others. */
function placed(entries: readonly LogEntry[], entry: LogEntry): readonly LogEntry[] {
  const later = entries.findIndex((known) => known.event.at <= entry.event.at)
  const index = later < 0 ? entries.length : later
  return entries.toSpliced(index, 0, entry).slice(0, LOG_ENTRIES_MAX)
}

function findRepeat(entries: readonly LogEntry[], event: RingEvent): LogEntry | undefined {
  return entries
    .slice(0, REPEAT_REACH)
    .find(
      ({ event: known }) =>
        known.kind === event.kind &&
        known.member.id === event.member.id &&
        known.other?.id === event.other?.id &&
        known.text === event.text,
    )
}

function isSame(a: RingEvent, b: RingEvent): boolean {
  return (
    a.at === b.at &&
    a.kind === b.kind &&
    a.member.id === b.member.id &&
    a.other?.id === b.other?.id &&
    a.url === b.url &&
    a.text === b.text &&
    a.count === b.count
  )
}

export function pause(log: Log): Log {
  return { ...log, isPaused: true }
}

/** Shows what was held back. */
export function goOn(log: Log): Log {
  return addEvents({ ...log, isPaused: false, held: [] }, log.held)
}

export function clear(log: Log): Log {
  return { ...log, entries: [], held: [] }
}

export interface LogFilter {
  readonly hidden: ReadonlySet<Topic>
  /** A member's id; what it did and what was done to it. `undefined` is all. */
  readonly member: string | undefined
}

export const NO_FILTER: LogFilter = { hidden: new Set(), member: undefined }

/** Upkeep goes on all the time; shown, it would drown deaths and downloads. */
export const HIDDEN_AT_FIRST: readonly Topic[] = ['upkeep']

export function parseTopic(value: unknown): Topic | undefined {
  return TOPICS.find((topic) => topic === value)
}

export function shown(log: Log, filter: LogFilter): readonly LogEntry[] {
  return log.entries.filter(({ event }) => {
    if (filter.hidden.has(TOPIC_OF[event.kind])) return false
    return (
      filter.member === undefined ||
      event.member.id === filter.member ||
      event.other?.id === filter.member
    )
  })
}

export function toggleTopic(filter: LogFilter, topic: Topic): LogFilter {
  const hidden = new Set(filter.hidden)
  if (!hidden.delete(topic)) hidden.add(topic)
  return { ...filter, hidden }
}

/**
 * After these the picture of the ring may be another. `stabilised` says that all stayed as it was.
 */
export const CHANGES_RING: ReadonlySet<EventKind> = new Set([
  'joined',
  'left',
  'suspected',
  'died',
  'returned',
  'merged',
  'successor',
  'predecessor',
  'fingers',
  'leads',
  'replicaBegun',
  'voterAdded',
  'voterRemoved',
  'stateFetched',
  'diskFull',
  'diskRoom',
  'downloadStarted',
  'downloadFinished',
  'revalidated',
  'downloadFailed',
])

/** What a screen reader is told unasked: a person wants to know these, the rest is in the list. */
export const WORTH_SAYING: ReadonlySet<EventKind> = new Set([
  'joined',
  'left',
  'died',
  'returned',
  'waiting',
  'damageFound',
  'diskFull',
  'diskRoom',
])
