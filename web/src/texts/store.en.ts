/** The texts of the store's view in English. */
import type { RingEvent } from '../../../src/wire/api.ts'
import type { Part, Standing } from '../model/store.ts'
import type { EventWords } from './event-words.ts'

/** What fills the sentence of a waiting move. */
export interface WaitWords {
  readonly name: string
  readonly left: string
}

export interface StoreTexts {
  readonly title: string
  readonly none: string
  readonly mayFail: (count: number) => string
  readonly stopped: (count: number) => string
  readonly leaderless: (count: number) => string
  readonly down: (names: string) => string
  readonly short: (count: number) => string
  readonly few: (hosts: number) => string
  readonly growing: (count: number) => string
  readonly copies: string
  readonly oneMachine: string
  readonly picture: (words: { readonly count: number; readonly members: number }) => string
  readonly partition: string
  readonly partitions: string
  readonly standing: string
  readonly standings: Readonly<Record<Standing, string>>
  readonly parts: Readonly<Record<Part, string>>
  readonly leads: string
  readonly replicas: string
  readonly isDown: string
  readonly isDraining: string
  readonly isDrained: string
  readonly diskFull: string
  readonly diskFullLong: string
  readonly legend: string
  readonly one: (words: {
    readonly id: number
    readonly standing: string
    readonly leader: string
    readonly voters: string
    readonly learners: string
  }) => string
  readonly nobodyLeads: string
  readonly leader: string
  readonly voters: string
  readonly learners: string
  readonly bears: string
  readonly showTable: (count: number) => string
  readonly repairs: string
  readonly quiet: string
  /** Without a majority. */
  readonly unmoved: string
  readonly progress: (words: { readonly done: number; readonly wanted: number }) => string
  readonly rate: (bytes: string) => string
  readonly left: (duration: string) => string
  readonly copied: (bytes: string) => string
  readonly chunksLeft: (bytes: string) => string
  readonly kinds: Readonly<Record<'repair' | 'grow' | 'drain' | 'balance' | 'shrink', string>>
  readonly move: (words: {
    readonly count: number
    readonly from: string
    readonly to: string
  }) => string
  readonly waits: (words: { readonly count: number; readonly what: string }) => string
  readonly waitKinds: Readonly<Record<string, (words: WaitWords) => string>>
  readonly waitUnknown: (kind: string) => string
  readonly taken: string
  readonly records: RecordsTexts
}

export interface RecordsTexts {
  readonly title: string
  readonly table: string
  readonly pk: string
  readonly sk: string
  readonly value: string
  readonly etag: string
  readonly show: string
  readonly list: string
  readonly none: string
  readonly noText: (bytes: string) => string
  readonly ends: (at: string) => string
  readonly cut: (count: number) => string
  readonly add: string
  readonly save: string
  readonly remove: string
  readonly another: string
  readonly done: Readonly<Record<'written' | 'deleted', string>>
  readonly changed: (etag: string) => string
  readonly gone: string
  readonly takeTheirs: string
  readonly insist: string
  readonly hint: string
}

const plural = (count: number, one: string, more: string): string =>
  `${count} ${count === 1 ? one : more}`

