/**
 * The numbers of the open network (docs/measurements.md, *Share*): networks of the real nodes,
 * measured look-up by look-up. Each table says its bound; what is beyond it is told as missed.
 */
import { hexOf } from '../../src/base/hex.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/base/limits.ts'
import { pick, shuffled } from '../../src/base/random.ts'
import type { Random } from '../../src/effects/random.ts'
import { K } from '../../src/kademlia/settings.ts'
import { KeyId } from '../../src/wire/kademlia/key-id.ts'
import type { NumbersTable } from '../ring/numbers.ts'
import { fillTables, Ranges } from './grown.ts'
import { HostilePeer } from './hostile.ts'
import { OpenNetwork, PORT, randomOf } from './network.ts'
import { NodePeer } from './node-peer.ts'
import { signedRecord } from './signatures.ts'

const LOSS = 0.01
/** Nodes that ask; each has looked up its own id before, as a node that joined has. */
const ASKERS = 300
const LOOKUPS = 1_000
const LOOKUP_EVERY_MS = 20
const SETTLE_MS = 15 * SECOND_MS
const VALUES = 300
const VICTIM = { host: '198.51.100.7', port: PORT }

export interface NumbersOptions {
  readonly seed: number
  readonly nodes: number
  readonly lookups?: number
  /** Of churn: virtual minutes from the publishing to the last read, and the sessions measured. */
  readonly minutes?: number
  readonly session?: number
}

export const NUMBERS: Readonly<
  Record<string, (options: NumbersOptions) => readonly NumbersTable[]>
> = { lookups: measureLookups, hostile: measureHostile, churn: measureChurn, many: measureMany }

interface Looked {
  readonly recall: number
  readonly tookMs: number
  readonly asked: number
  readonly rounds: number
}

function measureLookups({
  lookups = LOOKUPS,
  nodes,
  seed,
}: NumbersOptions): readonly NumbersTable[] {
  const world = new Measured(seed, nodes)
  const rows = [LOOKUP_HEAD]
  const missed: string[] = []
  for (const part of [0, 0.3]) {
    for (const peer of shuffled(world.network.chance, world.nodes).slice(0, part * nodes)) {
      world.network.leave(peer)
    }
    const looked = world.lookUp(lookups)
    const { missedHere, row } = lookupRow(part, looked)
    rows.push(row)
    missed.push(...missedHere)
  }
  const about =
    `${nodes} nodes, ${lookups} look-ups of random keys by ${ASKERS} of them; round trips ` +
    'log-normal with a median of 80 ms, 1 % of datagrams lost. The dead die at once, before ' +
    'anybody noticed. Bounds: recall 0.99 (with dead 18 of 20), p50 500 ms and p99 1.5 s (with ' +
    'dead p99 3 s), 4 rounds, 45 questions.'
  return [{ title: `Look-ups among ${nodes} nodes`, about, rows, missed }]
}

const LOOKUP_HEAD = [
  'dead',
  'recall of the 20 closest',
  'least of 20',
  'below 18',
  'p50',
  'p99',
  'questions p50',
  'p99',
  'rounds p99',
  'most',
]

const RECALL_MIN = 0.99
const LEAST_MIN = 18
const P50_MS_MAX = 500
const P99_MS_MAX = 1_500
const P99_DEAD_MS_MAX = 3_000
const ROUNDS_MAX = 4
const QUESTIONS_MAX = 45

function lookupRow(part: number, looked: readonly Looked[]) {
  const of = (name: keyof Looked): readonly number[] =>
    looked.map((one) => one[name]).sort((a, b) => a - b)
  const [recalls, times, asked, rounds] = [of('recall'), of('tookMs'), of('asked'), of('rounds')]
  const mean = recalls.reduce((sum, one) => sum + one, 0) / recalls.length / K
  const below = recalls.filter((one) => one < LEAST_MIN).length
  const [p50, p99] = [at(times, 0.5), at(times, 0.99)]
  const row = [
    `${part * 100} %`,
    mean.toFixed(4),
    String(recalls[0]),
    `${below} of ${recalls.length}`,
    ...[p50, p99].map((ms) => `${ms.toFixed(0)} ms`),
    ...[at(asked, 0.5), at(asked, 0.99), at(rounds, 0.99), at(rounds, 1)].map(String),
  ]
  const isWhole = part === 0
  const bounds: readonly (readonly [string, boolean])[] = [
    ['recall', isWhole ? mean < RECALL_MIN : mean * K < LEAST_MIN],
    ['p50', isWhole && p50 > P50_MS_MAX],
    ['p99', p99 > (isWhole ? P99_MS_MAX : P99_DEAD_MS_MAX)],
    ['rounds p99', at(rounds, 0.99) > ROUNDS_MAX],
    ['questions p99', isWhole && at(asked, 0.99) > QUESTIONS_MAX],
    ['questions p50', at(asked, 0.5) > QUESTIONS_MAX],
  ]
  const missedHere = bounds.flatMap(([name, isMissed]) =>
    isMissed ? [`${name} with ${row[0]} dead: ${row.join(', ')}`] : [],
  )
  return { row, missedHere }
}

