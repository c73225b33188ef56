/** What `anillo recover` does. */
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import { dataPathOf } from '../../node/data-directory.ts'
import { memberNames } from '../../node/enrolment/ring-files.ts'
import { recoverRing } from '../../node/recover/recover.ts'
import { survey, type GroupLeft } from '../../node/recover/survey.ts'
import { openSurvivor, type Survivor } from '../../node/recover/survivor.ts'
import { readGeneration } from '../../node/store/generation.ts'
import { platformDisk } from '../../platform/disk.ts'
import { withDataPath } from '../data-effects.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import { Progress } from '../progress.ts'
import { countText } from '../table.ts'

export interface RecoverFlags {
  readonly acceptLoss?: true
  readonly data?: string
  readonly json?: true
}

export async function runRecover(io: Io, flags: RecoverFlags): Promise<ExitCode> {
  const dataPath = dataPathOf(flags.data, io.env)
  const survivors: Survivor[] = []
  try {
    await withDataPath(dataPath, () => openAll(io, dataPath, survivors))
    const groups = survey(survivors)
    refuse(dataPath, groups)
    if (flags.acceptLoss !== true) {
      show(io, { survivors, groups }, flags)
      return EXIT.failed
    }
    const generations = survivors.map(({ effects }) => readGeneration(effects.disk))
    const generation = 1 + Math.max(...(await Promise.all(generations)))
    let done = 0
    using _ = new Progress(io, () => `group ${done + 1} of ${groups.length}`)
    const onProgress = (count: number): void => {
      done = count
    }
    const revoked = await recoverRing({ survivors, groups, generation, onProgress })
    tell(io, { survivors, generation, revoked, dataPath }, flags)
    return EXIT.done
  } finally {
    for (const survivor of survivors) await survivor.close()
  }
}

async function openAll(io: Io, dataPath: string, survivors: Survivor[]): Promise<void> {
  const { ANILLO_PASSPHRASE: passphrase = '' } = io.env
  const names = await memberNames(platformDisk(dataPath))
  if (names.length === 0) throw new AnilloError('DATA_ABSENT', { path: dataPath })
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

function refuse(path: string, groups: readonly GroupLeft[]): void {
  const gone = groups.filter(({ best }) => best === undefined)
  if (gone.length > 0) {
    const what = `the groups ${gone.map(({ group }) => group).join(', ')}`
    throw new AnilloError('RECOVERY_IMPOSSIBLE', { path, what })
  }
  if (!groups.some(({ isLost }) => isLost)) throw new AnilloError('RECOVERY_NEEDLESS', { path })
}

interface Shown {
  readonly survivors: readonly Survivor[]
  readonly groups: readonly GroupLeft[]
}

function show(io: Io, { survivors, groups }: Shown, flags: RecoverFlags): void {
  const lost = groups.filter(({ isLost }) => isLost)
  const left = survivors.map(({ name }) => name)
  const missing = [...new Set(lost.flatMap((group) => group.missing))]
  if (flags.json) {
    const shown = groups.map(({ group, isLost, best, last, lastMs, missing: ids }) => ({
      group,
      hasMajority: !isLost,
      keptFrom: best?.name,
      lastIndex: last?.index,
      ...(lastMs === 0 ? {} : { lastAt: new Date(lastMs).toISOString() }),
      missing: ids,
    }))
    jsonLine(io, { left, missing, groups: shown })
    return
  }
  line(io.out, `left: ${left.join(', ')}; missing voters: ${missing.join(', ')}`)
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
  line(io.err, 'What was told as done after these entries is lost by a recovery.')
  line(io.err, 'Bring back the missing members if you can; else: anillo recover --accept-loss')
}

interface Told {
  readonly survivors: readonly Survivor[]
  readonly generation: number
  readonly revoked: readonly string[]
  readonly dataPath: string
}

function tell(
  io: Io,
  { survivors, generation, revoked, dataPath }: Told,
  flags: RecoverFlags,
): void {
  const members = survivors.map(({ name }) => name)
  if (flags.json) {
    jsonLine(io, { members, generation, revoked })
    return
  }
  line(io.out, `recovered: generation ${generation}, with ${members.join(', ')}`)
  line(io.out, `revoked: ${revoked.length === 0 ? 'nobody' : revoked.join(', ')}`)
  line(io.err, `Start the members of ${dataPath} again; copies are made until there are enough.`)
}
