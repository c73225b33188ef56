/** How many members a ring on this computer has, for whoever starts it again. */
import type { Disk } from '../../effects/disk.ts'
import { memberDirectory, memberNames, readCard } from '../enrolment/ring-files.ts'
import { hadPlace } from '../peer-file.ts'
import { memberIndex } from './member-steps.ts'

/**
 * Those that store data: a worker is nobody that was asked for. One whose directory was lost counts
 * as long as one after it is there.
 * @param disk rooted at DATA
 * @returns `undefined` where no ring has stood yet: its members may not all be made
 */
export async function membersBefore(disk: Disk): Promise<number | undefined> {
  const names = await memberNames(disk)
  const places = await Promise.all(names.map((name) => hadPlace(disk, memberDirectory(name))))
  if (!places.includes(true)) return undefined
  let members = 0
  for (const name of names) {
    const index = memberIndex(name)
    if (index !== undefined && (await stores(disk, name))) members = Math.max(members, index + 1)
  }
  return members === 0 ? undefined : members
}

/** What is damaged is for the member to tell of. */
async function stores(disk: Disk, name: string): Promise<boolean> {
  const card = await readCard(disk, memberDirectory(name)).catch(() => undefined)
  return card === undefined || card.identity.roles.includes('tweeter')
}
