/** What `anillo doctor` does. */
import { sizeText } from '../../base/size-text.ts'
import { dataPathOf } from '../../node/data-directory.ts'
import { examine, type DoctorProgress } from '../../node/doctor/doctor.ts'
import type { Finding, Level } from '../../node/doctor/finding.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { paintFor, type Paint } from '../paint.ts'
import { Progress } from '../progress.ts'
import { reachRing } from '../reach.ts'
import { countText, estimateText } from '../table.ts'
import { anilloVersion } from '../version.ts'

export interface DoctorFlags extends DoorFlags {
  readonly deep?: true
  readonly offline?: true
}

export async function runDoctor(io: Io, flags: DoctorFlags): Promise<ExitCode> {
  const dataPath = dataPathOf(flags.data, io.env)
  const findings = await look(io, dataPath, flags)
  const isSound = findings.every(({ level }) => level !== 'wrong')
  if (flags.json) jsonLine(io, { data: dataPath, isSound, findings })
  else tell(io, findings)
  return isSound ? EXIT.done : EXIT.failed
}

async function look(io: Io, dataPath: string, flags: DoctorFlags): Promise<readonly Finding[]> {
  const { ANILLO_PASSPHRASE: passphrase = '' } = io.env
  const startMs = performance.now()
  let progress: DoctorProgress = { what: 'this machine', bytes: 0, bytesAll: 0 }
  using _ = new Progress(io, () => progressText(progress, performance.now() - startMs))
  return await examine({
    dataPath,
    env: io.env,
    passphrase: passphrase === '' ? undefined : passphrase,
    isDeep: flags.deep === true,
    isOffline: flags.offline === true,
    version: anilloVersion(),
    nowMs: Date.now(),
    ring: async () => (await reachRing(io, flags)).ring(),
    onProgress: (now) => {
      progress = now
    },
  })
}

function progressText({ what, bytes, bytesAll }: DoctorProgress, tookMs: number): string {
  if (bytesAll === 0) return `looking at ${what}`
  const done = `looking at ${what}: ${sizeText(bytes)} of ${sizeText(bytesAll)}`
  if (bytes === 0) return done
  return `${done}, about ${estimateText((tookMs * (bytesAll - bytes)) / bytes)} left`
}

/** What is wrong comes last: that is where a person looks. */
const ORDER: readonly Level[] = ['ok', 'notice', 'wrong']
const COLOUR = { ok: 'green', notice: 'yellow', wrong: 'red' } as const

function tell(io: Io, findings: readonly Finding[]): void {
  const paint = paintFor(io, io.out)
  for (const level of ORDER) {
    for (const finding of findings) {
      if (finding.level !== level) continue
      for (const text of findingLines(finding, paint)) line(io.out, text)
    }
  }
  const wrong = findings.filter(({ level }) => level === 'wrong').length
  const notices = findings.filter(({ level }) => level === 'notice').length
  line(io.out)
  line(io.out, verdict({ wrong, notices }, paint))
}

function findingLines({ level, about, text, advice }: Finding, paint: Paint): readonly string[] {
  const first = `${paint(COLOUR[level], level.padEnd(LEVEL_COLUMNS))}${about}: ${text}`
  return advice === undefined ? [first] : [first, `${' '.repeat(LEVEL_COLUMNS)}→ ${advice}`]
}

const LEVEL_COLUMNS = 8

function verdict(
  { wrong, notices }: { readonly wrong: number; readonly notices: number },
  paint: Paint,
): string {
  const known = notices === 0 ? '' : `, ${countText(notices, 'notice')}`
  if (wrong > 0) return paint('red', `${countText(wrong, 'thing')} wrong${known}`)
  return paint('green', `nothing wrong${known}`)
}
