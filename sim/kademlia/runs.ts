/**
 * One seed: a small network that grows by joins, with stock nodes and a fifth of hostile ones;
 * nodes die, newcomers come, values are set, published, replaced and read meanwhile. In the end
 * all that was published is found.
 */
import { present } from '../../src/base/assert.ts'
import { hexOf } from '../../src/base/hex.ts'
import { HOUR_MS, SECOND_MS } from '../../src/base/limits.ts'
import { pick } from '../../src/base/random.ts'
import { LOOKUP_MS_MAX } from '../../src/kademlia/settings.ts'
import type { Outcome } from '../../src/kademlia/types.ts'
import { KeyId } from '../../src/wire/kademlia/key-id.ts'
import { storedText } from '../../src/wire/kademlia/stored-value.ts'
import type { Tally } from '../ring/tally.ts'
import { checkNode, checkOutcome, FloodWatch, VictimWatch } from './checks.ts'
import { HostilePeer } from './hostile.ts'
import { OpenNetwork, PORT, randomOf } from './network.ts'
import { NodePeer } from './node-peer.ts'
import { signedRecord } from './signatures.ts'
import { StockPeer } from './stock-peer.ts'

const NODES_MIN = 26
const NODES_SPREAD = 16
const STOCK = 4
const HOSTILE_SHARE = 0.2
const LOSS = 0.02
const JOIN_EVERY_MS = 400
const KEYS = 6
const ROUNDS = 12
const ROUND_MS = 2 * SECOND_MS
const CROWDED = '192.0.2'
const VICTIM = { host: '198.51.100.7', port: PORT }
/** After the end of all harm. */
const QUIET_MS = 30 * SECOND_MS
/** A read of the last look is tried so often: hostile nodes stay. */
const READS_MAX = 3

interface Published {
  readonly key: KeyId
  readonly publicKey: Uint8Array
  sequence: number
  /** Nodes took the latest. */
  isTaken: boolean
}

export interface OpenRun {
  readonly tally: Tally
  readonly nodes: number
  readonly datagrams: number
}

export function runOpenNetwork(seed: number): OpenRun {
  const run = new Run(seed)
  run.grow()
  for (let round = 0; round < ROUNDS; round++) run.round(round)
  run.heal()
  run.readAll()
  const { network, nodes } = run
  network.tally.trace(`${network.datagrams} ${network.agenda.nowMs}`)
  return { tally: network.tally, nodes: nodes.length, datagrams: network.datagrams }
}

class Run {
  readonly network: OpenNetwork
  readonly nodes: NodePeer[] = []
  readonly #hostile: HostilePeer[] = []
  readonly #stock: StockPeer[] = []
  readonly #published: Published[]
  /** Commands that have not ended, and whose they are. */
  readonly #open = new Map<number, NodePeer>()
  #commands = 0

