/** What `anillo recover` does. */
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import { dataPathOf } from '../../node/data-directory.ts'
import { memberNames } from '../../node/enrolment/ring-files.ts'
import { keptNames } from '../../node/recover/kept-names.ts'
import { membersHere, refuseStrangers, type MemberHere } from '../../node/recover/members-here.ts'
import { recoverRing, type Recovering } from '../../node/recover/recover.ts'
import { survey, type GroupLeft } from '../../node/recover/survey.ts'
import { openSurvivor, type Survivor } from '../../node/recover/survivor.ts'
import { lookAtGeneration } from '../../node/store/generation.ts'
import { platformDisk } from '../../platform/disk.ts'
import { withDataPath } from '../data-effects.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import { Progress } from '../progress.ts'
import { countText } from '../table.ts'

export interface RecoverFlags {
  /** Name of the ring: as typed at the question. */
  readonly yes?: string
  readonly data?: string
  readonly json?: true
}

export async function runRecover(io: Io, flags: RecoverFlags): Promise<ExitCode> {
  const dataPath = dataPathOf(flags.data, io.env)
  const survivors: Survivor[] = []
  try {
    const members = await withDataPath(dataPath, () => membersHere(platformDisk(dataPath)))
    const ring = ringName(dataPath, members)
    refuseStrangers(members, dataPath)
    await withDataPath(dataPath, () => openAll(io, dataPath, survivors))
    const groups = survey(survivors)
    const generations = await Promise.all(
      survivors.map(({ effects }) => lookAtGeneration(effects.disk)),
    )
    const nameOf = calledIn(await keptNames(survivors))
    const isBrokenOff = generations.some(({ isRecovering }) => isRecovering)
    refuse(dataPath, groups, isBrokenOff)
    if (flags.yes === undefined || flags.json !== true) {
      show(io, { survivors, groups, ring, isBrokenOff, nameOf }, flags)
    }
    if (!(await isConfirmed(io, ring, flags))) return EXIT.failed
    const generation = 1 + Math.max(...generations.map(({ number }) => number))
    const revoked = await recoverWith(io, { survivors, groups, generation })
    tell(io, { survivors, generation, revoked, dataPath, nameOf }, flags)
    return EXIT.done
  } finally {
    for (const survivor of survivors) await survivor.close()
  }
}

/** Two members may have had one name, one after the other. */
function calledIn(names: ReadonlyMap<string, string>): NameOf {
  return (id) => {
    const name = names.get(id)
    return name === undefined ? id : `${name} (${id.slice(0, ID_DIGITS)})`
  }
}

type NameOf = (id: string) => string

const ID_DIGITS = 8

/** As `anillo status` calls it. @throws AnilloError DATA_ABSENT */
function ringName(dataPath: string, [first]: readonly MemberHere[]): string {
  if (first === undefined) throw new AnilloError('DATA_ABSENT', { path: dataPath })
  return first.card.ringId.slice(0, RING_NAME_DIGITS)
}

const RING_NAME_DIGITS = 8

/** @throws AnilloError USAGE where another name was given */
async function isConfirmed(io: Io, ring: string, { yes, json }: RecoverFlags): Promise<boolean> {
  const asked = json === true ? undefined : () => io.ask(`Type ${ring} to recover this ring: `)
  const typed = yes ?? (await asked?.())?.trim()
  if (typed === ring) return true
  if (yes !== undefined) {
    throw new AnilloError('USAGE', { problem: `The ring here is ${ring}, not ${yes}.` })
  }
  const why = typed === undefined ? 'If you accept the loss' : 'Nothing was done; if you accept it'
  line(io.err, `${why}: npx anillo recover --yes ${ring}`)
  return false
}

async function recoverWith(
  io: Io,
  recovering: Omit<Recovering, 'onProgress'>,
): Promise<readonly string[]> {
  let done = 0
  using _ = new Progress(io, () => `group ${done + 1} of ${recovering.groups.length}`)
  return await recoverRing({
    ...recovering,
    onProgress: (count) => {
      done = count
    },
  })
}

