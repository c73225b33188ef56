/**
 * A member whose log or database is damaged inside must not go on: it might vote twice, or answer
 * wrongly (architecture 2.5). It marks its directory and ends. Under `up` the directory is put
 * aside and another member made in its place, with an id of its own, which the ring refills; over
 * several machines a person lets it join anew. What was put aside is kept for a person to look at.
 */
import { AnilloError } from '../../base/errors.ts'
import type { Disk } from '../../effects/disk.ts'
import { readText, writeDurably } from '../enrolment/durable-files.ts'
import { memberDirectory } from '../enrolment/ring-files.ts'

const MARK = 'given-up'
/** In DATA: directories of members that were given up, the last of each name. */
export const GIVEN_UP_ASIDE = 'given-up'

/** `disk` is the member's own. */
export async function markGivenUp(disk: Disk, problem: string): Promise<void> {
  await writeDurably(disk, MARK, `${problem}\n`)
}

/** @throws AnilloError DATA_GIVEN_UP */
export async function refuseGivenUp(disk: Disk): Promise<void> {
  const problem = await readText(disk, MARK)
  if (problem !== undefined) throw new AnilloError('DATA_GIVEN_UP', { problem: problem.trim() })
}

/** `disk` is DATA. Why the member's directory was put aside; `undefined` where it is sound. */
export async function putGivenUpAside(disk: Disk, name: string): Promise<string | undefined> {
  const directory = memberDirectory(name)
  const problem = await readText(disk, `${directory}/${MARK}`)
  if (problem === undefined) return undefined
  await disk.makeDirectory(GIVEN_UP_ASIDE)
  await disk.remove(`${GIVEN_UP_ASIDE}/${name}`)
  await disk.rename(directory, `${GIVEN_UP_ASIDE}/${name}`)
  await disk.syncDirectory('members')
  return problem.trim()
}
