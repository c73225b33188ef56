/**
 * What `anillo member rekey` does: another key for what a member keeps on disk. Nothing is
 * encrypted again in place, where the old key would have to stay. The member is made anew, with an
 * identity and a key of chance, and the ring fills it; then what lay under the old key is deleted.
 */
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import { AnilloError } from '../../base/errors.ts'
import { SECOND_MS } from '../../base/limits.ts'
import type { AnilloClient } from '../../client/client.ts'
import { dataPathOf, memberPath } from '../../node/data-directory.ts'
import { runningPid } from '../../node/doctor/member-directory.ts'
import { isOfUp } from '../../node/enrolment/commands.ts'
import { memberDirectory, readCard } from '../../node/enrolment/ring-files.ts'
import { GIVEN_UP_ASIDE, markGivenUp } from '../../node/store/given-up.ts'
import { platformDisk } from '../../platform/disk.ts'
import type { Ring } from '../../wire/api.ts'
import { withDataPath } from '../data-effects.ts'
import type { ExitCode } from '../failure.ts'
import type { Io } from '../io.ts'
import { memberNamed } from '../member-lines.ts'
import type { DoorFlags } from '../options.ts'
import { Progress } from '../progress.ts'
import { reachRing } from '../reach.ts'
import { told } from '../told.ts'

const LOOK_EVERY_MS = SECOND_MS

export async function runRekey(io: Io, name: string, flags: DoorFlags): Promise<ExitCode> {
  const dataPath = dataPathOf(flags.data, io.env)
  const client = await reachRing(io, flags)
  const before = await client.ring()
  const member = memberNamed(before, name)
  const { pid, path } = await withDataPath(dataPath, () => placeOf(dataPath, member))
  if (before.mayFail < 1) {
    const problem =
      `No member may fail just now, so ${member.name} cannot be made anew. ` +
      'See “npx anillo status”.'
    throw new AnilloError('FORBIDDEN', { problem })
  }
  await markGivenUp(platformDisk(path), 'it gets another key (npx anillo member rekey)')
  process.kill(pid, 'SIGTERM')
  using progress = new Progress(io, () => `${member.name} is made anew, and filled by the ring`)
  if (!io.err.isTerminal) progress.say(`${member.name} is made anew, and filled by the ring`)
  await untilWhole(client, member.name, { id: member.id, mayFail: before.mayFail })
  await platformDisk(dataPath).remove(join(GIVEN_UP_ASIDE, member.name))
  const text = `${member.name} has another key, and nothing is left under the old one.`
  return told(io, flags, { json: { name: member.name, rekeyed: true }, text })
}

interface Place {
  readonly path: string
  readonly pid: number
}

/** @throws AnilloError USAGE where no supervisor on this data would make it anew */
async function placeOf(
  dataPath: string,
  { id, name }: { readonly id: string; readonly name: string },
): Promise<Place> {
  const card = await readCard(platformDisk(dataPath), memberDirectory(name)).catch(() => undefined)
  if (card?.identity.memberId !== id || !isOfUp(card.identity)) {
    throw new AnilloError('USAGE', {
      problem:
        `${name} is no member of “npx anillo up” on ${dataPath}. Elsewhere it gets another key by ` +
        `“npx anillo member remove ${name}”, and then by joining again in an empty directory.`,
    })
  }
  const path = memberPath(dataPath, name)
  const pid = await runningPid(path)
  if (pid !== undefined) return { path, pid }
  throw new AnilloError('USAGE', { problem: `${name} does not run: start the ring first.` })
}

/** Another one stands at its place, and the ring bears as much as before. */
async function untilWhole(
  client: AnilloClient,
  name: string,
  before: { readonly id: string; readonly mayFail: number },
): Promise<void> {
  for (;;) {
    await pause(LOOK_EVERY_MS)
    if (isWhole(await client.ring(), name, before)) return
  }
}

function isWhole(
  { enrolled = [], mayFail, partitions }: Ring,
  name: string,
  before: { readonly id: string; readonly mayFail: number },
): boolean {
  const anew = enrolled.find((one) => one.name === name && one.id !== before.id && one.isUp)
  const isNamed = partitions.some(({ learners, voters }) =>
    [...voters, ...learners].includes(before.id),
  )
  return anew !== undefined && !isNamed && mayFail >= before.mayFail && anew.holds > 0
}