export const STORE_EN: StoreTexts = {
  title: 'The store',
  none: 'The member that answers tells nothing of the store yet.',
  mayFail: (count) =>
    count === 0
      ? 'No member may fail just now.'
      : `${plural(count, 'more member', 'more members')} may fail now.`,
  stopped: (count) =>
    `${plural(count, 'partition', 'partitions')} cannot be read or changed: too few voters answer.`,
  leaderless: (count) =>
    `${plural(count, 'partition is', 'partitions are')} choosing a leader just now.`,
  down: (names) => `Not answering: ${names}.`,
  short: (count) => `${plural(count, 'partition misses', 'partitions miss')} a live replica.`,
  few: (hosts) =>
    `${plural(hosts, 'member stores', 'members that fail apart store')} what is kept; five bear two failures.`,
  growing: (count) =>
    `${plural(count, 'partition is', 'partitions are')} still spreading over the members.`,
  copies: 'Some pages or chunks have too few copies.',
  oneMachine: 'All members are on one machine, which carries all.',
  picture: ({ count, members }) =>
    `Picture of ${plural(count, 'partition', 'partitions')} at ${plural(members, 'member', 'members')}. The table of partitions tells the same.`,
  partition: 'Partition',
  partitions: 'Partitions of the store',
  standing: 'State',
  standings: {
    stopped: 'no majority',
    leaderless: 'no leader',
    short: 'replica missing',
    moving: 'moving',
    steady: 'steady',
  },
  parts: { leader: 'leads', voter: 'votes', learner: 'keeps a copy without a vote' },
  leads: 'Leads',
  replicas: 'Replicas',
  isDown: 'down',
  isDraining: 'draining',
  isDrained: 'drained',
  diskFull: 'disk nearly full',
  diskFullLong: 'Its disk is nearly full: writes are refused, deletes work.',
  legend: 'What the marks mean',
  one: ({ id, standing, leader, voters, learners }) =>
    `Partition ${id}, ${standing}: ${leader}${voters === '' ? '' : `; ${voters} vote`}${learners === '' ? '' : `; ${learners} without a vote`}.`,
  nobodyLeads: 'nobody leads',
  leader: 'Leader',
  voters: 'Voters',
  learners: 'Without a vote',
  bears: 'Bears',
  showTable: (count) => `All ${plural(count, 'partition', 'partitions')}`,
  repairs: 'On the move',
  quiet: 'Every replica is in its place.',
  unmoved: 'Nothing is moved: too few voters answer.',
  progress: ({ done, wanted }) => `${done} of ${wanted} moves done`,
  rate: (bytes) => `${bytes} a second`,
  left: (duration) => `about ${duration} left`,
  copied: (bytes) => `${bytes} copied`,
  chunksLeft: (bytes) => `${bytes} of copies of chunks to be made`,
  kinds: {
    repair: 'Repair',
    grow: 'Growth',
    drain: 'Draining',
    balance: 'Balance',
    shrink: 'Shrinking',
  },
  move: ({ count, from, to }) => {
    const what = plural(count, 'replica', 'replicas')
    if (to === '') return from === '' ? what : `${what} of ${from}`
    return from === '' ? `${what} to ${to}` : `${what} from ${from} to ${to}`
  },
  waits: ({ count, what }) => `${count} ${what}`,
  waitKinds: {
    grace: ({ name, left }) => `waiting ${left} more for ${name} to come back`,
    stability: ({ left }) => `waiting until the ring has been still, ${left} more`,
    repairs: () => 'waiting for repairs',
    incoming: ({ name }) => `waiting for ${name}, which takes in others first`,
    copying: ({ name }) => `being copied to ${name}`,
    down: ({ name }) => `waiting for ${name}, which does not answer`,
    noMember: () => 'waiting for one more member that stores: add one',
    change: () => 'waiting for a change that is being made',
    pair: () => 'waiting for a second newcomer',
    move: () => 'waiting for another move of the same partition',
    chunks: () => 'waiting until chunks have copies elsewhere',
    margin: () => 'waiting until enough voters answer',
  },
  waitUnknown: (kind) => `waiting (${kind})`,
  taken: 'being made just now',
  records: {
    title: 'Records',
    table: 'Table',
    pk: 'Partition key',
    sk: 'Sort key',
    value: 'Value',
    etag: 'ETag',
    show: 'Show',
    list: 'Records of this table and partition key',
    none: 'There is no record here yet.',
    noText: (bytes) => `${bytes}, not text`,
    ends: (at) => `(ends ${at})`,
    cut: (count) => `The first ${count}; there are more.`,
    add: 'Write a new one',
    save: 'Write',
    remove: 'Delete',
    another: 'Another one instead',
    done: {
      written: 'Written: a majority of its holders have it on disk.',
      deleted: 'Deleted.',
    },
    changed: (etag) =>
      `Somebody else wrote this record since you looked (its ETag is ${etag}). Nothing was changed.`,
    gone: 'Somebody else deleted this record since you looked. Nothing was changed.',
    takeTheirs: 'Look at theirs',
    insist: 'Write mine over it',
    hint: 'Each write bears the ETag of what you saw, so nothing is written over unseen.',
  },
}

/** Doings of the store, among those of the ring. */
export type StoreKind = Extract<
  RingEvent['kind'],
  | 'leads'
  | 'replicaBegun'
  | 'voterAdded'
  | 'voterRemoved'
  | 'stateFetched'
  | 'chunkRepaired'
  | 'damageFound'
  | 'damageHealed'
  | 'diskFull'
  | 'diskRoom'
>
export type StoreKinds = Readonly<Record<StoreKind, (words: EventWords) => string>>

/** One partition is named, several are counted. */
const partitions = ({ count, text }: EventWords): string =>
  count === 1 ? `partition ${text}` : `${count} partitions`

export const STORE_KINDS_EN: StoreKinds = {
  leads: (words) => `leads ${partitions(words)} from now on`,
  replicaBegun: (words) => `is given a copy of ${partitions(words)}`,
  voterAdded: (words) => `has caught up and votes in ${partitions(words)}`,
  voterRemoved: (words) => `votes no more in ${partitions(words)}`,
  stateFetched: (words) => `fetched ${partitions(words)} whole from ${words.other}${words.bytes}`,
  chunkRepaired: ({ count, bytes }) =>
    `repaired ${plural(count, 'chunk', 'chunks')} that had too few copies${bytes}`,
  damageFound: ({ count }) =>
    `found ${plural(count, 'damaged chunk', 'damaged chunks')} on its disk`,
  damageHealed: ({ count }) =>
    `healed ${plural(count, 'damaged chunk', 'damaged chunks')} from other copies`,
  diskFull: ({ bytes }) => `has its disk nearly full: writes are refused, deletes work${bytes}`,
  diskRoom: ({ bytes }) => `has room on its disk again${bytes}`,
}