const HOSTILE_PART = 0.2
const HOSTILE_FOUND_MIN = 0.95

function measureHostile({ nodes, seed }: NumbersOptions): readonly NumbersTable[] {
  const world = new Measured(seed, nodes, HOSTILE_PART)
  world.publish()
  const found = world.read()
  const part = found / VALUES
  const rows = [
    ['nodes', 'hostile', 'values', 'found', 'bound', 'least keepers of a value', 'median'],
    [
      ...[nodes, `${HOSTILE_PART * 100} %`, VALUES].map(String),
      percent(part),
      percent(HOSTILE_FOUND_MIN),
      ...world.keepers(),
    ],
  ]
  const about =
    'Hostile nodes name others of their kind, at their own addresses under ids made up next to ' +
    'the key, and serve forged, expired and foreign records; they say that they took what they ' +
    'are given. Each value is published by one honest node, and read once by another.'
  const missed = part < HOSTILE_FOUND_MIN ? [`with hostile nodes ${percent(part)} found`] : []
  return [{ title: 'A fifth of all hostile', about, rows, missed }]
}

const CHURN_BOUNDS = [
  [60, 0.999],
  [10, 0.99],
] as const
const CHURN_MINUTES = 30

function measureChurn({
  minutes: forMinutes = CHURN_MINUTES,
  nodes,
  seed,
  session,
}: NumbersOptions): readonly NumbersTable[] {
  const rows = [
    ['nodes', 'mean session', 'virtual minutes', 'came and went', 'reads', 'found', 'bound'],
  ]
  const missed: string[] = []
  for (const [minutes, bound] of CHURN_BOUNDS) {
    if (session !== undefined && session !== minutes) continue
    const world = new Measured(seed, nodes)
    world.publish()
    const changes = world.churn(minutes * MINUTE_MS, forMinutes * MINUTE_MS)
    const { found, reads } = world.readsDuringChurn
    const part = found / reads
    rows.push([
      ...[nodes, `${minutes} min`, forMinutes, changes, reads].map(String),
      percent(part),
      percent(bound),
    ])
    if (part < bound) missed.push(`sessions of ${minutes} min: ${percent(part)} found`)
  }
  const about =
    `Sessions of exponential length; who goes says nothing, and for each another joins by a ` +
    `random node. ${VALUES} values, published once at the beginning and never again, are read ` +
    'by random nodes that came a minute before or earlier, evenly over the time.'
  return [{ title: 'Churn', about, rows, missed }]
}

const MANY = 1_000

/** As many publishers under one key, each by a node of its own, and as many nodes. */
function measureMany({ nodes, seed }: NumbersOptions): readonly NumbersTable[] {
  const world = new Measured(seed, Math.max(nodes, MANY))
  const key = KeyId.of(world.random.bytes(20))
  const publishers = new Set<string>()
  for (const by of shuffled(world.network.chance, world.nodes).slice(0, MANY)) {
    const publicKey = world.random.bytes(32)
    publishers.add(hexOf(publicKey))
    world.put(by, key, publicKey)
    world.pass(LOOKUP_EVERY_MS * 5)
  }
  world.pass(SETTLE_MS)
  const got = new Set<string>()
  let tookMs = 0
  const startMs = world.network.agenda.nowMs
  pick(world.network.chance, world.nodes).command({ kind: 'get', key }, (outcome) => {
    if (outcome.kind === 'record') got.add(outcome.record.publisher)
    if (outcome.kind === 'done') tookMs = world.network.agenda.nowMs - startMs
  })
  world.pass(SETTLE_MS)
  const right = [...got].filter((publisher) => publishers.has(publisher)).length
  const rows = [
    ['nodes', 'publishers', 'returned', 'took'],
    [...[world.nodes.length, MANY, right].map(String), `${tookMs.toFixed(0)} ms`],
  ]
  const about = 'Each publisher puts its record from a node of its own; one node reads them all.'
  const missed = right < MANY ? [`${right} of ${MANY} records of one key`] : []
  return [{ title: 'A thousand records under one key', about, rows, missed }]
}

interface Value {
  readonly key: KeyId
  readonly publisher: string
}

/** A network, and what is asked of it. */
class Measured {
  readonly network: OpenNetwork
  readonly nodes: NodePeer[] = []
  readonly random: Random
  readonly readsDuringChurn = { found: 0, reads: 0 }
  readonly #askers: readonly NodePeer[]
  readonly #values: Value[] = []

