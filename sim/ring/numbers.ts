/**
 * The ring's numbers: what Stoica et al. 2001 and 2003 measured of Chord, measured here of the real
 * machines. Each table says its bound; a number beyond it fails the run.
 */
import { availableParallelism, cpus, loadavg } from 'node:os'

import { present } from '../../src/base/assert.ts'
import { positionOf } from '../../src/base/ids.ts'
import { SeededChance, shuffled } from '../../src/base/random.ts'
import { emptyLocationCache, learn, recall } from '../../src/ring/location-cache.ts'
import { BulkRing } from './bulk.ts'
import { ChurnRing } from './churn.ts'
import { makeContacts, ownerOf } from './order.ts'

const LOOKUPS = 10_000
const HOUR_MS = 3_600_000

export interface NumbersTable {
  readonly title: string
  /** How it was measured. */
  readonly about: string
  /** The first is the head. */
  readonly rows: readonly (readonly string[])[]
  /** Bounds that were not kept. */
  readonly missed: readonly string[]
}

export const NUMBERS: Readonly<Record<string, (seed: number) => readonly NumbersTable[]>> = {
  hops: measureHops,
  load: measureLoad,
  dead: measureHalfDead,
  churn: measureChurn,
  join: measureJoins,
}

/** Sizes of which the hops are bounded; the ring grows on to the largest. */
const HOPS_SIZE_MIN = 64
const HOPS_SIZE_MAX = 16_384
const LARGE_SIZE = 100_000

/** One ring grows from 1 to 100,000; it is measured at each doubling. */
function measureHops(seed: number): readonly NumbersTable[] {
  const rows = [
    ['members', 'mean', '1st percentile', '99th', 'bound on the mean', 'fingers', 'wrong owners'],
  ]
  const large = [['members', 'growing', 'steps of machines', 'heap', 'a member']]
  const missed: string[] = []
  const startedAt = performance.now()
  const onGrown = (ring: BulkRing): void => {
    const size = ring.members.length
    if (size < HOPS_SIZE_MIN) return
    const { asked, wrong } = askedOf(ring)
    const bound = Math.log2(size) / 2 + 0.1
    const mean = meanOf(asked)
    const spread = [mean.toFixed(2), at(asked, 0.01), at(asked, 0.99), bound.toFixed(2)]
    rows.push([String(size), ...spread, fingersOf(ring), String(wrong)])
    const isMissed = size <= HOPS_SIZE_MAX && mean > bound
    if (isMissed || wrong > 0) missed.push(`hops at ${size}: ${mean.toFixed(2)}, ${wrong} wrong`)
    if (size < HOPS_SIZE_MAX) return
    const seconds = (performance.now() - startedAt) / 1_000
    const heapBytes = process.memoryUsage().heapUsed
    const memory = [
      `${(heapBytes / 2 ** 20).toFixed(0)} MiB`,
      `${(heapBytes / size / 1_024).toFixed(1)} KiB`,
    ]
    large.push([String(size), `${seconds.toFixed(0)} s`, String(ring.steps), ...memory])
  }
  const grown = new BulkRing({ seed, members: LARGE_SIZE, successorsMax: 8, onGrown })
  const about =
    `${LOOKUPS} look-ups for random keys from random members. Counted are all members asked, the ` +
    'owner that confirms among them. Lists of 8, fingers fixed once after each doubling, no location cache.'
  const time =
    'The same ring, grown from one member by joins, stabilising and fixing fingers, all by steps ' +
    'of the real machines, the look-ups above included in the time.'
  return [
    { title: 'Hops', about, rows, missed },
    cached(grown),
    { title: 'A large ring', about: time, rows: large, missed: [] },
  ]
}

