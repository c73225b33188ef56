/** Members whose directories lie in DATA, as their own files tell; none is opened. */
import { AnilloError } from '../../base/errors.ts'
import type { Disk } from '../../effects/disk.ts'
import {
  memberDirectory,
  memberNames,
  readCard,
  unlessDamaged,
  type MemberCard,
} from '../enrolment/ring-files.ts'

export interface MemberHere {
  /** Of its directory. */
  readonly name: string
  readonly card: MemberCard
}

/** Without those that cannot say who they are: of them is told when they are opened. */
export async function membersHere(disk: Disk): Promise<readonly MemberHere[]> {
  const members: MemberHere[] = []
  for (const name of await memberNames(disk)) {
    const card = await unlessDamaged(readCard(disk, memberDirectory(name)))
    if (!(card instanceof AnilloError)) members.push({ name, card })
  }
  return members
}

/**
 * The directory of another ring’s member, or a copy that somebody keeps beside a member, would be
 * counted as one of this ring.
 * @throws AnilloError USAGE
 */
export function refuseStrangers(members: readonly MemberHere[], dataPath: string): void {
  const seen = new Map<string, string>()
  for (const { card, name } of members) {
    const [first] = members
    if (first !== undefined && first.card.ringId !== card.ringId) {
      throw stranger(`${first.name} and ${name} in ${dataPath}/members are of two rings`)
    }
    const other = seen.get(card.identity.memberId)
    if (other !== undefined) {
      throw stranger(`${other} and ${name} in ${dataPath}/members are copies of one member`)
    }
    seen.set(card.identity.memberId, name)
  }
}

function stranger(what: string): AnilloError {
  return new AnilloError('USAGE', { problem: `${what}: move away the one that is not to count.` })
}
