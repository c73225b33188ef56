/** Which ring a command means, and at which doors. */
import { AnilloError } from '../base/errors.ts'
import { dataPathOf } from '../node/data-directory.ts'
import { doorsIn } from '../node/doors.ts'
import { HTTP_PORT } from '../node/ports.ts'
import { passwordIn, type RingAt } from './credentials.ts'
import type { Io } from './io.ts'
import { MEMBERS_DEFAULT, type DoorFlags } from './options.ts'
import { latestSession } from './session-files.ts'

/**
 * The doors named by `--at`, else those of the members in DATA; those of the last log-in, or the
 * usual ones, only where nobody said which DATA, so that a mistyped one never leads to another
 * ring.
 * @throws AnilloError DATA_WITHOUT_MEMBERS
 */
export async function ringAt(io: Io, flags: DoorFlags): Promise<RingAt> {
  const dataPath = dataPathOf(flags.data, io.env)
  return { dataPath, doors: flags.at.length > 0 ? flags.at : await knownDoors(io, flags) }
}

async function knownDoors(io: Io, flags: DoorFlags): Promise<readonly string[]> {
  const path = dataPathOf(flags.data, io.env)
  const here = await doorsIn(path)
  if (here.length > 0) return here
  const isNamed = flags.data !== undefined || (io.env['ANILLO_DATA'] ?? '') !== ''
  if (isNamed) throw new AnilloError('DATA_WITHOUT_MEMBERS', { path })
  return (await doorsOfLogin(io)) ?? USUAL_DOORS
}

/** A key or a password in the environment may be for another ring: it does not go there. */
async function doorsOfLogin({ env }: Io): Promise<readonly string[] | undefined> {
  if ((env['ANILLO_TOKEN'] ?? '') !== '' || passwordIn(env) !== undefined) return undefined
  return (await latestSession(env))?.doors
}

const USUAL_DOORS = Array.from(
  { length: MEMBERS_DEFAULT },
  (_, index) => `http://localhost:${HTTP_PORT + index}`,
)
