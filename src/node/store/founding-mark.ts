/**
 * Who founds the 64 groups, once (architecture 2.4). The member that is made together with its ring
 * bears a mark; it founds, then exchanges the mark for another. A directory made later has neither,
 * so that a member that lost its disk never founds again; and a start that was cut off is known to
 * have founded by the second mark, whatever DATA/ring says.
 */
import type { Disk } from '../../effects/disk.ts'
import { readText, writeDurably } from '../enrolment/durable-files.ts'

const MARK = 'groups'
const TO_BE_FOUNDED = 'to be founded\n'
const FOUNDED = 'founded\n'

function at(directory: string): string {
  return directory === '' ? MARK : `${directory}/${MARK}`
}

/** This member is to found the groups when it first starts. */
export async function markFounder(disk: Disk, directory: string): Promise<void> {
  await writeDurably(disk, at(directory), TO_BE_FOUNDED)
}

export async function isToFound(disk: Disk, directory = ''): Promise<boolean> {
  return (await readText(disk, at(directory))) === TO_BE_FOUNDED
}

/** All groups are on the medium. */
export async function markGroupsFounded(disk: Disk, directory = ''): Promise<void> {
  await writeDurably(disk, at(directory), FOUNDED)
}

export async function haveGroupsBeenFounded(disk: Disk, directory = ''): Promise<boolean> {
  return (await readText(disk, at(directory))) === FOUNDED
}