  constructor(seed: number, count: number, hostile = 0) {
    this.network = new OpenNetwork({ seed, loss: LOSS })
    this.random = randomOf(this.network.chance.fork())
    const others: HostilePeer[] = []
    for (let number = 0; number < count; number++) {
      const isHostile = this.network.chance.fraction() < hostile
      if (isHostile) others.push(new HostilePeer(this.network, { others, victim: VICTIM }))
      else this.nodes.push(new NodePeer(this.network))
    }
    fillTables(this.network, this.nodes, this.network.peers)
    this.#askers = shuffled(this.network.chance, this.nodes).slice(0, ASKERS)
    for (const peer of this.#askers) peer.command({ kind: 'find', key: peer.id }, () => undefined)
    this.pass(SETTLE_MS)
  }

  get alive(): readonly NodePeer[] {
    return this.nodes.filter(({ isDead }) => !isDead)
  }

  pass(ms: number): void {
    this.network.agenda.runUntil(this.network.agenda.nowMs + ms)
  }

  lookUp(count: number): readonly Looked[] {
    const looked: Looked[] = []
    const ranges = new Ranges(this.alive)
    const askers = this.#askers.filter(({ isDead }) => !isDead)
    for (let number = 0; number < count; number++) {
      const by = pick(this.network.chance, askers)
      const key = KeyId.of(this.random.bytes(20))
      by.command({ kind: 'find', key }, (outcome) => {
        if (outcome.kind !== 'done') return
        const right = ranges
          .closest(key, K + 1)
          .filter((peer) => peer !== by)
          .slice(0, K)
        const told = new Set(outcome.nodes.map(({ id }) => id.text))
        const recall = right.filter(({ id }) => told.has(id.text)).length
        const report = by.node.reports.findLast((one) => one.key.equals(key))
        if (report !== undefined) looked.push({ ...report, recall })
      })
      this.pass(LOOKUP_EVERY_MS)
    }
    this.pass(SETTLE_MS)
    return looked
  }

  put(by: NodePeer, key: KeyId, publicKey: Uint8Array): void {
    const { wallMs } = this.network.moment
    const urls = ['http://192.0.2.1/']
    const said = { key, publicKey, wallMs, urls, lifeMs: 24 * HOUR_MS, sequence: 1 }
    by.command({ kind: 'put', record: signedRecord(said).record }, () => undefined)
  }

  publish(): void {
    for (let number = 0; number < VALUES; number++) {
      const key = KeyId.of(this.random.bytes(20))
      const publicKey = this.random.bytes(32)
      this.#values.push({ key, publisher: hexOf(publicKey) })
      this.put(pick(this.network.chance, this.#askers), key, publicKey)
      this.pass(LOOKUP_EVERY_MS)
    }
    this.pass(SETTLE_MS)
  }

  /** Each once. @returns how many were found */
  read(): number {
    let count = 0
    for (const value of this.#values) {
      this.#get(pick(this.network.chance, this.#askers), value, (isFound) => {
        if (isFound) count++
      })
      this.pass(LOOKUP_EVERY_MS)
    }
    this.pass(SETTLE_MS)
    return count
  }

  /** How many honest nodes keep a value: the least, the median. */
  keepers(): readonly string[] {
    const counts = new Map(this.#values.map(({ key }) => [key.text, 0]))
    for (const { node } of this.nodes) {
      if (node.held.keys === 0) continue
      for (const { key } of node.state().held) {
        counts.set(key.text, (counts.get(key.text) ?? 0) + 1)
      }
    }
    const sorted = [...counts.values()].sort((a, b) => a - b)
    return [at(sorted, 0), at(sorted, 0.5)].map(String)
  }

  /** @returns how many came and went */
  churn(sessionMs: number, forMs: number): number {
    const { agenda, chance } = this.network
    const endMs = agenda.nowMs + forMs
    let changes = 0
    const { nodes } = this
    const perMs = nodes.length / sessionMs
    const repeat = (rate: number, run: () => void): void => {
      const delayMs = -Math.log(1 - chance.fraction()) / rate
      if (agenda.nowMs + delayMs > endMs) return
      agenda.after(delayMs, () => {
        run()
        repeat(rate, run)
      })
    }
    repeat(perMs, () => {
      changes++
      const [gone] = nodes.splice(chance.below(nodes.length), 1)
      if (gone === undefined) return
      this.network.leave(gone)
      const fresh = new NodePeer(this.network, { bootstrap: [pick(chance, nodes).at] })
      // It is asked nothing before it has joined.
      agenda.after(MINUTE_MS, () => {
        if (!fresh.isDead) nodes.push(fresh)
      })
    })
    repeat((2 * VALUES) / forMs, () => {
      // Who goes before its read is over wants nothing any more.
      this.#get(pick(chance, nodes), pick(chance, this.#values), (isFound) => {
        this.readsDuringChurn.reads++
        if (isFound) this.readsDuringChurn.found++
      })
    })
    this.pass(forMs + SETTLE_MS)
    return changes
  }

  #get(by: NodePeer, { key, publisher }: Value, told: (isFound: boolean) => void): void {
    let isFound = false
    by.command({ kind: 'get', key }, (outcome) => {
      if (outcome.kind === 'record' && outcome.record.publisher === publisher) isFound = true
      if (outcome.kind === 'done') told(isFound)
    })
  }
}

/** Of sorted numbers. */
function at(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0
}

function percent(part: number): string {
  return `${(100 * part).toFixed(2)} %`
}
