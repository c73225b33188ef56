/**
 * `anillo up`: a whole ring on this computer. Checks all that can be checked before anything is
 * started, founds the ring or opens the one that is there, and looks after its members until the
 * end.
 */
import { present } from '../../base/assert.ts'
import { AnilloError, asAnilloError, isAnilloError } from '../../base/errors.ts'
import type { RingId } from '../../base/ids.ts'
import {
  adminPasswordFor,
  adminPasswordText,
  isAdminPasswordStale,
  makeAdminPassword,
  staleAdminPasswordText,
} from '../admin-password.ts'
import { memberPath } from '../data-directory.ts'
import {
  authorityHere,
  foundRing,
  issueMember,
  markFounded,
  openFounded,
} from '../enrolment/found.ts'
import type { FoundedRing, FoundingEffects } from '../enrolment/found.ts'
import { memberDirectory, memberNames, readCard } from '../enrolment/ring-files.ts'
import { logPathIn } from '../log-file.ts'
import { hadPlace } from '../peer-file.ts'
import {
  checkPorts,
  parsePortRange,
  portShare,
  portsAt,
  probePorts,
  type MemberPorts,
} from '../ports.ts'
import type { Settings } from '../settings.ts'
import { putDamagedAside, putGivenUpAside } from '../store/given-up.ts'
import {
  Supervisor,
  type MemberProcess,
  type ProcessHandlers,
  type SpawnRequest,
} from './driver.ts'
import { memberEnv } from './member-env.ts'
import { memberIndex, memberName } from './member-steps.ts'
import { endOrphans } from './orphans.ts'
import { sayingText } from './sayings.ts'
import { spawnMember, type MemberCommand } from './spawn.ts'
import type { MemberName } from './state.ts'

export interface UpOptions {
  readonly dataPath: string
  readonly members: number
  readonly membersMax: number
  /** Of the first member; the others follow. */
  readonly httpPort: number
  /** Of the first member; `undefined`: moved along with `httpPort`. */
  readonly ftpPort: number | undefined
  readonly restart: boolean
  /** Whoever shows no credential at a door on loopback is a guest. */
  readonly hasGuests: boolean
  readonly settings: Settings
  /** How `anillo` itself is started: a member is this with `member ...` behind it. */
  readonly program: { readonly file: string; readonly args: readonly string[] }
  readonly env: Readonly<Record<string, string | undefined>>
}

/** What goes on, for the person in front of it. */
export interface UpTeller {
  say(text: string): void
  /** Once: the ring is complete. @param ftp address of the FTP door of the first member */
  ready(doors: readonly string[], ftp: string): void
}

/** Members of `up` speak with each other on this machine only. */
const HOST = '127.0.0.1'
/** A member that starts is told so many others; one that lives is enough. */
const ENTRIES_MAX = 8
/** Files, zlib, name look-ups and SQLite share libuv's threads; four are too few for a member. */
const THREADS = '16'
/**
 * Below each piece of memory for a chunk, 512 KiB: freed, such a piece is the system’s again. By
 * itself the C library takes ever larger ones from memory that it keeps (mallopt(3)).
 */
const MAPPED_BYTES_MIN = '524288'

/**
 * A supervisor whose members have been started. The directory is held until it has finished.
 * @throws AnilloError DATA_IN_USE, DATA_NOT_WRITABLE, DATA_DAMAGED, PORT_IN_USE, USAGE, before
 * anything was started
 */
export async function startUp(
  options: UpOptions,
  effects: FoundingEffects,
  teller: UpTeller,
): Promise<Supervisor> {
  checkPorts(options.httpPort, options.membersMax, options.ftpPort)
  if (await isUntouched(effects)) await probeAll(options, baseMembers(options))
  const lock = await effects.disk.lock('')
  try {
    await endOrphans(effects, (text) => teller.say(text))
    const wanted = await plan(options, effects)
    await probeAll(options, wanted)
    teller.say(`starting ${countText(wanted.length)} on ${options.dataPath}`)
    if (wanted.length > options.members) teller.say(leftText(options.members, wanted))
    const founded = await openFounded(effects.disk)
    const founding = founded === undefined ? await foundRing(effects) : undefined
    const ringId = founded ?? present(founding, 'a ring').ringId
    const adminPassword = await adminPasswordOf(
      { options, effects, teller },
      founding !== undefined,
    )
    const parts = { options, effects, teller, ringId, adminPassword }
    const up = new Up({ ...parts, isNew: founding !== undefined })
    for (const member of wanted) {
      // Only here: a first member that lost its disk later must join like anybody else.
      const isFounder = founding !== undefined && member.index === 0
      await up.prepare(member, { founding, isFounder })
    }
    const supervisor = up.start(wanted)
    void supervisor.finished.then(() => lock.release())
    return supervisor
  } catch (thrown) {
    await lock.release()
    throw thrown
  }
}

