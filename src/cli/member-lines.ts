/** Which member a person means, how far it is emptied, and what is at risk without it. */
import { AnilloError } from '../base/errors.ts'
import { majorityOf, seatsOf } from '../store/placement/voters.ts'
import type { Enrolled, Partition, ReplicaMove, Ring } from '../wire/api.ts'
import { countText, estimateText } from './table.ts'

/** By name or id, those that are still in the ring first. @throws AnilloError NOT_FOUND, USAGE */
export function memberNamed(ring: Pick<Ring, 'enrolled'>, text: string): Enrolled {
  const all = ring.enrolled ?? []
  const byId = all.find(({ id }) => id === text)
  if (byId !== undefined) return byId
  const named = all.filter(({ name }) => name === text)
  const inRing = named.filter(({ state }) => state === 'active' || state === 'draining')
  const [one, other] = inRing.length > 0 ? inRing : named
  if (one === undefined) {
    const names = all.filter(({ state }) => state !== 'removed').map(({ name }) => name)
    throw new AnilloError('NOT_FOUND', { what: `member ${text}; there are ${names.join(', ')}` })
  }
  if (other === undefined) return one
  const ids = (inRing.length > 0 ? inRing : named).map(({ id, address }) => `${id} (${address})`)
  throw new AnilloError('USAGE', {
    problem: `several members are called ${text}; name one by its id: ${ids.join(', ')}`,
  })
}

export function namesOf(ring: Pick<Ring, 'enrolled' | 'members'>): ReadonlyMap<string, string> {
  return new Map([...ring.members, ...(ring.enrolled ?? [])].map(({ id, name }) => [id, name]))
}

/** One line on how far a member is emptied. */
export function emptyingText(ring: Ring, { id, name }: Pick<Enrolled, 'id' | 'name'>): string {
  const holds = ring.enrolled?.find((member) => member.id === id)?.holds ?? 0
  if (holds === 0) return `${name} holds nothing any more`
  const moves = ring.partitions
    .flatMap((partition) => partition.moves ?? [])
    .filter(({ from }) => from === id)
  const waits = waitsText(moves, namesOf(ring))
  const left = `${name} still holds ${countText(holds, 'partition')} of ${ring.partitions.length}`
  return waits === '' ? left : `${left}; ${waits}`
}

/** `3 wait until n6 has copied, 2 wait for chunks`. */
export function waitsText(
  moves: readonly ReplicaMove[],
  names: ReadonlyMap<string, string>,
): string {
  // Groups look at their clocks a moment apart: the longest of a kind is what a person waits for.
  const longest = new Map<string, { readonly waitsFor: Wait | null; readonly count: number }>()
  for (const { waitsFor } of moves) {
    const key = `${waitsFor?.kind} ${waitsFor?.member}`
    const { count = 0, waitsFor: before = waitsFor } = longest.get(key) ?? {}
    const isLonger = (waitsFor?.leftMs ?? 0) > (before?.leftMs ?? 0)
    longest.set(key, { waitsFor: isLonger ? waitsFor : before, count: count + 1 })
  }
  return [...longest.values()]
    .map(({ count, waitsFor }) => {
      return `${count} ${waitsFor === null ? 'are made just now' : waitText(waitsFor, names)}`
    })
    .join(', ')
}

type Wait = NonNullable<ReplicaMove['waitsFor']>

function waitText(
  { kind, member = '', leftMs = 0 }: Wait,
  names: ReadonlyMap<string, string>,
): string {
  const name = names.get(member) ?? member.slice(0, 8)
  switch (kind) {
    case 'grace':
      return `wait ${estimateText(leftMs)} more for ${name} to come back`
    case 'stability':
      return `wait until the ring has been still, ${estimateText(leftMs)} more`
    case 'repairs':
      return 'wait for repairs'
    case 'incoming':
      return `wait for ${name}, which takes in others first`
    case 'copying':
      return `wait until ${name} has copied`
    case 'down':
      return `wait for ${name}, which does not answer`
    case 'noMember':
      return 'wait for one more member that stores: add one'
    case 'change':
      return 'wait for a change that is being made'
    case 'pair':
      return 'wait for a second newcomer'
    case 'move':
      return 'wait for another move of their partition'
    case 'chunks':
      return 'wait until chunks have copies elsewhere'
    case 'margin':
      return 'wait until enough voters answer'
    default:
      return `wait (${kind})`
  }
}

/** How many more members may fail, as things stand and once one of them holds nothing. */
export interface Margins {
  readonly now: number
  readonly after: number
  /** Hosts that store without it. */
  readonly hostsAfter: number
}

/** `undefined` where it makes no difference: this member is emptied already, or never stored. */
export function marginsWithout(ring: Ring, member: Enrolled): Margins | undefined {
  if (!isStoring(member)) return undefined
  const others = (ring.enrolled ?? []).filter((one) => isStoring(one) && one.id !== member.id)
  const hosts = new Set(others.map(({ host }) => host))
  const up = new Set(others.filter(({ isUp }) => isUp).map(({ host }) => host))
  const { voters } = seatsOf(hosts.size)
  // The worst group has votes at all that are down.
  const answering = voters - Math.min(voters, hosts.size - up.size)
  const after = Math.max(0, answering - majorityOf(voters))
  return { now: ring.mayFail, after, hostsAfter: hosts.size }
}

export function marginsText({ now, after, hostsAfter }: Margins, name: string): string {
  const before = now === 0 ? 'no member' : countText(now, 'member')
  const left = `${countText(hostsAfter, 'host')} left that ${hostsAfter === 1 ? 'stores' : 'store'}`
  return `${before} may fail now, ${after === 0 ? 'none' : after} once ${name} holds nothing (${left})`
}

function isStoring({ state, roles }: Enrolled): boolean {
  return state === 'active' && roles.includes('tweeter')
}

/** What is lost or stops if this member is out at once. Empty: nothing is. */
export function riskLines(ring: Ring, member: Enrolled): readonly string[] {
  const up = new Set((ring.enrolled ?? []).filter(({ isUp }) => isUp).map(({ id }) => id))
  const held = ring.partitions.filter((partition) => holdersOf(partition).includes(member.id))
  const othersUp = (partition: Partition): number =>
    holdersOf(partition).filter((id) => id !== member.id && up.has(id)).length
  const lost = held.filter((partition) => othersUp(partition) === 0)
  const stopped = held.filter(
    (partition) => othersUp(partition) > 0 && !hasMajorityWithout(partition, member.id, up),
  )
  const single = held.filter(
    (partition) => othersUp(partition) === 1 && hasMajorityWithout(partition, member.id, up),
  )
  return [
    ...riskLine(lost, 'would be lost: nobody else who answers has a copy'),
    ...riskLine(stopped, 'could not be changed any more: too few other voters answer'),
    ...riskLine(single, 'would be left with one copy'),
  ]
}

function riskLine(partitions: readonly Partition[], what: string): readonly string[] {
  return partitions.length === 0 ? [] : [`${countText(partitions.length, 'partition')} ${what}`]
}

function holdersOf({ voters, learners }: Partition): readonly string[] {
  return [...voters, ...learners]
}

function hasMajorityWithout(
  { voters }: Partition,
  without: string,
  up: ReadonlySet<string>,
): boolean {
  const live = voters.filter((id) => id !== without && up.has(id)).length
  return live > voters.length / 2
}
