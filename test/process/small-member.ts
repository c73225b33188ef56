/**
 * A member that holds its directory, reports, and does nothing else: for trying the supervisor on
 * real processes. `node small-member.ts DIRECTORY`; it is busy while `DIRECTORY/busy` is there, and
 * idle for as long as it says else.
 */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { startReporting } from '../../src/node/supervisor/report.ts'
import { platformClock } from '../../src/platform/clock.ts'
import { platformDisk } from '../../src/platform/disk.ts'

const directory = process.argv[2] ?? '.'
/** Longer than any setting of the tests, so that a worker that is not busy is idle at once. */
const IDLE_MS = 60_000

const lock = await platformDisk(directory).lock('')
writeFileSync(join(directory, 'pid'), `${process.pid}\n`)
// A member with open doors does not end by itself.
const doors = setInterval(() => undefined, 2 ** 30)

const end = async (): Promise<void> => {
  clearInterval(doors)
  await lock.release()
  reporting.close()
}
const reporting = startReporting({
  clock: platformClock(),
  load: () => {
    const busy = existsSync(join(directory, 'busy'))
    const downloads = busy ? 16 : 0
    return { downloads, busy, lagMs: 0, idleMs: busy ? 0 : IDLE_MS, ringMembers: 8 }
  },
  onDrain: () => void end(),
  onStop: () => void end(),
})
reporting.ready()