/** Of the first administrator; made, and told this once, where the person gave none. */
async function adminPasswordOf(
  { effects, options, teller }: Pick<UpParts, 'effects' | 'options' | 'teller'>,
  isNew: boolean,
): Promise<string | undefined> {
  const { dataPath, env } = options
  const known = await adminPasswordFor(dataPath, env)
  if (await isAdminPasswordStale(dataPath)) teller.say(staleAdminPasswordText(dataPath))
  if (known !== undefined || !isNew) return known
  const made = await makeAdminPassword(effects)
  teller.say(adminPasswordText(dataPath, made))
  return made
}

/** The members asked for, and those that are there from before. */
async function plan(options: UpOptions, effects: FoundingEffects): Promise<readonly MemberName[]> {
  return [...baseMembers(options), ...(await leftMembers(options, effects))]
}

function baseMembers({ members }: UpOptions): readonly MemberName[] {
  return Array.from({ length: members }, (_, index): MemberName => {
    return { name: memberName(index), index, kind: 'base' }
  })
}

/** Nobody of an earlier start holds ports: they are tried before even the lock is made. */
async function isUntouched({ disk }: FoundingEffects): Promise<boolean> {
  try {
    return (await disk.list('')).length === 0
  } catch (thrown) {
    // The lock tells better what is wrong with the directory.
    if (isAnilloError(thrown)) return false
    throw thrown
  }
}

function probeAll(options: UpOptions, members: readonly MemberName[]): Promise<void> {
  return probePorts(members.map(({ index }) => portsOf(options, index)))
}

function portsOf({ ftpPort, httpPort }: UpOptions, index: number): MemberPorts {
  return portsAt(httpPort + index, ftpPort === undefined ? undefined : ftpPort + index)
}

/** Members of one machine share the ports of data connections. */
function passivePortsOf({ membersMax, settings }: UpOptions, index: number): string {
  const range = present(parsePortRange(settings.ftpPassivePorts), 'a setting that was read')
  const { first, last } = portShare(range, { index, members: membersMax })
  return `${first}-${last}`
}

/**
 * Members in DATA beyond those asked for. Those that store data stay; a worker retires when idle.
 */
async function leftMembers(
  options: UpOptions,
  { disk }: FoundingEffects,
): Promise<readonly MemberName[]> {
  const left: MemberName[] = []
  for (const name of await memberNames(disk)) {
    const index = memberIndex(name)
    if (index === undefined) throw notOfUp(options.dataPath, name)
    if (index < options.members) continue
    const { identity } = await readCard(disk, memberDirectory(name))
    left.push({ name, index, kind: identity.roles.includes('tweeter') ? 'base' : 'worker' })
  }
  return left
}

function leftText(asked: number, wanted: readonly MemberName[]): string {
  const names = wanted.slice(asked).map(({ name }) => name)
  return `${countText(asked)} asked for; ${names.join(', ')} from before too, for what they hold`
}

function countText(members: number): string {
  return members === 1 ? '1 member' : `${members} members`
}

function notOfUp(dataPath: string, name: string): AnilloError {
  return new AnilloError('USAGE', {
    problem:
      `${dataPath} holds the member ${name} of a ring over several machines. ` +
      `Start it with “npx anillo member”, or choose another directory with --data.`,
  })
}

interface UpParts {
  readonly adminPassword: string | undefined
  readonly options: UpOptions
  readonly effects: FoundingEffects
  readonly teller: UpTeller
  readonly ringId: RingId
  /** It is being founded by this start. */
  readonly isNew: boolean
}

interface Founding {
  /** While no member has the authority's key yet. */
  readonly founding: FoundedRing | undefined
  readonly isFounder: boolean
}

const FOUNDED: Founding = { founding: undefined, isFounder: false }

/** The real world of one supervisor: directories, processes, words. */
class Up {
  readonly #parts: UpParts

  constructor(parts: UpParts) {
    this.#parts = parts
  }

  start(members: readonly MemberName[]): Supervisor {
    const { options, effects, teller } = this.#parts
    const { busyDownloads, hangAfterMs, workerIdleMs } = options.settings
    const { restart } = options
    const left = members.slice(options.members)
    const membersMax = Math.max(options.membersMax, members.length)
    const limits = { hangAfterMs, workerIdleMs, busyDownloads }
    const config = { members: options.members, membersMax, restart, ...limits }
    return new Supervisor(
      {
        clock: effects.clock,
        spawn: (request, handlers) => this.#spawn(request, handlers),
        removeData: (name) => effects.disk.remove(memberDirectory(name)),
        say: (saying) => teller.say(sayingText(saying)),
        announce: () => void this.#announce(members),
      },
      { config, left },
    )
  }

