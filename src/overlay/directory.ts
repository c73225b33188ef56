/**
 * All members, found by walking the ring: each one asked tells its successors, until nobody new is
 * named. A member that does not answer is listed as it was last seen, suspect or down.
 */
import { parseMemberId, parsePosition, type MemberId } from '../base/ids.ts'
import { MINUTE_MS } from '../base/limits.ts'
import type { Clock } from '../effects/clock.ts'
import type { RpcClient } from '../rpc/types.ts'
import type { Member, MemberRef, MemberState } from '../wire/api.ts'
import type { Contact } from '../wire/contact.ts'
import { describeMember } from '../wire/members.ts'
import type { Names } from './names.ts'

/** Members listed at most; a larger ring is shown in part, from this member on clockwise. */
export const MEMBERS_LISTED_MAX = 256

/** A walk answers all who ask within this time. */
const WALK_FRESH_MS = 300

/** How long a member that died is still listed as down, if nobody takes its place. */
const DEAD_LISTED_MS = 10 * MINUTE_MS

export interface DirectoryOptions {
  readonly clock: Clock
  readonly rpc: RpcClient
  readonly names: Names
  readonly self: () => Member
  /** What the failure detector thinks of a member. */
  readonly stateOf: (id: MemberId) => MemberState
}

interface Seen {
  readonly member: Member
  readonly answeredAtMs: number
}

export class Directory {
  readonly #options: DirectoryOptions
  /** By address: a new member at a dead one's address takes its line. */
  readonly #seen = new Map<string, Seen>()
  /** By address: since when it had run that left. It may answer, and be named, a while longer. */
  readonly #left = new Map<string, Member['startedAt']>()
  #walk: { readonly startedAtMs: number; readonly members: Promise<readonly Member[]> } | undefined

  constructor(options: DirectoryOptions) {
    this.#options = options
  }

  /** In order of position. Never rejects: who cannot be asked is listed as last seen. */
  members(): Promise<readonly Member[]> {
    const nowMs = this.#options.clock.nowMs()
    if (this.#walk === undefined || nowMs - this.#walk.startedAtMs > WALK_FRESH_MS) {
      this.#walk = { startedAtMs: nowMs, members: this.#walkRing() }
    }
    return this.#walk.members
  }

  /** Those who answered once. */
  known(): readonly Contact[] {
    return [...this.#seen.values()].map(({ member }) => contactOfRef(member))
  }

  /** It left by its own will, so it is not listed, not even as down, until it is started again. */
  forget(address: string): void {
    const seen = this.#seen.get(address)
    if (seen === undefined) return
    this.#left.set(address, seen.member.startedAt)
    this.#seen.delete(address)
  }

  async #walkRing(): Promise<readonly Member[]> {
    const self = this.#options.self()
    const found = new Map<string, Member>([[self.address, self]])
    const asked = new Set([self.address])
    let wave = named(self)
    while (wave.length > 0 && asked.size < MEMBERS_LISTED_MAX) {
      const fresh = unique(wave).filter((contact) => !asked.has(contact.address))
      for (const contact of fresh) asked.add(contact.address)
      const answers = await Promise.all(fresh.map((contact) => this.#describe(contact)))
      const members = answers.filter((member) => member !== undefined)
      for (const member of members) found.set(member.address, member)
      wave = members.filter((member) => member.state === 'up').flatMap(named)
    }
    this.#addLost(found)
    return [...found.values()].sort((a, b) => (a.position < b.position ? -1 : 1))
  }

  /** `undefined`: it left. */
  async #describe(contact: MemberRef): Promise<Member | undefined> {
    const id = parseMemberId(contact.id)
    try {
      const target = { addresses: [contact.address], id }
      const member = await this.#options.rpc.call(target, describeMember, {})
      this.#options.names.learn(id, member.name)
      if (this.#left.get(member.address) === member.startedAt) return undefined
      this.#left.delete(member.address)
      this.#seen.set(member.address, { member, answeredAtMs: this.#options.clock.nowMs() })
      return { ...member, state: 'up' }
    } catch {
      if (this.#left.has(contact.address)) return undefined
      const state = this.#options.stateOf(id) === 'down' ? 'down' : 'suspect'
      const last = this.#seen.get(contact.address)
      return last?.member.id === id ? { ...last.member, state } : unknownMember(contact, state)
    }
  }

  /** Those who answered once and whom nobody names any more are down. */
  #addLost(found: Map<string, Member>): void {
    const nowMs = this.#options.clock.nowMs()
    for (const [address, seen] of this.#seen) {
      if (found.has(address)) continue
      if (nowMs - seen.answeredAtMs > DEAD_LISTED_MS) this.#seen.delete(address)
      else found.set(address, { ...seen.member, state: 'down' })
    }
  }
}

function named(member: Member): readonly MemberRef[] {
  const before = member.predecessor === null ? [] : [member.predecessor]
  return [...member.successors, ...before]
}

function unique(contacts: readonly MemberRef[]): readonly MemberRef[] {
  return [...new Map(contacts.map((contact) => [contact.address, contact])).values()]
}

/** One that others name but that never answered here. */
function unknownMember(contact: MemberRef, state: MemberState): Member {
  return {
    ...contact,
    url: '',
    replayUrl: '',
    ftp: null,
    state,
    leads: 0,
    roles: [],
    host: '',
    version: '',
    startedAt: UNKNOWN_INSTANT,
    predecessor: null,
    successors: [],
    fingers: [],
    pages: 0,
    ownPages: 0,
    pageBytes: 0,
    load: { downloads: 0, downloadsMax: 0, busy: false },
  }
}

const UNKNOWN_INSTANT = '1970-01-01T00:00:00.000Z'

export function contactOfRef(ref: MemberRef): Contact {
  return { id: parseMemberId(ref.id), address: ref.address, position: parsePosition(ref.position) }
}
