/**
 * A member as a process: the real effects, its data directory held for itself alone, the
 * composition of compose-member.ts, the doors for clients in front of it, its supervisor's channel,
 * its end.
 */
import { join } from 'node:path'

import { AnilloError, isAnilloError } from '../base/errors.ts'
import { SECOND_MS } from '../base/limits.ts'
import type { Clock } from '../effects/clock.ts'
import type { Disk } from '../effects/disk.ts'
import type { Effects } from '../effects/effects.ts'
import { createGateway } from '../gateways/rest/gateway.ts'
import { Refusals } from '../gateways/rest/refusals.ts'
import { createReplay } from '../gateways/rest/replay.ts'
import { Unsent } from '../gateways/rest/unsent.ts'
import { ClientListener } from '../platform/client-listener.ts'
import { platformEffects } from '../platform/effects.ts'
import { platformLocalNetworks } from '../platform/local-networks.ts'
import { SettingOrders } from '../store/roster/setting-orders.ts'
import type { Ring } from '../wire/api.ts'
import { openMemberKey } from './at-rest/member-key.ts'
import { BeyondDoors } from './client-doors/beyond-doors.ts'
import { planDoor } from './client-doors/door-plan.ts'
import { memberDoorPlace } from './client-doors/member-door-place.ts'
import { startMember } from './compose-member.ts'
import { writeDurably } from './enrolment/durable-files.ts'
import { parseAddress } from './enrolment/endpoint.ts'
import { readMember, sealMember, type MemberFiles } from './enrolment/ring-files.ts'
import { foundAdministrator, openEntrance } from './entrance.ts'
import { LoadWatch } from './load-watch.ts'
import type { MemberOptions, RunMember } from './member-options.ts'
import type { RunningMember } from './member-parts.ts'
import { createMetrics } from './metrics/metrics.ts'
import { makeOperatorKey } from './operator-key.ts'
import { PACKAGE_ROOT } from './package-root.ts'
import { peerFile } from './peer-file.ts'
import { markGivenUp, refuseGivenUp } from './store/given-up.ts'
import { ringWithStore } from './store/ring-with-store.ts'
import { startReporting } from './supervisor/report.ts'
import { toldLog } from './told-log.ts'

/** The built page; where it was not built the API serves alone. */
const PAGE_ROOT = join(PACKAGE_ROOT, 'dist/web')

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
    ...(person === undefined ? {} : { logPath: person.logPath }),
  })
  const lock = await effects.disk.lock('')
  try {
    const log = person === undefined ? effects.log : toldLog(effects.log, person.tell)
    await refuseGivenUp(effects.disk)
    await runLocked(options, { ...effects, log })
  } catch (thrown) {
    if (isAnilloError(thrown, 'DATA_DAMAGED')) await markGivenUp(effects.disk, thrown.message)
    throw thrown
  } finally {
    await lock.release()
    await close()
  }
}