function askedOf(ring: BulkRing): { readonly asked: readonly number[]; readonly wrong: number } {
  const asked: number[] = []
  let wrong = 0
  for (let number = 0; number < LOOKUPS; number++) {
    const position = ring.randomKey()
    const outcome = ring.lookUp({ from: randomMember(ring), position, confirm: true })
    if (outcome.kind !== 'owner' || outcome.owner.id !== ring.ownerOf(position).id) wrong++
    asked.push(outcome.hops.length)
  }
  return { asked: asked.toSorted((a, b) => a - b), wrong }
}

/** Popular keys: each of a thousand is looked up again and again by one member. */
const POPULAR_KEYS = 1_000
const CACHED_MEAN_MAX = 1.05

function cached(ring: BulkRing): NumbersTable {
  const keys = Array.from({ length: POPULAR_KEYS }, () => ring.randomKey())
  const from = randomMember(ring)
  let cache = emptyLocationCache()
  let hops = 0
  for (let number = 0; number < LOOKUPS + POPULAR_KEYS; number++) {
    const position = present(keys[number % POPULAR_KEYS], 'key')
    const remembered = recall(cache, position)
    const outcome = ring.lookUp({ from, position, confirm: true, cache })
    cache = learn(cache, outcome, remembered)
    if (number >= POPULAR_KEYS) hops += outcome.hops.length
  }
  const mean = hops / LOOKUPS
  const missed = mean > CACHED_MEAN_MAX ? [`cached hops: ${mean}`] : []
  const rows = [
    ['members', 'mean'],
    [String(ring.members.length), mean.toFixed(2)],
  ]
  const about =
    `${LOOKUPS} look-ups of ${POPULAR_KEYS} keys by one member that met each once before; the ` +
    'owner confirms, and is counted.'
  return { title: 'Hops with the location cache', about, rows, missed }
}

const LOAD_MEMBERS = 10_000
const LOAD_KEYS = 1_000_000
/** Of the 99th percentile over the mean: what Chord's paper found. */
const LOAD_BOUNDS: Readonly<Record<number, number>> = { 1: 4.8, 20: 1.75 }

function measureLoad(seed: number): readonly NumbersTable[] {
  const rows = [['ids a member', 'median / mean', '99th / mean', 'most / mean', 'paper, 99th']]
  const missed: string[] = []
  for (const ids of [1, 2, 5, 10, 20]) {
    const loads = loadsOf(seed, ids)
    const mean = meanOf(loads)
    const high = Number(at(loads, 0.99)) / mean
    const bound = LOAD_BOUNDS[ids]
    const paper = ids === 1 ? '4.6' : ids === 20 ? '1.65' : ''
    const shares = [Number(at(loads, 0.5)) / mean, high, Number(at(loads, 1)) / mean]
    rows.push([String(ids), ...shares.map((share) => share.toFixed(2)), paper])
    if (bound !== undefined && high > bound) missed.push(`load with ${ids} ids: ${high.toFixed(2)}`)
  }
  const about =
    `${LOAD_KEYS} keys on ${LOAD_MEMBERS} members, placed by SHA-256. Members have one id each; ` +
    'the rows with more show what virtual ids would give.'
  return [{ title: 'Load', about, rows, missed }]
}

function loadsOf(seed: number, ids: number): readonly number[] {
  const contacts = makeContacts(LOAD_MEMBERS * ids, `load${seed}`)
  const sorted = contacts.toSorted((a, b) => (a.position < b.position ? -1 : 1))
  const memberOf = new Map(contacts.map((contact, index) => [contact.id, index % LOAD_MEMBERS]))
  const loads = Array.from({ length: LOAD_MEMBERS }, () => 0)
  for (let key = 0; key < LOAD_KEYS; key++) {
    const owner = ownerOf(sorted, positionOf(`${seed} ${key}`))
    const member = present(memberOf.get(owner.id), 'member')
    loads[member] = present(loads[member], 'load') + 1
  }
  return loads.toSorted((a, b) => a - b)
}

const DEAD_MEMBERS = 1_000
const DEAD_HOPS_MEAN_MAX = 5.1

