/**
 * What the page shows of the store, from one answer of `/v1/ring`: how each partition stands, who
 * holds how much, how many members may fail and why no more. Pure.
 */
import type { Enrolled, Partition, ReplicaMove, Ring } from '../../../src/wire/api.ts'

/**
 * How a partition stands, the worst first: `stopped` has too few voters that answer, `leaderless`
 * is between two leaders, `short` bears fewer failures than its voters promise, `moving` has
 * replicas on their way.
 */
export type Standing = 'stopped' | 'leaderless' | 'short' | 'moving' | 'steady'
export const STANDINGS: readonly Standing[] = ['stopped', 'leaderless', 'short', 'moving', 'steady']

export type Part = 'leader' | 'voter' | 'learner'

/** Failures that this many voters bear at once. */
export function borneBy(voters: number): number {
  return Math.max(0, Math.floor((voters - 1) / 2))
}

export function standingOf({ leader, margin, voters, moves }: Partition): Standing {
  if (margin !== undefined && margin < 0) return 'stopped'
  if (leader === '') return 'leaderless'
  if (margin !== undefined && margin < borneBy(voters.length)) return 'short'
  return (moves?.length ?? 0) > 0 ? 'moving' : 'steady'
}

/** Something can be neither read nor changed. */
export function isStopped({ partitions }: Ring): boolean {
  return partitions.some((partition) => standingOf(partition) === 'stopped')
}

export function partOf(partition: Partition, member: string): Part | undefined {
  if (partition.leader === member) return 'leader'
  if (partition.voters.includes(member)) return 'voter'
  return partition.learners.includes(member) ? 'learner' : undefined
}

/** A member that stores, as a row of the picture. */
export interface Holder {
  readonly id: string
  readonly name: string
  readonly isUp: boolean
  readonly state: Enrolled['state']
  readonly hasDiskFull: boolean
  readonly leads: number
  /** Replicas that vote, its leaderships among them. */
  readonly votes: number
  /** Replicas that are filled or kept besides. */
  readonly learns: number
}

/** Members that hold something or could, by name; who left for good is not shown. */
export function holdersOf(ring: Ring): readonly Holder[] {
  const known = new Map<string, Pick<Holder, 'id' | 'name' | 'isUp' | 'state' | 'hasDiskFull'>>()
  for (const { id, name, roles, state, isUp, isDiskFull = false } of ring.enrolled ?? []) {
    const isStoring = roles.includes('tweeter') && (state === 'active' || state === 'draining')
    if (isStoring) known.set(id, { id, name, isUp, state, hasDiskFull: isDiskFull })
  }
  for (const id of ring.partitions.flatMap(({ voters, learners }) => [...voters, ...learners])) {
    if (known.has(id)) continue
    const name = nameOf(ring, id)
    const isUp = ring.members.some((member) => member.id === id && member.state === 'up')
    known.set(id, { id, name, isUp, state: 'active', hasDiskFull: false })
  }
  return [...known.values()]
    .map((holder) => ({ ...holder, ...countsOf(ring, holder.id) }))
    .toSorted((a, b) => byName(a.name, b.name))
}

function countsOf({ partitions }: Ring, id: string): Pick<Holder, 'leads' | 'votes' | 'learns'> {
  const parts = partitions.map((partition) => partOf(partition, id))
  const count = (part: Part): number => parts.filter((one) => one === part).length
  return {
    leads: count('leader'),
    votes: count('leader') + count('voter'),
    learns: count('learner'),
  }
}

/** As the ring names it; the first digits of the id where nobody knows it. */
export function nameOf(ring: Pick<Ring, 'members' | 'enrolled'>, id: string): string {
  const named =
    ring.enrolled?.find((one) => one.id === id) ?? ring.members.find((one) => one.id === id)
  return named?.name ?? id.slice(0, 8)
}

/** In the order of the picture's rows. */
export function namesOf(
  ring: Pick<Ring, 'members' | 'enrolled'>,
  ids: readonly string[],
): readonly string[] {
  return ids.map((id) => nameOf(ring, id)).toSorted(byName)
}

/** `n2` before `n10`. */
function byName(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}

/** Why fewer members may fail than a whole ring of five bears. */
export type Reason =
  | { readonly kind: 'down'; readonly names: readonly string[] }
  | { readonly kind: 'short'; readonly count: number }
  | { readonly kind: 'few'; readonly hosts: number }
  | { readonly kind: 'growing'; readonly count: number }
  | { readonly kind: 'copies' }
  | { readonly kind: 'oneMachine' }

export type Verdict =
  | { readonly kind: 'stopped' | 'leaderless'; readonly count: number; readonly of: number }
  | { readonly kind: 'mayFail'; readonly count: number }

export interface Safety {
  readonly verdict: Verdict
  readonly reasons: readonly Reason[]
}

/** Five voters a partition is the most that the ring places (architecture 5). */
const VOTERS_MAX = 5

