/** The members on the way of a question, each once, in order. */
import type { Member, MemberRef, Ring, RingEvent } from '../../../src/wire/api.ts'
import type { Scrape } from './told.ts'

function onceEach(members: readonly (MemberRef | undefined)[]): readonly MemberRef[] {
  const seen = new Map<string, MemberRef>()
  for (const member of members)
    if (member !== undefined && !seen.has(member.id)) seen.set(member.id, member)
  return [...seen.values()]
}

/** The member that answered. */
export function selfOf(ring: Ring): Member | undefined {
  return ring.members.find((member) => member.id === ring.self || member.name === ring.self)
}

/** Whether all members are on one computer, as only those with loopback addresses can be. */
export function isOnOneComputer(ring: Ring): boolean {
  return ring.members.every(({ address }) => LOOPBACK.test(address))
}

/** 127.0.0.0/8 and ::1 (RFC 6890), with a port. */
const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|\[::1\]):\d+$/

/** A member as the ring names it: who met it first may have known only its address. */
export function nameIn(ring: Ring | undefined, ref: MemberRef): string {
  return ring?.members.find((member) => member.id === ref.id)?.name ?? ref.name
}

/**
 * From the member that was asked, by those that showed the way, to the owner, who comes last; empty
 * where members are not named.
 */
export function routeOf(way: {
  readonly asked: MemberRef | undefined
  readonly scrape: Scrape
}): readonly MemberRef[] {
  const { owner, hops = [] } = way.scrape
  if (owner === undefined) return []
  return [...onceEach([way.asked, ...hops]).filter((member) => member.id !== owner.id), owner]
}

/** The way of a look-up as its event tells it. */
export function routeOfLookup(event: RingEvent): readonly MemberRef[] {
  return onceEach([event.member, ...(event.hops ?? []), event.other])
}
