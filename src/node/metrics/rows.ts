/** What a member tells at `/metrics`: each row with its unit, and when to look. */
import type { RaftStatus } from '../../consensus/types.ts'
import { noCounts, type MainlineCounts } from '../../gateways/mainline/counts.ts'
import type { CountName } from '../../kademlia/counts.ts'
import type { Counts } from '../../kademlia/types.ts'
import type { RpcCounters } from '../../rpc/types.ts'
import type { ChunkCounters } from '../../store/chunks/member-chunks.ts'
import type { StoreCounts } from '../../store/counted.ts'
import type { GroupCounters, GroupHost, StoredSizes } from '../../store/group/types.ts'
import type { Member } from '../../wire/api.ts'
import type { LedReport } from '../../wire/roster.ts'
import type { MemberStore } from '../store/member-store.ts'
import type { ScrubCounters } from '../store/upkeep.ts'
import { KADEMLIA_HELP } from './kademlia-help.ts'
import { MAINLINE_HELP } from './mainline-help.ts'
import type { MetricRow } from './row.ts'

/** Of the doors for clients. */
export interface DoorCounts {
  readonly connections: number
  readonly connectionsMax: number
  readonly unsentBytes: number
  /** Times that somebody was refused, by why. */
  readonly refused: ReadonlyMap<string, number>
}

/** What rows read: taken together when somebody asks. */
export interface Look {
  readonly self: Member
  readonly joined: boolean
  readonly rpc: RpcCounters
  readonly outside: { readonly contacts: number; readonly counts: Counts } | undefined
  readonly mainline: { readonly contacts: number; readonly counts: MainlineCounts } | undefined
  readonly host: Pick<
    GroupHost,
    'appendTimes' | 'counters' | 'freeBytes' | 'incoming' | 'isDiskFull'
  >
  readonly groups: readonly RaftStatus[]
  readonly led: readonly LedReport[]
  readonly sizes: StoredSizes
  readonly counts: StoreCounts
  readonly chunks: Pick<MemberStore['chunks'], 'counters' | 'progress'>
  readonly scrubbed: ScrubCounters
  readonly diskReserveBytes: number
  readonly doors: DoorCounts
  /** Of the ring, as this member has heard. */
  readonly featureLevel: number
}

type Row = MetricRow<Look>

const MEMBER_ROWS: readonly Row[] = [
  {
    name: 'anillo_joined',
    kind: 'gauge',
    help: 'Whether this member has a place on the ring.',
    unit: '0 or 1',
    alert: '0 for a minute',
    read: ({ joined }) => (joined ? 1 : 0),
  },
  {
    name: 'anillo_successors',
    kind: 'gauge',
    help: 'Members in the successor list.',
    unit: 'members',
    alert: '0 in a ring of more than one member',
    read: ({ self }) => self.successors.length,
  },
  {
    name: 'anillo_pages',
    kind: 'gauge',
    help: 'Pages held.',
    unit: 'pages',
    read: ({ self }) => self.pages,
  },
  {
    name: 'anillo_page_bytes',
    kind: 'gauge',
    help: 'Bytes of pages held.',
    unit: 'bytes',
    read: ({ self }) => self.pageBytes,
  },
  {
    name: 'anillo_downloads',
    kind: 'gauge',
    help: 'Downloads under way.',
    unit: 'downloads',
    read: ({ self }) => self.load.downloads,
  },
  {
    name: 'anillo_connections',
    kind: 'gauge',
    help: 'Connections of clients.',
    unit: 'connections',
    alert: 'near anillo_connections_bound: further ones are told BUSY',
    read: ({ doors }) => doors.connections,
  },
  {
    name: 'anillo_connections_bound',
    kind: 'gauge',
    help: 'Connections that clients may have: docs/store.md, When many come.',
    unit: 'connections',
    read: ({ doors }) => doors.connectionsMax,
  },
  {
    name: 'anillo_unsent_bytes',
    kind: 'gauge',
    help: 'Answers made and not taken by their clients.',
    unit: 'bytes',
    alert: '32 MiB for a minute: clients ask and do not read',
    read: ({ doors }) => doors.unsentBytes,
  },
  {
    name: 'anillo_refused_total',
    kind: 'counter',
    help: 'Requests refused for who asked, by the code of the error.',
    unit: 'requests',
    label: 'code',
    alert: 'SLOW_DOWN or BAD_LOGIN grows: somebody guesses passwords',
    read: ({ doors }) => doors.refused,
  },
]