  /** Its directory with identity and certificate, made where it is missing. */
  async prepare(
    { name, index, kind }: MemberName,
    { founding, isFounder }: Founding = FOUNDED,
  ): Promise<void> {
    const { effects, ringId, teller } = this.#parts
    const problem =
      (await putGivenUpAside(effects.disk, name)) ?? (await putDamagedAside(effects, name))
    if (problem !== undefined) teller.say(`${name} is made anew: ${problem}`)
    if ((await memberNames(effects.disk)).includes(name)) return
    // Asked for anew each time: the ring may have another authority by now.
    const ring = founding ?? { ringId, ...(await authorityHere(effects)) }
    await issueMember(effects, ring, {
      name,
      address: this.#address(index),
      roles: kind === 'base' ? ['entry', 'chord', 'tweeter'] : ['entry', 'chord'],
      // On one computer each member counts as a host; the status says that one machine carries all.
      hostLabel: name,
      entryAddresses: this.#entries(index),
      isFounder,
    })
  }

  async #announce(members: readonly MemberName[]): Promise<void> {
    const { options, effects, ringId, isNew, teller } = this.#parts
    if (isNew) await markFounded(effects.disk, ringId)
    const ports = members.map(({ index }) => portsOf(options, index))
    const scheme = options.settings.ftpTls === 'implicit' ? 'ftps' : 'ftp'
    const ftp = `${scheme}://localhost:${ports[0]?.ftp ?? ''}`
    teller.ready(
      ports.map(({ http }) => `http://localhost:${http}`),
      ftp,
    )
  }

  #address(index: number): string {
    return `${HOST}:${portsAt(this.#parts.options.httpPort + index).rpc}`
  }

  #entries(index: number): readonly string[] {
    const others = Array.from({ length: this.#parts.options.members }, (_, other) => other)
    const addresses = others.filter((other) => other !== index).map((other) => this.#address(other))
    return addresses.slice(0, ENTRIES_MAX)
  }

  #spawn(request: SpawnRequest, handlers: ProcessHandlers): MemberProcess {
    const { options } = this.#parts
    const path = memberPath(options.dataPath, request.name)
    const entries = this.#entries(request.index).flatMap((address) => ['--entry', address])
    const { ftp, http } = portsOf(options, request.index)
    const guest = ['--guest', options.hasGuests ? 'loopback' : 'none']
    const place = ['--data', path, '--http', `${http}`, '--ftp', `${ftp}`, '--address', HOST]
    const args = ['member', ...place, ...guest, ...entries]
    const commandFor = (begins: boolean): MemberCommand => ({
      file: options.program.file,
      args: [...options.program.args, ...args, ...(begins ? ['--begin'] : [])],
      env: {
        ...memberEnv(options.env),
        ...this.#adminIn(request),
        ANILLO_FTP_PASSIVE_PORTS: passivePortsOf(options, request.index),
        UV_THREADPOOL_SIZE: THREADS,
        MALLOC_MMAP_THRESHOLD_: MAPPED_BYTES_MIN,
      },
      logPath: logPathIn(path),
    })
    const prepared = this.prepare(request).then(() => this.#mayBegin(request))
    return startPrepared(prepared, (begins) => spawnMember(commandFor(begins), handlers), handlers)
  }

  /** One member founds the administrator's account; the others need not know. */
  #adminIn({ index }: SpawnRequest): { readonly ANILLO_ADMIN_PASSWORD: string } {
    const { adminPassword = '' } = this.#parts
    return { ANILLO_ADMIN_PASSWORD: index === 0 ? adminPassword : '' }
  }

  /**
   * One that was made anew must not begin a ring of its own while others have a place in theirs.
   */
  async #mayBegin({ name, begins }: SpawnRequest): Promise<boolean> {
    if (!begins) return false
    const { disk } = this.#parts.effects
    const others = (await memberNames(disk)).filter((other) => other !== name)
    const places = await Promise.all(others.map((other) => hadPlace(disk, memberDirectory(other))))
    return !places.includes(true)
  }
}

/** A process that starts as soon as its directory is there, unless it was told to end before. */
function startPrepared(
  prepared: Promise<boolean>,
  start: (begins: boolean) => MemberProcess,
  handlers: ProcessHandlers,
): MemberProcess {
  let child: MemberProcess | undefined
  let isCalledOff = false
  const begin = async (): Promise<void> => {
    try {
      const begins = await prepared
      if (isCalledOff) handlers.exited({ clean: true, how: 'not started' })
      else child = start(begins)
    } catch (thrown) {
      handlers.exited({ clean: false, how: asAnilloError(thrown).message })
    }
  }
  void begin()
  return {
    send: (message) => {
      if (child !== undefined) child.send(message)
      else if (message.kind !== 'ping') isCalledOff = true
    },
    kill: () => {
      if (child !== undefined) child.kill()
      else isCalledOff = true
    },
    works: () => child?.works() ?? false,
  }
}