async function openAll(io: Io, dataPath: string, survivors: Survivor[]): Promise<void> {
  const { ANILLO_PASSPHRASE: passphrase = '' } = io.env
  const names = await memberNames(platformDisk(dataPath))
  const secret = passphrase === '' ? undefined : passphrase
  for (const name of names) {
    try {
      survivors.push(await openSurvivor({ dataPath, name, passphrase: secret }))
    } catch (thrown) {
      const isUnusable =
        isAnilloError(thrown, 'DATA_DAMAGED') || isAnilloError(thrown, 'DATA_GIVEN_UP')
      if (!isUnusable) throw thrown
      line(io.err, `${name} is of no use: ${thrown.message}`)
    }
  }
}

function refuse(path: string, groups: readonly GroupLeft[], isBrokenOff: boolean): void {
  const gone = groups.filter(({ best }) => best === undefined)
  if (gone.length > 0) {
    const what = `the groups ${gone.map(({ group }) => group).join(', ')}`
    throw new AnilloError('RECOVERY_IMPOSSIBLE', { path, what })
  }
  if (!isBrokenOff && !groups.some(({ isLost }) => isLost))
    throw new AnilloError('RECOVERY_NEEDLESS', { path })
}

interface Shown {
  readonly survivors: readonly Survivor[]
  readonly groups: readonly GroupLeft[]
  readonly ring: string
  readonly isBrokenOff: boolean
  readonly nameOf: NameOf
}

function show(io: Io, shown: Shown, flags: RecoverFlags): void {
  const { survivors, groups, ring, isBrokenOff, nameOf } = shown
  const lost = groups.filter(({ isLost }) => isLost)
  const left = survivors.map(({ name }) => name)
  const missing = [...new Set(lost.flatMap((group) => group.missing))]
  if (flags.json) {
    const told = groups.map(({ group, isLost, best, last, lastMs, missing: ids }) => ({
      group,
      hasMajority: !isLost,
      keptFrom: best?.name,
      lastIndex: last?.index,
      ...(lastMs === 0 ? {} : { lastAt: new Date(lastMs).toISOString() }),
      missing: ids,
    }))
    return jsonLine(io, { ring, isBrokenOff, left, missing, groups: told })
  }
  if (isBrokenOff) line(io.out, 'a recovery was broken off; it is to be finished')
  line(io.out, `ring: ${ring}`)
  line(io.out, `left: ${left.join(', ')}; missing voters: ${missing.map(nameOf).join(', ')}`)
  line(io.out, `${lost.length} of ${groups.length} groups have no majority:`)
  for (const { group, best, last, lastMs, voters, missing: ids } of lost) {
    const needed = Math.floor(voters.length / 2) + 1 - (voters.length - ids.length)
    const since = lastMs === 0 ? 'its last checkpoint' : new Date(lastMs).toISOString()
    line(
      io.out,
      `  group ${group}: needs ${countText(needed, 'missing member')}; ` +
        `${best?.name ?? ''} has it up to entry ${last?.index ?? 0}, of ${since}`,
    )
  }
  line(
    io.err,
    'What was told as done after these entries is lost by a recovery, and so is what files and pages ' +
      'hold of which the missing members alone had copies.',
  )
  line(io.err, 'Bring back the missing members if you can.')
}

interface Told {
  readonly survivors: readonly Survivor[]
  readonly generation: number
  readonly revoked: readonly string[]
  readonly dataPath: string
  readonly nameOf: NameOf
}

function tell(
  io: Io,
  { survivors, generation, revoked, dataPath, nameOf }: Told,
  flags: RecoverFlags,
): void {
  const members = survivors.map(({ name }) => name)
  if (flags.json) {
    jsonLine(io, { members, generation, revoked })
    return
  }
  line(io.out, `recovered: generation ${generation}, with ${members.join(', ')}`)
  line(io.out, `revoked: ${revoked.length === 0 ? 'nobody' : revoked.map(nameOf).join(', ')}`)
  line(io.err, `Start the members of ${dataPath} again; copies are made until there are enough.`)
}