const STORE_ROWS: readonly Row[] = [
  {
    name: 'anillo_feature_level',
    kind: 'gauge',
    help: 'The feature level of the ring, as this member has heard: docs/upgrade.md.',
    unit: 'level',
    alert: 'members differ for minutes',
    read: ({ featureLevel }) => featureLevel,
  },
  {
    name: 'anillo_replicas',
    kind: 'gauge',
    help: 'Groups with a replica here, by what it is: leader, voter, or learner (not voting).',
    unit: 'groups',
    label: 'role',
    read: ({ groups, self }) => rolesOf(groups, self.id),
  },
  {
    name: 'anillo_replicas_leaderless',
    kind: 'gauge',
    help: 'Groups with a replica here that knows of no leader.',
    unit: 'groups',
    alert: 'more than 0 for 10 seconds: writes to them fail',
    read: ({ groups }) => groups.filter(({ leader }) => leader === undefined).length,
  },
  {
    name: 'anillo_commit_lag_entries',
    kind: 'gauge',
    help: 'Entries that the member furthest behind lacks, of the groups led here.',
    unit: 'entries',
    alert: 'more than 10,000 for minutes: a member does not keep up',
    read: ({ groups }) => most(groups.flatMap(lagsOf)),
  },
  {
    name: 'anillo_apply_lag_entries',
    kind: 'gauge',
    help: 'Entries committed and not applied here, of the group furthest behind.',
    unit: 'entries',
    alert: 'more than 10,000 for minutes: the database does not keep up',
    read: ({ groups }) => most(groups.map(({ commit, applied }) => commit - applied)),
  },
  {
    name: 'anillo_reads_total',
    kind: 'counter',
    help: 'Reads asked of this member, by outcome: found, absent, or the code of an error.',
    unit: 'reads',
    label: 'outcome',
    alert: 'STORE_UNAVAILABLE grows',
    read: ({ counts }) => counts.reads,
  },
  {
    name: 'anillo_writes_total',
    kind: 'counter',
    help: 'Changes asked of this member, by outcome: done, conflict, or the code of an error.',
    unit: 'writes',
    label: 'outcome',
    alert: 'STORE_UNAVAILABLE, OUTCOME_UNKNOWN or DISK_FULL grows; BUSY grows for minutes',
    read: ({ counts }) => counts.writes,
  },
  {
    name: 'anillo_log_append_seconds',
    kind: 'histogram',
    help: 'How long batches of the log took until they were on the medium.',
    unit: 'seconds',
    alert: 'one in a hundred above 0.25; above 0.5 the member hands its groups over',
    read: ({ host }) => host.appendTimes,
  },
  {
    name: 'anillo_log_bytes',
    kind: 'gauge',
    help: 'The log on the disk.',
    unit: 'bytes',
    alert: 'more than 256 MiB: checkpoints fail, or a state is being fetched',
    read: ({ sizes }) => sizes.logBytes,
  },
  {
    name: 'anillo_database_bytes',
    kind: 'gauge',
    help: 'The database on the disk.',
    unit: 'bytes',
    read: ({ sizes }) => sizes.databaseBytes,
  },
  {
    name: 'anillo_unwritten_bytes',
    kind: 'gauge',
    help: 'Applied and not in the database yet.',
    unit: 'bytes',
    alert: '32 MiB for a minute: the database does not keep up',
    read: ({ sizes }) => sizes.unwrittenBytes,
  },
  {
    name: 'anillo_disk_free_bytes',
    kind: 'gauge',
    help: 'Free on the disk of this member.',
    unit: 'bytes',
    alert: 'less than ten times the reserve',
    read: ({ host }) => host.freeBytes ?? Number.NaN,
  },
  {
    name: 'anillo_disk_reserve_bytes',
    kind: 'gauge',
    help: 'Kept back of it (ANILLO_DISK_RESERVE_MIB): with less free writes are refused.',
    unit: 'bytes',
    read: ({ diskReserveBytes }) => diskReserveBytes,
  },
  {
    name: 'anillo_disk_full',
    kind: 'gauge',
    help: 'Whether writes are refused for the disk of this member.',
    unit: '0 or 1',
    alert: '1',
    read: ({ host }) => (host.isDiskFull ? 1 : 0),
  },
  {
    name: 'anillo_moves_waiting',
    kind: 'gauge',
    help: 'Replicas of groups led here that wait to be moved, by why they move: docs/spec/placement.md.',
    unit: 'moves',
    label: 'kind',
    alert: 'repair for more than 20 minutes',
    read: ({ led }) => movesOf(led, false),
  },
  {
    name: 'anillo_moves_running',
    kind: 'gauge',
    help: 'Replicas of groups led here that are being moved, by why they move.',
    unit: 'moves',
    label: 'kind',
    read: ({ led }) => movesOf(led, true),
  },
  {
    name: 'anillo_snapshot_incoming_bytes',
    kind: 'gauge',
    help: 'Fetched so far of states that are being fetched whole.',
    unit: 'bytes',
    read: ({ host }) => host.incoming().reduce((sum, { bytes }) => sum + bytes, 0),
  },
  {
    name: 'anillo_chunk_repair_bytes',
    kind: 'gauge',
    help: 'Of copies of chunks that are missing and that this member has made.',
    unit: 'bytes',
    alert: 'more than 0 and the same for 20 minutes',
    read: ({ chunks }) => chunks.progress().bytesLeft,
  },
]

