/**
 * A member whose log or database is damaged inside must not go on: it might vote twice, or answer
 * wrongly (architecture 2.5). It marks its directory and ends. Under `up` the directory is put
 * aside and another member made in its place, with an id of its own, which the ring refills; over
 * several machines a person lets it join anew. What was put aside is kept for a person to look at.
 */
import { AnilloError } from '../../base/errors.ts'
import type { Disk } from '../../effects/disk.ts'
import { readText, writeDurably } from '../enrolment/durable-files.ts'
import { memberOrDamage, type FoundingEffects } from '../enrolment/found.ts'
import { memberDirectory, memberNames } from '../enrolment/ring-files.ts'

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
  await putAside(disk, name)
  return problem.trim()
}

/**
 * The same of a member whose own papers are damaged, so that it cannot even say who it is. Only
 * while most of the members here can be started: else what it stored may be needed, and a person
 * brings the file back.
 */
export async function putDamagedAside(
  effects: FoundingEffects,
  name: string,
): Promise<string | undefined> {
  const { disk } = effects
  const names = await memberNames(disk)
  if (!names.includes(name)) return undefined
  const damage = await memberOrDamage(effects, name)
  if (!(damage instanceof AnilloError)) return undefined
  const others = names.filter((other) => other !== name)
  const files = await Promise.all(others.map((other) => memberOrDamage(effects, other)))
  const sound = files.filter((file) => !(file instanceof AnilloError)).length
  if (2 * sound <= names.length) return undefined
  await putAside(disk, name)
  return damage.message
}

async function putAside(disk: Disk, name: string): Promise<void> {
  await disk.makeDirectory(GIVEN_UP_ASIDE)
  await disk.remove(`${GIVEN_UP_ASIDE}/${name}`)
  await disk.rename(memberDirectory(name), `${GIVEN_UP_ASIDE}/${name}`)
  await disk.syncDirectory('members')
}