function measureHalfDead(seed: number): readonly NumbersTable[] {
  const ring = new BulkRing({ seed, members: DEAD_MEMBERS, successorsMax: 20 })
  const rows = [
    ['dead', 'failed look-ups', 'mean hops', 'with the owner', 'mean time-outs', 'bound'],
  ]
  const missed: string[] = []
  const doomed = shuffled(ring.chance, ring.members)
  for (const part of [0, 0.1, 0.2, 0.3, 0.4, 0.5]) {
    for (const contact of doomed.slice(0, part * DEAD_MEMBERS)) ring.kill(contact)
    const { failed, hops, asked, timeouts } = lookUpAmongDead(ring)
    const mean = hops / LOOKUPS
    const means = [hops, asked, timeouts].map((sum) => (sum / LOOKUPS).toFixed(2))
    const bound = part === 0.5 ? `0 failed, ${DEAD_HOPS_MEAN_MAX} hops` : ''
    rows.push([`${part * 100} %`, String(failed), ...means, bound])
    const isMissed = failed > 0 || mean > DEAD_HOPS_MEAN_MAX
    if (isMissed) missed.push(`${part} dead: ${failed} failed, ${mean} hops`)
  }
  const about =
    `${DEAD_MEMBERS} members with lists of 20, that many of them dead at once, and nobody ` +
    `repairs anything; ${LOOKUPS} look-ups. Hops are the live members asked on the way to the ` +
    'owner, as the paper counts them; the owner itself, which is always asked whether it lives, is in the next column.'
  return [{ title: 'Half of all dead at once', about, rows, missed }]
}

interface DeadCount {
  readonly failed: number
  readonly hops: number
  readonly asked: number
  readonly timeouts: number
}

function lookUpAmongDead(ring: BulkRing): DeadCount {
  const sum = { failed: 0, hops: 0, asked: 0, timeouts: 0 }
  for (let number = 0; number < LOOKUPS; number++) {
    const position = ring.randomKey()
    const outcome = ring.lookUp({ from: randomMember(ring), position, confirm: true })
    const owner = ring.ownerOf(position)
    if (outcome.kind !== 'owner' || outcome.owner.id !== owner.id) sum.failed++
    sum.asked += outcome.hops.length
    sum.hops += outcome.hops.filter((contact) => contact.id !== owner.id).length
    sum.timeouts += outcome.failed.length
  }
  return sum
}

const CHURN_MEMBERS = 1_000
const CHURN_PER_SECOND = 0.4
const CHURN_HOURS = 2
const CHURN_FAILED_MAX = 5
/** As in Chord's paper; anillo's own period is shorter, and its failures rarer. */
const CHURN_PERIOD_MS = 30_000

function measureChurn(seed: number): readonly NumbersTable[] {
  const grown = new BulkRing({ seed, members: CHURN_MEMBERS, successorsMax: 8 })
  const ring = new ChurnRing(grown, { seed, successorsMax: 8, periodMs: CHURN_PERIOD_MS })
  const endMs = CHURN_HOURS * HOUR_MS
  const chance = new SeededChance(seed)
  const repeat = (perSecond: number, run: () => void): void => {
    const delayMs = (-Math.log(1 - chance.fraction()) / perSecond) * 1_000
    if (ring.agenda.nowMs + delayMs > endMs) return
    ring.agenda.after(delayMs, () => {
      run()
      repeat(perSecond, run)
    })
  }
  repeat(CHURN_PER_SECOND, () => ring.join())
  repeat(CHURN_PER_SECOND, () => ring.die())
  repeat((LOOKUPS * 1_000) / endMs, () => ring.lookUp())
  ring.agenda.runUntil(endMs + CHURN_PERIOD_MS)
  const { done, failed, hops, timeouts } = ring.lookups
  const rows = [
    ['hours', 'members at the end', 'look-ups', 'failed', 'bound', 'mean hops', 'mean time-outs'],
    [
      ...[CHURN_HOURS, ring.live.size, done, failed, CHURN_FAILED_MAX].map(String),
      (hops / done).toFixed(2),
      (timeouts / done).toFixed(3),
    ],
  ]
  const about =
    `${CHURN_MEMBERS} members, ${CHURN_PER_SECOND} joins and as many failures a second, lists of ` +
    `8, a period of ${CHURN_PERIOD_MS / 1_000} s, 10 to 90 ms each way, time-outs of 500 ms. A ` +
    'look-up has failed when it does not end at who owns the key at that moment; none is tried again.'
  const missed = failed > CHURN_FAILED_MAX ? [`churn: ${failed} failed`] : []
  return [{ title: 'Churn', about, rows, missed }]
}

