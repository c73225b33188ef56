/**
 * Networks of many nodes. By real joins each node asks its way in from one that stands already;
 * that is what nodes do, and for ten thousand it takes too long to be done for each measurement.
 * Filled, every table has at once what joins lead to: of each bucket up to k of its range by
 * chance, and exactly the closest to the own id.
 */
import { assert, present } from '../../src/base/assert.ts'
import { pick, shuffled, type SeededChance } from '../../src/base/random.ts'
import { K } from '../../src/kademlia/settings.ts'
import { Table } from '../../src/kademlia/table.ts'
import type { KeyId } from '../../src/wire/kademlia/key-id.ts'
import type { OpenNetwork, Peer } from './network.ts'
import { NodePeer } from './node-peer.ts'

/** Joins begin so far apart. */
const JOIN_EVERY_MS = 20
const SETTLE_MS = 20_000
/** Heard of beyond what a bucket holds: joins leave more. */
const REPLACEMENTS = 20

export function joined(network: OpenNetwork, count: number): readonly NodePeer[] {
  const peers = [new NodePeer(network)]
  for (let number = 1; number < count; number++) {
    network.agenda.runUntil(network.agenda.nowMs + JOIN_EVERY_MS)
    peers.push(new NodePeer(network, { bootstrap: [pick(network.chance, peers).at] }))
  }
  network.agenda.runUntil(network.agenda.nowMs + SETTLE_MS)
  return peers
}

export function filled(network: OpenNetwork, count: number): readonly NodePeer[] {
  const peers = Array.from({ length: count }, () => new NodePeer(network))
  fillTables(network, peers, peers)
  return peers
}

/** @param all whom the tables of `peers` may hold */
export function fillTables(
  network: OpenNetwork,
  peers: readonly NodePeer[],
  all: readonly Peer[],
): void {
  const range = new Ranges(all)
  for (const { id, node } of peers) {
    const { table } = node
    assert(table instanceof Table, 'the table itself')
    const told = new Set<Peer>([...range.closest(id, K), ...range.spread(id, network.chance)])
    for (const peer of shuffled(network.chance, [...told])) {
      if (peer.id.equals(id)) continue
      const contact = network.intern({ ...peer.at, id: peer.id })
      if (table.hasRoomFor(contact)) table.add(contact, { isCapable: true, nowMs: 0 })
      else table.heardOf(contact)
    }
  }
}

/** All ids in order, so that those that begin alike stand together. */
export class Ranges {
  readonly #sorted: readonly Peer[]

  constructor(peers: readonly Peer[]) {
    this.#sorted = [...peers].sort((a, b) => (a.id.text < b.id.text ? -1 : 1))
  }

  /** The closest of all, closest first. */
  closest(key: KeyId, count: number): readonly Peer[] {
    let [from, to] = [0, this.#sorted.length]
    for (let bits = 0; bits < 160; bits++) {
      const [nextFrom, nextTo] = this.#half(from, to, bits, key.bit(bits))
      if (nextTo - nextFrom < count) break
      ;[from, to] = [nextFrom, nextTo]
    }
    const near = this.#sorted.slice(from, to)
    return near.sort((a, b) => key.compareDistance(a.id, b.id)).slice(0, count)
  }

  /** Of each bucket of that id as many as it holds, and some more. */
  *spread(id: KeyId, chance: SeededChance): Iterable<Peer> {
    let [from, to] = [0, this.#sorted.length]
    for (let bits = 0; to - from > 1; bits++) {
      const bit = id.bit(bits)
      const [otherFrom, otherTo] = this.#half(from, to, bits, bit === 1 ? 0 : 1)
      const length = otherTo - otherFrom
      if (length <= K + REPLACEMENTS) yield* this.#sorted.slice(otherFrom, otherTo)
      else {
        for (let number = 0; number < K + REPLACEMENTS; number++) {
          yield present(this.#sorted[otherFrom + chance.below(length)], 'peer')
        }
      }
      ;[from, to] = this.#half(from, to, bits, bit)
    }
  }

  /** Of a range whose ids are alike in the bits before: that with this bit. */
  #half(from: number, to: number, bits: number, bit: 0 | 1): readonly [number, number] {
    let [low, high] = [from, to]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (present(this.#sorted[middle], 'peer').id.bit(bits) === 0) low = middle + 1
      else high = middle
    }
    return bit === 0 ? [from, low] : [low, to]
  }
}