  constructor(seed: number) {
    this.network = new OpenNetwork({ seed, loss: LOSS })
    const random = randomOf(this.network.chance.fork())
    this.#published = Array.from({ length: 2 * KEYS }, () => ({
      key: KeyId.of(random.bytes(20)),
      publicKey: random.bytes(32),
      sequence: 0,
      isTaken: false,
    }))
    // Two publishers under each key.
    this.#published = this.#published.map((one, at) => ({
      ...one,
      key: present(this.#published[at % KEYS], 'key').key,
    }))
    const victim = new VictimWatch(this.network, VICTIM.host)
    const flood = new FloodWatch(this.network)
    this.network.onSent = (carried) => {
      victim.onSent(carried)
      flood.onSent(carried)
    }
  }

  get #alive(): readonly NodePeer[] {
    return this.nodes.filter(({ isDead }) => !isDead)
  }

  grow(): void {
    const { chance, tally } = this.network
    this.#join()
    this.#pass(SECOND_MS)
    const count = NODES_MIN + chance.below(NODES_SPREAD)
    while (this.nodes.length < count) {
      this.#join()
      if (chance.fraction() < HOSTILE_SHARE) {
        const options = { others: this.#hostile, victim: VICTIM }
        this.#hostile.push(new HostilePeer(this.network, options))
        tally.count('fault: hostile node')
        this.#strike()
      }
      this.#pass(JOIN_EVERY_MS)
    }
    while (this.#stock.length < STOCK) {
      this.#stock.push(new StockPeer(this.network))
      for (let asked = 0; asked < 5; asked++) this.#stockAsks()
      this.#pass(JOIN_EVERY_MS)
    }
    this.#pass(20 * SECOND_MS)
    for (const one of this.#published) this.#publish(one)
    this.#pass(ROUND_MS)
  }

  round(number: number): void {
    const { chance, tally } = this.network
    tally.trace(`${number} ${this.network.datagrams}`)
    for (let count = 0; count < 4; count++) this.#strike()
    for (let count = 0; count < 3; count++) this.#stockAsks()
    if (chance.fraction() < 0.2 && this.#alive.length > NODES_MIN / 2) {
      tally.count('fault: node dies')
      this.network.leave(pick(chance, this.#alive))
    }
    if (chance.fraction() < 0.2) {
      tally.count('fault: newcomer')
      this.#join()
    }
    if (chance.fraction() < 0.5) this.#publish(pick(chance, this.#published))
    if (chance.fraction() < 0.3) this.#set()
    this.#read(pick(chance, this.#published).key)
    this.#pass(ROUND_MS)
    for (const peer of this.#alive) checkNode(this.network, peer)
  }

  heal(): void {
    const { tally } = this.network
    this.#pass(QUIET_MS)
    for (const one of this.#published) this.#publish(one)
    this.#pass(QUIET_MS)
    // Who dies takes its commands along.
    const open = [...this.#open.values()].filter(({ isDead }) => !isDead).length
    tally.check('every command ends', open === 0, () => `${open} are open`)
  }

  readAll(): void {
    const { chance, tally } = this.network
    for (const { isTaken, key, publicKey, sequence } of this.#published) {
      tally.check('what is published is taken', isTaken, () => key.hex)
      let isFound = false
      for (let tried = 0; tried < READS_MAX && !isFound; tried++) {
        this.#read(key, pick(chance, this.#alive), ({ publisher, sequence: read }) => {
          if (publisher === hexOf(publicKey) && read === sequence) isFound = true
        })
        this.#pass(LOOKUP_MS_MAX + SECOND_MS)
      }
      const told = (): string => `${hexOf(publicKey)} ${sequence} under ${key.hex}`
      tally.check('what is published is found, of each publisher', isFound, told)
    }
  }

  #join(): void {
    const way = this.nodes.length === 0 ? [] : [pick(this.network.chance, this.#alive).at]
    // Some share a /24, so that tables have something to refuse.
    const number = this.network.nextNumber
    const isCrowding = this.nodes.length % 5 === 4
    const host = isCrowding ? { host: `${CROWDED}.${number % 256}` } : {}
    this.nodes.push(new NodePeer(this.network, { bootstrap: way, ...host }))
  }

  #strike(): void {
    const { chance } = this.network
    if (this.#hostile.length === 0) return
    const by = pick(chance, this.#hostile)
    by.strike(pick(chance, this.#alive).at, pick(chance, this.#published).key)
    this.network.tally.count('fault: hostile questions')
  }

  #stockAsks(): void {
    const { chance } = this.network
    const by = pick(chance, this.#stock)
    by.ask(pick(chance, this.#alive).at, pick(chance, this.#published).key)
  }

  #publish(one: Published): void {
    const { chance, moment, tally } = this.network
    one.sequence++
    one.isTaken = false
    const { key, publicKey, sequence } = one
    const urls = [`http://192.0.2.1/${sequence}`]
    const said = { key, publicKey, sequence, urls, wallMs: moment.wallMs, lifeMs: HOUR_MS }
    const { record } = signedRecord(said)
    tally.count('doing: publish')
    this.#command(pick(chance, this.#alive), { kind: 'put', record }, (outcome) => {
      if (outcome.kind === 'done' && outcome.taken > 0) one.isTaken = true
    })
  }

  #set(): void {
    const { chance, tally } = this.network
    const { key } = pick(chance, this.#published)
    tally.count('doing: set')
    const value = storedText(`value ${chance.below(100)}`)
    this.#command(pick(chance, this.#alive), { kind: 'set', key, value }, () => undefined)
  }

  #read(
    key: KeyId,
    by = pick(this.network.chance, this.#alive),
    told: (record: Extract<Outcome, { kind: 'record' }>['record']) => void = () => undefined,
  ): void {
    this.network.tally.count('doing: read')
    this.#command(by, { kind: 'get', key }, (outcome) => {
      checkOutcome(this.network, key, outcome)
      if (outcome.kind === 'record') told(outcome.record)
    })
  }

  #command(
    by: NodePeer,
    command: Parameters<NodePeer['command']>[0],
    told: (outcome: Outcome) => void,
  ): void {
    const isLast = ({ kind }: Outcome): boolean => kind === 'done' || kind === 'busy'
    const number = ++this.#commands
    this.#open.set(number, by)
    by.command(command, (outcome) => {
      if (isLast(outcome)) this.#open.delete(number)
      told(outcome)
    })
  }

  #pass(ms: number): void {
    this.network.agenda.runUntil(this.network.agenda.nowMs + ms)
  }
}
