/**
 * A member as a process: the real effects, its data directory held for itself alone, the
 * composition of compose-member.ts, the doors for clients in front of it, its supervisor's channel,
 * its end.
 */
import { AnilloError, isAnilloError } from '../base/errors.ts'
import { SECOND_MS } from '../base/limits.ts'
import type { Clock } from '../effects/clock.ts'
import type { Disk } from '../effects/disk.ts'
import type { Effects } from '../effects/effects.ts'
import { platformEffects } from '../platform/effects.ts'
import { platformLocalNetworks } from '../platform/local-networks.ts'
import { openMemberKey } from './at-rest/member-key.ts'
import type { SealedDisk } from './at-rest/sealed-file.ts'
import { BeyondDoors } from './client-doors/beyond-doors.ts'
import { planDoor } from './client-doors/door-plan.ts'
import { memberDoorPlace } from './client-doors/member-door-place.ts'
import { openDoors, type Doors, type OpenDoors } from './client-doors/open-doors.ts'
import { startMember } from './compose-member.ts'
import { writeDurably } from './enrolment/durable-files.ts'
import { parseAddress } from './enrolment/endpoint.ts'
import {
  readMember,
  refuseForeignCertificate,
  sealMember,
  type MemberFiles,
} from './enrolment/ring-files.ts'
import { foundAdministrator, openEntrance } from './entrance.ts'
import { openLinks } from './links.ts'
import { LoadWatch } from './load-watch.ts'
import type { MemberOptions, RunMember } from './member-options.ts'
import type { RunningMember } from './member-parts.ts'
import { peerFile } from './peer-file.ts'
import { takePart } from './share/member-outside.ts'
import { openNetworks } from './share/open-networks.ts'
import { markGivenUp, refuseGivenUp } from './store/given-up.ts'
import { startReporting, type Reporting } from './supervisor/report.ts'
import { TASKS_MODULE } from './tasks-module.ts'
import { toldLog } from './told-log.ts'

/** Between two looks whether the member has joined. */
const JOINED_LOOK_MS = 50

/** Between two looks whether all groups are whole. */
const COMPLETE_LOOK_MS = 100

/** Whoever waits for a member is told why, so often. */
const WAITS_TOLD_EVERY_MS = 20 * SECOND_MS

/**
 * Runs until it is told to end, by its supervisor or by a signal; then leaves the ring and returns.
 * @throws AnilloError DATA_IN_USE, DATA_DAMAGED, DATA_NOT_WRITABLE, PASSPHRASE_NEEDED,
 * PASSPHRASE_WRONG, PORT_IN_USE, before it has joined
 */
export const runMember: RunMember = async (options) => {
  const { person } = options
  const { effects, close } = platformEffects({
    path: options.path,
    logLevel: options.settings.logLevel,
    tasksModule: TASKS_MODULE,
    browser: options.settings.browser,
    ...(person === undefined ? {} : { logPath: person.logPath }),
  })
  const lock = await effects.disk.lock('')
  try {
    const log = person === undefined ? effects.log : toldLog(effects.log, person.tell)
    await refuseGivenUp(effects.disk)
    // Where these are damaged, what it stores is not: whoever brings them back goes on with it.
    const papers = await openPapers(options, effects)
    await runStoring(options, { ...effects, log }, papers)
  } finally {
    await lock.release()
    await close()
  }
}

interface OpenedPapers {
  readonly key: Uint8Array
  readonly sealedDisk: SealedDisk
  readonly files: MemberFiles
}

/** @throws AnilloError DATA_DAMAGED, PASSPHRASE_NEEDED, PASSPHRASE_WRONG */
async function openPapers(options: MemberOptions, effects: Effects): Promise<OpenedPapers> {
  const key = await openMemberKey(effects, options.passphrase)
  const sealedDisk = { disk: effects.disk, cipher: effects.cipher, key }
  await sealMember(sealedDisk)
  const files = await readMember(sealedDisk)
  refuseForeignCertificate(effects.crypto, files)
  return { key, sealedDisk, files }
}

async function runStoring(
  options: MemberOptions,
  effects: Effects,
  papers: OpenedPapers,
): Promise<void> {
  try {
    await runLocked(options, effects, papers)
  } catch (thrown) {
    if (isAnilloError(thrown, 'DATA_DAMAGED')) await markGivenUp(effects.disk, thrown.message)
    throw thrown
  }
}

