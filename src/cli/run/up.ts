/** What `anillo up` does: the supervisor in front of a person. */
import { AnilloError } from '../../base/errors.ts'
import { dataPathOf, loadSettings } from '../../node/data-directory.ts'
import type { GuestPlace } from '../../node/settings.ts'
import { membersBefore } from '../../node/supervisor/members-before.ts'
import { startUp } from '../../node/supervisor/up.ts'
import { platformDisk } from '../../platform/disk.ts'
import { dataEffects, withDataPath } from '../data-effects.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { filesAt } from '../files-at.ts'
import { line, type Io } from '../io.ts'
import { keepAndTell, withFlags } from '../kept-flags.ts'
import { MEMBERS_DEFAULT } from '../options.ts'
import { paintFor } from '../paint.ts'
import { programOf } from '../program-path.ts'
import { durationText } from '../table.ts'

export interface UpRequest {
  /** Absent: as many as are there, or as for the first time. */
  readonly members?: number
  readonly membersMax?: number
  readonly data?: string
  readonly http?: number
  readonly ftp?: number
  readonly restart: boolean
  readonly guest?: GuestPlace
}

/** Node would end a process that waits for nothing but a back-off; any long time will do. */
const KEEP_ALIVE_MS = 2 ** 30

export async function runUp(io: Io, request: UpRequest): Promise<ExitCode> {
  const startedMs = performance.now()
  const dataPath = dataPathOf(request.data, io.env)
  const { infos, settings: read } = await loadSettings(dataPath, io.env)
  const flags = { ...request, httpName: [] }
  const settings = withFlags(read, flags)
  const counts = await membersOf(request, dataPath)
  const paint = paintFor(io, io.err)
  const say = (text: string): void => line(io.err, `${paint('dim', 'anillo')} ${text}`)
  const effects = dataEffects(dataPath, io.env)
  const ready = (doors: readonly string[], ftp: string): void => {
    say(
      `the ring is complete after ${durationText(performance.now() - startedMs)}; Ctrl-C stops it`,
    )
    const [url = ''] = doors
    say(filesAt({ url, ftp }))
    void keepAndTell(dataPath, { infos, flags, say })
    line(io.out, `anillo ready ${url}`)
  }
  const { guest, httpPort, ftpPort } = settings
  const ports = { httpPort, ftpPort: ftpPort || undefined }
  const how = { restart: request.restart, hasGuests: guest === 'loopback', settings }
  const options = { dataPath, ...counts, ...ports, ...how, program: programOf(), env: io.env }
  const supervisor = await withDataPath(dataPath, () => startUp(options, effects, { say, ready }))
  return untilFinished(supervisor, say)
}

/** Members that are added under load, where nobody says how many. */
const GROWTH_DEFAULT = 3

/** @throws AnilloError USAGE */
async function membersOf(
  request: UpRequest,
  dataPath: string,
): Promise<{ readonly members: number; readonly membersMax: number }> {
  const before = request.members ?? (await membersBefore(platformDisk(dataPath)))
  const members = before ?? MEMBERS_DEFAULT
  const { membersMax = members + GROWTH_DEFAULT } = request
  if (membersMax >= members) return { members, membersMax }
  const problem =
    request.members === undefined
      ? `--max-members is less than the ${members} members of the ring.`
      : '--max-members is less than --members.'
  throw new AnilloError('USAGE', { problem })
}

/**
 * A terminal's Ctrl-C reaches npm and this process, and npm hands its own on: two signals of one
 * key. A second one that a person means comes later.
 */
const BURST_MS = 500

export function oncePerBurst(run: () => void, nowMs: () => number): () => void {
  let lastMs = Number.NEGATIVE_INFINITY
  return () => {
    if (nowMs() - lastMs < BURST_MS) return
    lastMs = nowMs()
    run()
  }
}

interface Stoppable {
  readonly finished: Promise<{ readonly failed: boolean }>
  terminate(): void
}

async function untilFinished(
  supervisor: Stoppable,
  say: (text: string) => void,
): Promise<ExitCode> {
  const keepAlive = setInterval(() => undefined, KEEP_ALIVE_MS)
  const terminate = oncePerBurst(
    () => supervisor.terminate(),
    () => performance.now(),
  )
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, terminate)
  try {
    const { failed } = await supervisor.finished
    say(failed ? 'no member is left' : 'stopped')
    return failed ? EXIT.failed : EXIT.done
  } finally {
    for (const signal of signals) process.off(signal, terminate)
    clearInterval(keepAlive)
  }
}