const GROUP_HELP: Readonly<Record<keyof GroupCounters, string>> = {
  turns: 'Turns of the host of the groups.',
  bundlesIn: 'Bundles of messages received from members.',
  bundlesOut: 'Bundles of messages sent to members.',
  appends: 'Batches appended to the log; each is one sync of the disk.',
  entriesAppended: 'Entries in them.',
  entriesApplied: 'Entries applied to the state.',
  bytesApplied: 'Bytes of entries applied.',
  proposals: 'Changes taken into a log as leader.',
  reads: 'Reads that asked for a confirmation.',
  readRounds: 'Rounds of beats that confirmed them, many reads in one.',
  checkpoints: 'Checkpoints: the log forgets what the database has.',
  snapshotsSent: 'States sent whole.',
  snapshotsTaken: 'States fetched whole.',
  snapshotBytesIn: 'Bytes of states fetched.',
  snapshotBytesOut: 'Bytes of states sent.',
  messagesDelivered: 'Messages between partitions delivered.',
  leadershipsGiven: 'Groups handed to another leader: at a stop, or because this member was late.',
  leadershipsTaken: 'Elections won.',
  terms: 'Elections of anybody in groups with a replica here.',
}

const GROUP_ALERTS: Partial<Record<keyof GroupCounters, string>> = {
  terms: 'grows while no member is stopped: members or links are too slow',
  leadershipsGiven: 'grows while no member is stopped: the disk or the machine is too slow',
}

const CHUNK_HELP: Readonly<Record<keyof ChunkCounters, string>> = {
  damaged: 'Files of chunks found damaged.',
  healed: 'Damaged chunks fetched again.',
  repairBytesWanted: 'Bytes of copies that were found to be missing.',
  repairBytesMade: 'Bytes of copies made again.',
  repairBytesFailed: 'Bytes of copies that could not be made then.',
  repairBytesFound: 'Bytes of copies that a write made before repair did.',
}

const CHUNK_ALERTS: Partial<Record<keyof ChunkCounters, string>> = {
  damaged: 'grows: the disk rots',
}

const SCRUB_HELP: Readonly<Record<keyof ScrubCounters, string>> = {
  scrubs: 'Scrubs ended.',
  chunks: 'Chunks read by them.',
  bytes: 'Bytes read by them.',
  damaged: 'Files found damaged by them.',
}

const SCRUB_ALERTS: Partial<Record<keyof ScrubCounters, string>> = {
  scrubs: 'does not grow for two weeks',
}

const RPC_HELP: Readonly<Record<keyof RpcCounters, string>> = {
  requests: 'Questions asked of other members.',
  answered: 'Questions of other members answered.',
  failed: 'Questions that failed.',
  timedOut: 'Questions that were not answered in time.',
  bytesIn: 'Bytes received from members.',
  bytesOut: 'Bytes sent to members.',
  connectionsOpened: 'Connections opened between members.',
  connectionsRefused: 'Connections refused: no certificate of this ring.',
  garbledFrames: 'Frames that could not be read.',
  foreignFrames: 'Frames of another ring or for another member.',
}

