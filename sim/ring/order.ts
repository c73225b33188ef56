/**
 * The order of a simulation's members round the circle, by rank. It is the checks' own arithmetic:
 * a fault in the machines' intervals (src/ring/arc.ts) does not reach it.
 */
import { present } from '../../src/base/assert.ts'
import { parseMemberId, type Position } from '../../src/base/ids.ts'
import { contactOf, type Contact } from '../../src/wire/contact.ts'

export class Order {
  readonly contacts: readonly Contact[]
  readonly #ranks = new Map<Position, number>()

  /** Of all members that ever take part, in any order. */
  constructor(contacts: readonly Contact[]) {
    this.contacts = contacts.toSorted((a, b) => (a.position < b.position ? -1 : 1))
    for (const [rank, contact] of this.contacts.entries()) this.#ranks.set(contact.position, rank)
  }

  rank(contact: Contact): number {
    return present(this.#ranks.get(contact.position), `rank of ${contact.address}`)
  }

  /** Places clockwise from one to the other, 0 for the same. */
  distance(from: Contact, to: Contact): number {
    const size = this.contacts.length
    return (this.rank(to) - this.rank(from) + size) % size
  }

  /** Strictly between, clockwise; with both ends one, all but that one. */
  isBetween(contact: Contact, after: Contact, before: Contact): boolean {
    const limit = this.distance(after, before) || this.contacts.length
    const distance = this.distance(after, contact)
    return distance > 0 && distance < limit
  }
}

/** Members of a simulation: number n stands at `sim-n:9300`. `series` keeps two sets apart. */
export function makeContacts(count: number, series = 'sim'): readonly Contact[] {
  return Array.from({ length: count }, (_, number) => makeContact(number, series))
}

export function makeContact(number: number, series: string): Contact {
  const tag = Buffer.from(series).toString('hex')
  const id = parseMemberId(`${tag}${number.toString(16).padStart(32 - tag.length, '0')}`)
  return contactOf(id, `${series}-${number}:9300`)
}

/** The first of the sorted contacts at or behind a position: who owns it. */
export function ownerOf(sorted: readonly Contact[], position: Position): Contact {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (present(sorted[middle], 'contact').position < position) low = middle + 1
    else high = middle
  }
  return present(sorted[low % sorted.length], 'owner')
}