async function runLocked(
  options: MemberOptions,
  effects: Effects,
  { files, key, sealedDisk }: OpenedPapers,
): Promise<void> {
  const { promise: told, resolve: end, reject: fail } = Promise.withResolvers<'stop' | 'drain'>()
  // Before anybody awaits it, a failure is kept and not thrown into the void.
  told.catch(() => undefined)
  await writePid(effects.disk)
  const { ports, settings } = options
  const ftpScheme = settings.ftpTls === 'implicit' ? 'ftps' : 'ftp'
  const { beyond, ...places } = await placesOf(options, files, effects)
  const networks = { ...options, listenHost: places.listen.host, sealed: sealedDisk }
  await using opened = await openNetworks(effects, networks)
  const { mainline, outside } = opened
  const member = await startMember(effects, {
    ...options,
    ...places,
    outside,
    mainline,
    files,
    beyond: () => beyond?.origins(ports, ftpScheme),
    ftpScheme,
    peers: peerFile(effects.disk, effects.log),
    key,
    onFailure: (error) => {
      effects.log.error('the disk failed', { error })
      fail(error)
    },
  })
  const load = new LoadWatch(effects.clock, member)
  const reporting = startReporting({
    clock: effects.clock,
    load: () => load.report(),
    onDrain: () => end('drain'),
    onStop: () => end('stop'),
  })
  let isRemoved = false
  member.store.roster.onRemoved(() => {
    isRemoved = true
    reporting.removed()
    end('stop')
  })
  // It may not be one of this ring, with this build.
  member.enrolled().catch(fail)
  options.stop.addEventListener('abort', () => end('stop'))
  if (options.stop.aborted) end('stop')
  const entrance = openEntrance({ ...options, effects, ringId: files.ringId, member })
  const links = openLinks({ effects, member, accounts: entrance.accounts })
  const running = { effects, member, beyond, entrance, links }
  const doors = await openDoors(options, running).catch(async (thrown: unknown) => {
    await member.stop()
    reporting.close()
    throw thrown
  })
  const there = await takePart(effects, { path: options.path, node: outside, settings, member })
  doors.opened.catch(fail)
  void becomeReady(options, { ...running, files, doors, reporting }).catch(fail)
  const how = await told
  // While pages are handed over the doors stay open: nobody who asks here sees an end.
  if (how === 'drain') await member.drain()
  await there.close()
  await doors.close()
  await entrance.accounts.close()
  await member.stop()
  await effects.disk.remove('pid')
  reporting.close()
  if (isRemoved) throw new AnilloError('MEMBER_REMOVED', { address: 'The ring' })
}

interface Starting extends OpenDoors {
  readonly files: MemberFiles
  readonly doors: Doors
  readonly reporting: Pick<Reporting, 'ready' | 'waits'>
}

async function becomeReady(options: MemberOptions, starting: Starting): Promise<void> {
  const { beyond, doors, effects, entrance, files, member, reporting } = starting
  const { adminPassword: password, ports, stop } = options
  await whenComplete(effects, member, (groups) => {
    effects.log.info('waits', { groups })
    reporting.waits(groups)
  })
  if (password !== undefined) {
    await foundAdministrator(effects, entrance.accounts, { password, stop })
  }
  effects.log.info('joined', { name: files.identity.name })
  await doors.opened
  const url = beyond?.origins(ports, 'ftp')?.url
  if (beyond !== undefined) tellBeyond(effects, files, url)
  reporting.ready()
  options.onReady({
    url: `http://localhost:${ports.http}`,
    beyond: url,
    ftp: `ftp://localhost:${ports.ftp}`,
  })
}

/** Where it is heard, by whom. */
async function placesOf(
  { host: told, ports, settings }: MemberOptions,
  files: MemberFiles,
  effects: Effects,
) {
  const { identity } = files
  const localNetworks = platformLocalNetworks()
  const plan = planDoor(settings, identity.roles)
  const { rpcHost } = settings
  const hasDoor = plan !== undefined
  const asked = { rpcHost, advertised: hostOf(told, files), hasDoor }
  const { host, ...heard } = await memberDoorPlace({ dns: effects.dns, localNetworks }, asked)
  const beyond = plan && new BeyondDoors({ effects, localNetworks, plan, self: identity })
  return { ...heard, beyond, listen: { host, port: ports.rpc }, localNetworks }
}

/** By which others reach it, without the port. */
function hostOf(told: string | undefined, files: MemberFiles): string {
  return told ?? parseAddress(files.identity.address)?.host ?? EVERY_INTERFACE
}

const EVERY_INTERFACE = '0.0.0.0'

function tellBeyond({ crypto, log }: Effects, files: MemberFiles, url: string | undefined): void {
  const authority = crypto.fingerprint(files.credentials.authorityPem)
  log.info('clients come by', { url: url ?? 'none: no network', authority })
}

/** So that anyone can kill one and watch. */
async function writePid(disk: Disk): Promise<void> {
  await writeDurably(disk, 'pid', `${process.pid}\n`)
}

/**
 * Joined, on the ring's list, and every group with all its voters; never where it was removed.
 * `waits` hears now and then for how many groups it is waited.
 */
async function whenComplete(
  { clock, log }: Effects,
  member: RunningMember,
  waits: (groups: number) => void,
): Promise<void> {
  while (!member.overlay.joined) await pause(clock, JOINED_LOOK_MS)
  await member.remember()
  const outcome = await member.enrolled().catch(() => 'stopped')
  if (outcome === 'removed') log.error('this member was removed from its ring', {})
  if (outcome !== 'enrolled') return pause(clock, Infinity)
  let toldAtMs = clock.nowMs()
  for (let groups = member.groupsNotWhole(); groups > 0; groups = member.groupsNotWhole()) {
    if (clock.nowMs() - toldAtMs >= WAITS_TOLD_EVERY_MS) {
      toldAtMs = clock.nowMs()
      waits(groups)
    }
    await member.store.router.look()
    await pause(clock, COMPLETE_LOOK_MS)
  }
}

function pause(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    if (delayMs < Infinity) clock.after(delayMs, resolve)
  })
}