const JOIN_MEMBERS = 50
const JOIN_TRIALS = 100
const JOIN_PERIODS_MAX = 5
const JOIN_PERIOD_MS = 1_000

function measureJoins(seed: number): readonly NumbersTable[] {
  const grown = new BulkRing({ seed, members: JOIN_MEMBERS, successorsMax: 8 })
  const rows = [['joining at once', 'trials', 'mean periods', 'most periods', 'bound']]
  const missed: string[] = []
  for (const joining of [1, 10]) {
    const trials = Array.from({ length: JOIN_TRIALS }, (_, trial) => seed + trial)
    const periods = trials.map((trial) => joinPeriods(grown, { seed: trial, joining }))
    const most = Math.max(...periods)
    const figures = [meanOf(periods).toFixed(2), most.toFixed(1), String(JOIN_PERIODS_MAX)]
    rows.push([String(joining), String(JOIN_TRIALS), ...figures])
    if (most > JOIN_PERIODS_MAX) missed.push(`${joining} joins took ${most} periods`)
  }
  const about =
    `From the first word of the newcomers to the ideal ring of ${JOIN_MEMBERS} and them: every ` +
    `list of 8 and every predecessor right. A period of ${JOIN_PERIOD_MS} ms, 10 to 90 ms each way.`
  return [{ title: `Joining a ring of ${JOIN_MEMBERS}`, about, rows, missed }]
}

function joinPeriods(
  grown: BulkRing,
  { seed, joining }: { readonly seed: number; readonly joining: number },
): number {
  const ring = new ChurnRing(grown, { seed, successorsMax: 8, periodMs: JOIN_PERIOD_MS })
  ring.agenda.runUntil(JOIN_PERIOD_MS)
  const startedAtMs = ring.agenda.nowMs
  for (let number = 0; number < joining; number++) ring.join()
  const step = JOIN_PERIOD_MS / 10
  const lastMs = startedAtMs + 100 * JOIN_PERIOD_MS
  while (ring.whyNotIdeal() !== undefined && ring.agenda.nowMs < lastMs) {
    ring.agenda.runUntil(ring.agenda.nowMs + step)
  }
  return (ring.agenda.nowMs - startedAtMs) / JOIN_PERIOD_MS
}

function randomMember(ring: BulkRing) {
  return present(ring.members[ring.chance.below(ring.members.length)], 'member')
}

function fingersOf(ring: BulkRing): string {
  return meanOf(ring.members.map((contact) => ring.stateOf(contact).fingers.length)).toFixed(1)
}

function meanOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length
}

/** Of sorted numbers. */
function at(sorted: readonly number[], part: number): string {
  const index = Math.min(sorted.length - 1, Math.floor(part * sorted.length))
  return String(present(sorted[index], 'number'))
}

/** For the reader of a table: what it was measured on. */
export function machineText(): string {
  const processor = cpus()[0]?.model ?? 'an unknown kind'
  const load = `load average ${(loadavg()[0] ?? 0).toFixed(0)}`
  return `${availableParallelism()} cores of ${processor}, Node ${process.versions.node}, ${load}`
}

/** Markdown. */
export function tableLines({ title, about, rows }: NumbersTable): readonly string[] {
  const [head = [], ...body] = rows
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    `### ${title}`,
    '',
    about,
    '',
    line(head),
    line(head.map(() => '---')),
    ...body.map(line),
    '',
  ]
}