async function runLocked(options: MemberOptions, effects: Effects): Promise<void> {
  const { promise: told, resolve: end, reject: fail } = Promise.withResolvers<'stop' | 'drain'>()
  // Before anybody awaits it, a failure is kept and not thrown into the void.
  told.catch(() => undefined)
  const key = await openMemberKey(effects, options.passphrase)
  const sealedDisk = { disk: effects.disk, cipher: effects.cipher, key }
  await sealMember(sealedDisk)
  const files = await readMember(sealedDisk)
  await writePid(effects.disk)
  const { ports } = options
  const { beyond, ...places } = await placesOf(options, files, effects)
  const member = await startMember(effects, {
    ...options,
    ...places,
    files,
    beyond: () => beyond?.origins(ports),
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
  const running = { effects, member, beyond }
  const doors = await openDoors(options, running).catch(async (thrown: unknown) => {
    await member.stop()
    reporting.close()
    throw thrown
  })
  const waits = (groups: number): void => {
    effects.log.info('waits', { groups })
    reporting.waits(groups)
  }
  doors.opened.catch(fail)
  const { accounts } = openEntrance({ ...options, effects, ringId: files.ringId, member })
  const complete = async (): Promise<void> => {
    await whenComplete(effects, member, waits)
    const { adminPassword: password, stop } = options
    if (password !== undefined) await foundAdministrator(effects, accounts, { password, stop })
    effects.log.info('joined', { name: files.identity.name })
    await doors.opened
    if (beyond !== undefined) tellBeyond(effects, files, beyond.origins(ports)?.url)
    reporting.ready()
    options.onReady(`http://localhost:${ports.http}`)
  }
  void complete().catch(fail)
  const how = await told
  // While pages are handed over the doors stay open: nobody who asks here sees an end.
  if (how === 'drain') await member.drain()
  await doors.close()
  await accounts.close()
  await member.stop()
  await effects.disk.remove('pid')
  reporting.close()
  if (isRemoved) throw new AnilloError('MEMBER_REMOVED', { address: 'The ring' })
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
  const asked = { rpcHost: settings.rpcHost, advertised: hostOf(told, files) }
  const { host, isHeard } = await memberDoorPlace({ dns: effects.dns, localNetworks }, asked)
  const beyond = plan && new BeyondDoors({ effects, localNetworks, plan, self: identity })
  return { beyond, isHeard, listen: { host, port: ports.rpc }, localNetworks }
}

/** By which others reach it, without the port. */
function hostOf(told: string | undefined, files: MemberFiles): string {
  return told ?? parseAddress(files.identity.address)?.host ?? EVERY_INTERFACE
}

const EVERY_INTERFACE = '0.0.0.0'

interface Doors {
  /** Also those beyond loopback, which wait for a certificate. */
  readonly opened: Promise<void>
  close(): Promise<void>
}

async function openDoors(
  options: MemberOptions,
  running: {
    readonly effects: Effects
    readonly member: RunningMember
    readonly beyond: BeyondDoors | undefined
  },
): Promise<Doors> {
  const { clock, log } = running.effects
  const { beyond, member } = running
  const elsewhere = beyond === undefined ? {} : { beyond }
  // One bound for both doors: they draw on the same open files.
  const listener = new ClientListener({ log })
  const unsent = new Unsent(clock)
  const refusals = new Refusals()
  const metrics = createMetrics(member, options.settings, {
    connectionsMax: listener.connectionsMax,
    get connections() {
      return listener.connections
    },
    get unsentBytes() {
      return unsent.bytes
    },
    refused: refusals.counts,
  })
  const gateway = await createGateway({
    ...elsewhere,
    listener,
    refusals,
    unsent,
    clock,
    log,
    scraper: member.scraper,
    ring: { ...member.view, ring: () => ringOf(member) },
    members: member.store.placement,
    settings: new SettingOrders(member.store.records),
    admissions: member.admissions,
    records: {
      store: member.store.records,
      random: running.effects.random,
      isReserved: (table) => member.store.procedures.isReserved(table),
    },
    backups: {
      isOperator: await makeOperatorKey(running.effects),
      collect: (known, signal) => member.store.backups.collect(known, signal),
      hold: (holder, forMs) => member.store.backups.hold(holder, forMs),
      chunk: (hash, signal) => member.store.store.chunks.get(hash, { signal }),
    },
    ready: () => member.overlay.joined,
    metrics: () => metrics.text(),
    pageRoot: PAGE_ROOT,
    version: options.version,
  })
  const replay = await createReplay({
    ...elsewhere,
    listener,
    refusals,
    log,
    scraper: member.scraper,
  })
  const close = async (): Promise<void> => {
    beyond?.close()
    await Promise.all([gateway.close(), replay.close()])
  }
  try {
    await listen(gateway, options.ports.http)
    await listen(replay, options.ports.replay)
  } catch (thrown) {
    await close()
    throw thrown
  }
  const fronts = [
    { front: listener.tlsFront(gateway.server), port: options.ports.http },
    { front: listener.tlsFront(replay.server), port: options.ports.replay },
  ]
  const opened = beyond?.open(fronts, member.issuer)
  return { opened: opened ?? Promise.resolve(), close }
}

function ringOf({ view, store, upkeep }: RunningMember): Promise<Ring> {
  return ringWithStore(view, store.placement, upkeep.coordinator.belief)
}

type Door = Awaited<ReturnType<typeof createGateway>>

/** On loopback, by all its names: `localhost` is ::1 for some clients and 127.0.0.1 for others. */
async function listen(door: Door, port: number): Promise<void> {
  try {
    await door.listen({ host: 'localhost', port })
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
    if (code === 'EADDRINUSE') throw new AnilloError('PORT_IN_USE', { port, flag: '--http' })
    throw thrown
  }
}

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
