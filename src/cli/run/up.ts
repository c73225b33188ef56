/** What `anillo up` does: the supervisor in front of a person. */
import { AnilloError } from '../../base/errors.ts'
import { dataPathOf, loadSettings } from '../../node/data-directory.ts'
import type { GuestPlace } from '../../node/settings.ts'
import { startUp } from '../../node/supervisor/up.ts'
import { dataEffects, withDataPath } from '../data-effects.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { filesAt } from '../files-at.ts'
import { line, type Io } from '../io.ts'
import { paintFor } from '../paint.ts'
import { programOf } from '../program-path.ts'
import { durationText } from '../table.ts'

export interface UpRequest {
  readonly members: number
  readonly membersMax: number
  readonly data?: string
  readonly http?: number
  readonly ftp?: number
  readonly restart: boolean
  readonly guest?: GuestPlace
}

/** Who shuts guests out once may think that they stay out. */
const GUEST_NOTE =
  '--guest counts until this stops; to keep it, write “guest” into DATA/settings.json'

/** Node would end a process that waits for nothing but a back-off; any long time will do. */
const KEEP_ALIVE_MS = 2 ** 30

export async function runUp(io: Io, request: UpRequest): Promise<ExitCode> {
  if (request.membersMax < request.members) {
    throw new AnilloError('USAGE', { problem: '--max-members is less than --members.' })
  }
  const startedMs = performance.now()
  const dataPath = dataPathOf(request.data, io.env)
  const { settings } = await loadSettings(dataPath, io.env)
  const paint = paintFor(io, io.err)
  const say = (text: string): void => line(io.err, `${paint('dim', 'anillo')} ${text}`)
  const effects = dataEffects(dataPath, io.env)
  const ready = (doors: readonly string[], ftp: string): void => {
    say(
      `the ring is complete after ${durationText(performance.now() - startedMs)}; Ctrl-C stops it`,
    )
    const [url = ''] = doors
    say(filesAt({ url, ftp }))
    line(io.out, `anillo ready ${url}`)
  }
  const { members, membersMax, restart } = request
  const { guest = settings.guest, http = settings.httpPort } = request
  const { ftp = settings.ftpPort || undefined } = request
  const hasGuests = guest === 'loopback'
  if (guest !== settings.guest) say(GUEST_NOTE)
  const wanted = { members, membersMax, httpPort: http, ftpPort: ftp, restart, hasGuests }
  const ring = { dataPath, ...wanted, settings }
  const options = { ...ring, program: programOf(), env: io.env }
  const supervisor = await withDataPath(dataPath, () => startUp(options, effects, { say, ready }))
  return untilFinished(supervisor, say)
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
