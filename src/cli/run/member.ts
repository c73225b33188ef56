/** What `anillo member` does, and what `init` and `join` go on with: a member in the foreground. */
import { flushCompileCache } from 'node:module'
import { basename, dirname, join } from 'node:path'

import { adminPasswordFor } from '../../node/admin-password.ts'
import { dataPathOf, loadSettings } from '../../node/data-directory.ts'
import { writeDoor, type DoorUrls } from '../../node/doors.ts'
import { openMember, type OpenedMember } from '../../node/enrolment/commands.ts'
import { logPathIn, putLongLogAside } from '../../node/log-file.ts'
import type { MemberOptions } from '../../node/member-options.ts'
import { portsAt } from '../../node/ports.ts'
import { SETTINGS_FILE } from '../../node/settings.ts'
import type { LogListener } from '../../node/told-log.ts'
import { platformDisk } from '../../platform/disk.ts'
import { withDataPath } from '../data-effects.ts'
import { endSoon } from '../end-soon.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { filesAt } from '../files-at.ts'
import { line, type Io } from '../io.ts'
import { keepAndTell, overrides, withFlags } from '../kept-flags.ts'
import type { RunFlags } from '../member-flags.ts'
import { anilloVersion } from '../version.ts'
import { memberNewsText } from './member-news.ts'

export async function runMemberCommand(
  io: Io,
  flags: RunFlags & { readonly entry: readonly string[]; readonly begin?: true },
): Promise<ExitCode> {
  const dataPath = dataPathOf(flags.data, io.env)
  const opened = await withDataPath(dataPath, () => openMember(platformDisk(dataPath)))
  return runOpened(io, opened, {
    dataPath,
    flags,
    keepsFlags: false,
    entries: flags.entry,
    begins: flags.begin === true,
    admitLocalMs: 0,
    adminPassword: await adminPasswordFor(dataPath, io.env),
  })
}

/** Which ring, and as whom; a member that is there keeps the name that it was made with. */
export function tellOpened(
  io: Io,
  { files, isNew }: OpenedMember,
  asked: { readonly made: string; readonly name: string | undefined },
): void {
  const { name, address } = files.identity
  const verb = isNew ? asked.made : 'going on with'
  line(io.err, `anillo: ${verb} ring ${files.ringId.slice(0, 8)} as ${name}, ${address}`)
  if (asked.name === undefined || asked.name === name) return
  line(
    io.err,
    `anillo: a member is here already and keeps its name ${name}; ` +
      `“${asked.name}” needs another --data`,
  )
}

export interface Running {
  readonly dataPath: string
  readonly flags: RunFlags
  /** They are those of later starts, too; else of this one alone. */
  readonly keepsFlags: boolean
  readonly entries: readonly string[]
  readonly begins: boolean
  readonly admitLocalMs: number
  /** Of the first administrator, whom this member is to found. */
  readonly adminPassword?: string | undefined
}

/** Until it is stopped by a signal, by its supervisor, or drained. */
export async function runOpened(io: Io, opened: OpenedMember, running: Running): Promise<ExitCode> {
  const path = join(running.dataPath, opened.directory)
  const root = rootOf(path)
  const { infos, settings: read } = await loadSettings(root, io.env)
  const settings = withFlags(read, running.flags)
  const { runMember } = await import('../../node/member.ts')
  const stop = new AbortController()
  // A terminal's Ctrl-C reaches the members of a supervisor too; there, the supervisor decides.
  const isSupervised = process.connected
  if (!isSupervised && !running.keepsFlags) tellOverrides(io, overrides(infos, running.flags))
  const signals = isSupervised ? (['SIGTERM'] as const) : STOP_SIGNALS
  const terminate = (): void => stop.abort()
  for (const signal of signals) process.on(signal, terminate)
  try {
    const { flags, entries, begins, admitLocalMs } = running
    const ports = portsAt(settings.httpPort, settings.ftpPort || undefined)
    const place = { path, ports, host: flags.address, entries, begins }
    const person = isSupervised ? {} : { person: personAt(io, path) }
    const known = { ...place, ...person, ...secretsIn(io, running) }
    const hasGuests = settings.guest === 'loopback'
    const options = { ...known, admitLocalMs, settings, hasGuests, version: anilloVersion() }
    const onReady = (doors: DoorUrls): void => {
      // Only a help for commands on this machine: a full disk must not end the member.
      void writeDoor(path, doors).catch(() => undefined)
      const say = (text: string): void => line(io.err, `anillo: ${text}`)
      if (running.keepsFlags) void keepAndTell(root, { infos, flags, say })
      if (!isSupervised) {
        line(io.err, `anillo: ${filesAt(doors)}`)
        line(io.out, `anillo ready ${doors.url}`)
      }
      // With all functions that a start takes: the next one, perhaps after kill -9, has them.
      flushCompileCache()
    }
    await withDataPath(path, () => runMember({ ...options, stop: stop.signal, onReady }))
    return EXIT.done
  } finally {
    endSoon()
    for (const signal of signals) process.off(signal, terminate)
  }
}

function tellOverrides(io: Io, texts: readonly string[]): void {
  if (texts.length === 0) return
  line(io.err, `anillo: ${texts.join(', ')} of ${SETTINGS_FILE}, for this start alone`)
}

function secretsIn(io: Io, { adminPassword }: Pick<Running, 'adminPassword'>) {
  const { ANILLO_PASSPHRASE: passphrase = '' } = io.env
  return {
    ...(passphrase === '' ? {} : { passphrase }),
    ...(adminPassword === undefined ? {} : { adminPassword }),
  }
}

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The log goes to a file, as under a supervisor; in the foreground stand words. */
function personAt(io: Io, path: string): NonNullable<MemberOptions['person']> {
  const logPath = logPathIn(path)
  putLongLogAside(logPath)
  const tell: LogListener = (event, fields) => {
    const text = memberNewsText(event, fields)
    if (text !== undefined) line(io.err, `anillo: ${text}`)
  }
  return { logPath, tell }
}

/** `settings.json` stands in DATA, also where the member's own directory was named. */
function rootOf(path: string): string {
  const parent = dirname(path)
  return basename(parent) === 'members' ? dirname(parent) : path
}