export function safetyOf(ring: Ring): Safety {
  return { verdict: verdictOf(ring), reasons: reasonsOf(ring) }
}

function verdictOf({ partitions, mayFail }: Ring): Verdict {
  const standings = partitions.map(standingOf)
  for (const kind of ['stopped', 'leaderless'] as const) {
    const count = standings.filter((standing) => standing === kind).length
    if (count > 0) return { kind, count, of: partitions.length }
  }
  return { kind: 'mayFail', count: mayFail }
}

function reasonsOf(ring: Ring): readonly Reason[] {
  const holders = holdersOf(ring)
  const reasons: Reason[] = []
  const down = holders.filter(({ isUp }) => !isUp).map(({ name }) => name)
  if (down.length > 0) reasons.push({ kind: 'down', names: down })
  const short = ring.partitions.filter((one) => standingOf(one) === 'short').length
  if (short > 0) reasons.push({ kind: 'short', count: short })
  if (ring.mayFail < borneBy(VOTERS_MAX) && reasons.length === 0) reasons.push(lackOf(ring))
  if (ring.isOnOneMachine === true) reasons.push({ kind: 'oneMachine' })
  return reasons
}

/** What keeps a ring whose members all answer from bearing two failures. */
function lackOf(ring: Ring): Reason {
  const hosts = hostsOf(ring)
  const growing = ring.partitions.filter(({ voters }) => borneBy(voters.length) < borneBy(hosts))
  if (borneBy(hosts) <= ring.mayFail) return { kind: 'few', hosts }
  return growing.length > 0 ? { kind: 'growing', count: growing.length } : { kind: 'copies' }
}

/**
 * Failure domains that store, no more than a partition has voters; who is emptied counts no more.
 */
function hostsOf({ enrolled = [] }: Ring): number {
  const storing = enrolled.filter(
    ({ state, roles }) => state === 'active' && roles.includes('tweeter'),
  )
  return Math.min(VOTERS_MAX, new Set(storing.map(({ host }) => host)).size)
}

/** What waiting moves wait for, alike ones together. */
export interface Wait {
  readonly count: number
  readonly waitsFor: ReplicaMove['waitsFor']
}

/** Replicas that go the same way for the same reason. */
export interface Moves {
  readonly key: string
  readonly kind: ReplicaMove['kind']
  readonly to: string | null
  readonly from: string | null
  readonly partitions: readonly number[]
  readonly bytesCopied: number
  /** Of the last of those whose end can be told. */
  readonly doneInMs: number | undefined
  readonly waits: readonly Wait[]
}

/** Repairs first, since who watches wants to know of those. */
const KIND_ORDER: readonly ReplicaMove['kind'][] = ['repair', 'grow', 'drain', 'shrink', 'balance']

export function movesOf({ partitions }: Pick<Ring, 'partitions'>): readonly Moves[] {
  const all = partitions.flatMap(({ id, moves = [] }) => moves.map((move) => ({ id, move })))
  const byWay = Map.groupBy(all, ({ move }) => `${move.kind} ${move.from ?? ''} ${move.to ?? ''}`)
  return [...byWay]
    .map(([key, these]) => together(key, these))
    .toSorted((a, b) => KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind))
}

interface MoveOf {
  readonly id: number
  readonly move: ReplicaMove
}

function together(key: string, these: readonly MoveOf[]): Moves {
  const ends = these.flatMap(({ move }) => move.doneInMs ?? [])
  const first = these[0]?.move
  return {
    key,
    kind: first?.kind ?? 'repair',
    to: first?.to ?? null,
    from: first?.from ?? null,
    partitions: these.map(({ id }) => id),
    bytesCopied: these.reduce((sum, { move }) => sum + (move.bytesCopied ?? 0), 0),
    doneInMs: ends.length === 0 ? undefined : Math.max(...ends),
    waits: waitsOf(these.map(({ move }) => move)),
  }
}

function waitsOf(moves: readonly ReplicaMove[]): readonly Wait[] {
  const byKind = Map.groupBy(moves, ({ waitsFor }) =>
    waitsFor === null ? '' : `${waitsFor.kind} ${waitsFor.member ?? ''}`,
  )
  return [...byKind.values()].map((alike) => ({
    count: alike.length,
    waitsFor: alike.map(({ waitsFor }) => waitsFor).reduce(longer),
  }))
}

/** Of waits of one kind, the one that ends last speaks for all. */
function longer(a: ReplicaMove['waitsFor'], b: ReplicaMove['waitsFor']): ReplicaMove['waitsFor'] {
  return (b?.leftMs ?? 0) > (a?.leftMs ?? 0) ? b : a
}

/** Something is being mended or chosen, so that another answer will soon differ. */
export function isUnsettled(ring: Ring | undefined): boolean {
  return ring?.partitions.some((partition) => standingOf(partition) !== 'steady') === true
}