const RPC_ALERTS: Partial<Record<keyof RpcCounters, string>> = {
  connectionsRefused: 'grows: somebody who is no member tries',
  garbledFrames: 'grows',
}

export const METRIC_ROWS: readonly Row[] = [
  ...MEMBER_ROWS,
  ...STORE_ROWS,
  ...counters('store', GROUP_HELP, { read: ({ host }) => host.counters, alerts: GROUP_ALERTS }),
  ...counters('chunks', CHUNK_HELP, {
    read: ({ chunks }) => chunks.counters,
    alerts: CHUNK_ALERTS,
  }),
  ...counters('scrub', SCRUB_HELP, { read: ({ scrubbed }) => scrubbed, alerts: SCRUB_ALERTS }),
  ...counters('rpc', RPC_HELP, { read: ({ rpc }) => rpc, alerts: RPC_ALERTS }),
  {
    name: 'anillo_kademlia_contacts',
    kind: 'gauge',
    help: 'Nodes of the open network in the table.',
    unit: 'nodes',
    read: ({ outside }) => outside?.contacts ?? 0,
  },
  ...counters('kademlia', KADEMLIA_HELP, {
    read: ({ outside }) => outside?.counts ?? NOTHING_COUNTED,
    alerts: {},
  }),
  {
    name: 'anillo_mainline_nodes',
    kind: 'gauge',
    help: 'Nodes of BitTorrent’s Mainline DHT that this member knows.',
    unit: 'nodes',
    alert: '0 for ten minutes where `shareMainline` is `on`',
    read: ({ mainline }) => mainline?.contacts ?? 0,
  },
  ...counters('mainline', MAINLINE_HELP, {
    read: ({ mainline }) => mainline?.counts ?? NOT_IN_MAINLINE,
    alerts: { failures: 'grows: nodes there say what was never seen' },
  }),
]

const NOT_IN_MAINLINE: Readonly<MainlineCounts> = noCounts()

/** Of a member without a node. */
const NOTHING_COUNTED = Object.fromEntries(
  namesOf(KADEMLIA_HELP).map((name) => [name, 0]),
) as Readonly<Record<CountName, number>>

/** One row for each counter of a part. */
function counters<Name extends string>(
  part: string,
  help: Readonly<Record<Name, string>>,
  {
    read,
    alerts,
  }: {
    readonly read: (look: Look) => Readonly<Record<Name, number>>
    readonly alerts: Partial<Record<Name, string>>
  },
): readonly Row[] {
  return namesOf(help).map((name) => {
    const words = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    const alert = alerts[name]
    return {
      name: `anillo_${part}_${words}_total`,
      kind: 'counter',
      help: help[name],
      unit: /bytes/i.test(name) ? 'bytes' : 'times',
      ...(alert === undefined ? {} : { alert }),
      read: (look) => read(look)[name],
    }
  })
}

function namesOf<Name extends string>(help: Readonly<Record<Name, string>>): readonly Name[] {
  const isName = (name: string): name is Name => Object.hasOwn(help, name)
  return Object.keys(help).filter(isName)
}

function rolesOf(groups: readonly RaftStatus[], self: string): ReadonlyMap<string, number> {
  const roles = new Map([
    ['leader', 0],
    ['voter', 0],
    ['learner', 0],
  ])
  for (const { role, configuration } of groups) {
    const isVoter = configuration?.voters.some((id) => id === self) === true
    const name = role === 'leader' ? role : isVoter ? 'voter' : 'learner'
    roles.set(name, (roles.get(name) ?? 0) + 1)
  }
  return roles
}

/** Who is down is behind, too, until it is replaced. */
function lagsOf({ commit, progress }: RaftStatus): readonly number[] {
  return progress.map(({ match }) => Math.max(0, commit - match))
}

function movesOf(led: readonly LedReport[], isRunning: boolean): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { moves } of led) {
    for (const { kind, waitsFor } of moves) {
      const runs = waitsFor === null || waitsFor.kind === 'copying'
      if (runs === isRunning) counts.set(kind, (counts.get(kind) ?? 0) + 1)
    }
  }
  return counts
}

function most(values: readonly number[]): number {
  return values.reduce((greatest, value) => Math.max(greatest, value), 0)
}
