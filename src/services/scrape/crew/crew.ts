/** Members that may be asked to download something by their own network. */
import type { AnilloError } from '../../../base/errors.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { parseMemberId } from '../../../base/ids.ts'
import type { Target } from '../../../rpc/types.ts'

export interface CrewMember {
  readonly id: string
  readonly name: string
  /** `host:port` of its door for members. */
  readonly address: string
  /** Failure domain: members of one host have one network. */
  readonly host: string
}

/** Those that belong to the ring now, this one among them; whether they answer is not known. */
export type Crew = () => readonly CrewMember[]

/**
 * Everybody but this one, in the order in which to ask: of each host one before any has its second,
 * this member's own host last. Among those chance decides that is the same for one `seed`.
 */
export function othersInTurn(
  crew: readonly CrewMember[],
  { seed, self }: { readonly seed: string; readonly self: string },
): readonly CrewMember[] {
  const own = crew.find(({ id }) => id === self)
  const counts = new Map<string, number>(own === undefined ? [] : [[own.host, 1]])
  const mixed = crew
    .filter(({ id }) => id !== self)
    .map((member) => ({ member, lot: sha256Hex(`${seed} ${member.id}`) }))
    .toSorted((a, b) => (a.lot < b.lot ? -1 : 1))
  const ranked = mixed.map(({ member }) => {
    const before = counts.get(member.host) ?? 0
    counts.set(member.host, before + 1)
    return { member, before }
  })
  return ranked.toSorted((a, b) => a.before - b.before).map(({ member }) => member)
}

export function targetOf({ address, id }: Pick<CrewMember, 'address' | 'id'>): Target {
  return { addresses: [address], id: parseMemberId(id) }
}

/** Those whose network is meant: a member by its name, or all of a host by its label. */
export function ofVantage(crew: readonly CrewMember[], vantage: string): readonly CrewMember[] {
  return crew.filter(({ host, name }) => name === vantage || host === vantage)
}

/** Ids; `undefined`: anybody. */
export function fetchersOf(
  crew: readonly CrewMember[],
  vantage: string | undefined,
): ReadonlySet<string> | undefined {
  if (vantage === undefined) return undefined
  return new Set(ofVantage(crew, vantage).map(({ id }) => id))
}

/** It says nothing of the page: the member may come back. */
export function isOfVantage({ code }: Pick<AnilloError, 'code'>): boolean {
  return code === 'VANTAGE_SILENT' || code === 'VANTAGE_UNKNOWN'
}
