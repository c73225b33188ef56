/**
 * The doors of a member for clients: page and API, and archived pages on an origin of their own.
 */
import { join } from 'node:path'

import { present } from '../../base/assert.ts'
import { AnilloError } from '../../base/errors.ts'
import { parseMemberId } from '../../base/ids.ts'
import type { Effects } from '../../effects/effects.ts'
import { DavDoor } from '../../gateways/dav/door.ts'
import type { Entrance } from '../../gateways/rest/door.ts'
import { createGateway } from '../../gateways/rest/gateway.ts'
import { Leaving } from '../../gateways/rest/leaving.ts'
import { SOCKET_MESSAGE_BYTES_MAX } from '../../gateways/rest/limits.ts'
import { Refusals } from '../../gateways/rest/refusals.ts'
import { createReplay } from '../../gateways/rest/replay.ts'
import { Unsent } from '../../gateways/rest/unsent.ts'
import type { IsVantage } from '../../gateways/rest/vantages.ts'
import { ClientListener } from '../../platform/client-listener.ts'
import { platformWebSockets } from '../../platform/web-sockets.ts'
import { RingAttachments } from '../../services/dweets/attachments/ring-attachments.ts'
import { RingDweets } from '../../services/dweets/dweets.ts'
import { RingOwnData } from '../../services/dweets/own-data/own-data.ts'
import type { Links } from '../../services/files/links/types.ts'
import { ofVantage } from '../../services/scrape/crew/crew.ts'
import { SettingOrders } from '../../store/roster/setting-orders.ts'
import type { Ring } from '../../wire/api.ts'
import { withTrueDoors } from '../../wire/true-doors.ts'
import { KnownPeople } from '../known-people.ts'
import type { MemberOptions } from '../member-options.ts'
import type { RunningMember } from '../member-parts.ts'
import { createMetrics } from '../metrics/metrics.ts'
import { makeOperatorKey } from '../operator-key.ts'
import { PACKAGE_ROOT } from '../package-root.ts'
import { parsePortRange } from '../ports.ts'
import { openShareDoor, type OpenShareDoor } from '../share/open-share-door.ts'
import { ringWithStore } from '../store/ring-with-store.ts'
import type { BeyondDoors } from './beyond-doors.ts'
import { MemberFtp } from './member-ftp.ts'

/** The built page; where it was not built the API serves alone. */
const PAGE_ROOT = join(PACKAGE_ROOT, 'dist/web')

export interface Doors {
  /** Also those beyond loopback, which wait for a certificate. */
  readonly opened: Promise<void>
  close(): Promise<void>
}

/** What stands behind the doors, and in front of them. */
export interface OpenDoors {
  readonly effects: Effects
  readonly member: RunningMember
  readonly beyond: BeyondDoors | undefined
  readonly entrance: Entrance
  readonly links: Links
}

/** @throws AnilloError PORT_IN_USE */
export async function openDoors(options: MemberOptions, running: OpenDoors): Promise<Doors> {
  const { beyond, effects, member } = running
  const { clock, log } = effects
  const { ports } = options
  // One bound for both doors: they draw on the same open files. That of strangers has its own.
  const listener = new ClientListener({ log })
  const unsent = new Unsent(clock)
  const refusals = new Refusals()
  const leaving = new Leaving(clock)
  const metrics = createMetrics(member, options.settings, measured({ listener, refusals, unsent }))
  const shared = {
    entrance: running.entrance,
    ...(beyond === undefined ? {} : { beyond }),
    leaving,
    listener,
    log,
    refusals,
    scraper: member.scraper,
    archive: member.archive,
    crawls: member.crawls,
    schedules: member.schedules,
  }
  const gateway = await createGateway({
    ...shared,
    ...(await behind(running, options.settings.dweetRate)),
    ...pagesBehind(member),
    unsent,
    webSockets: await platformWebSockets({ messageBytesMax: SOCKET_MESSAGE_BYTES_MAX }),
    clock,
    ready: () => member.overlay.joined,
    metrics: () => metrics.text(),
    pageRoot: PAGE_ROOT,
    version: options.version,
  })
  const replay = await createReplay({
    ...shared,
    archive: member.archive,
    clock,
    random: effects.random,
  })
  const ftp = ftpOf(options, running)
  let share: OpenShareDoor | undefined
  const close = async (): Promise<void> => {
    beyond?.close()
    await Promise.all([gateway.close(), replay.close(), ftp.end(), share?.close()])
  }
  try {
    await listen(gateway, ports.http, 'the page')
    await listen(replay, ports.replay, 'archived pages')
    await ftp.open(ports.ftp)
    share = await openShareDoor(
      { effects, service: member.share, settings: options.settings },
      ports.share,
    )
  } catch (thrown) {
    await close()
    throw thrown
  }
  const fronts = [
    { front: listener.tlsFront(gateway.server), port: ports.http },
    { front: listener.tlsFront(replay.server), port: ports.replay },
    { front: ftp, port: ports.ftp },
    { front: share.front, port: ports.share },
  ]
  return {
    opened: beyond?.open(fronts, member.issuer) ?? Promise.resolve(),
    close: () => leaving.begin().then(close),
  }
}

interface Measured {
  readonly listener: ClientListener
  readonly refusals: Refusals
  readonly unsent: Unsent
}

function measured({ listener, refusals, unsent }: Measured) {
  return {
    connectionsMax: listener.connectionsMax,
    get connections() {
      return listener.connections
    },
    get unsentBytes() {
      return unsent.bytes
    },
    refused: refusals.counts,
  }
}

function ftpOf(
  { settings, version }: MemberOptions,
  { effects, entrance, member }: OpenDoors,
): MemberFtp {
  const range = parsePortRange(settings.ftpPassivePorts)
  return new MemberFtp({
    effects,
    door: {
      accounts: entrance.accounts,
      accountSessions: member.accountSessions,
      files: member.files,
      passivePorts: present(range, 'a setting that was read'),
      version,
      where: async () => (await member.view.ring()).members.flatMap(({ ftp }) => ftp ?? []),
      doors: async ({ isFromBeyond }) => {
        const { address: at } = member.view.self()
        return withTrueDoors(await member.view.ring(), { at, isFromBeyond }).members
      },
    },
    rules: {
      isImplicit: settings.ftpTls === 'implicit',
      demandsReuse: settings.ftpDataTls === 'resumed',
      hasGuests: settings.ftpGuests === 'anonymous',
    },
    publicAddress: settings.ftpAddress,
    issuer: member.issuer,
    self: { memberId: parseMemberId(member.view.self().id) },
  })
}

/** What it does with pages. */
function pagesBehind(member: RunningMember) {
  const { diffs, extracts, renders, search, similar, testimonies, transfer } = member
  const isVantage: IsVantage = (name) => ofVantage(member.crew(), name).length > 0
  return { diffs, extracts, renders, search, similar, testimonies, transfer, isVantage }
}

/** What the member does for those who ask. */
async function behind({ effects, entrance, links, member }: OpenDoors, dweetsPerPeriod: number) {
  const { store } = member
  const dweeting = {
    store: store.records,
    people: new KnownPeople(entrance.accounts, effects.clock),
    dweetsPerPeriod,
    ...(member.previews === undefined ? {} : { previews: member.previews }),
  }
  return {
    files: member.files,
    share: member.share,
    links,
    dav: new DavDoor({ files: member.files, locks: member.pathLocks, clock: effects.clock }),
    fileActs: member.fileActs,
    repeats: member.repeats,
    dweets: new RingDweets({ ...dweeting, clock: effects.clock }),
    attachments: new RingAttachments({
      ...dweeting,
      random: effects.random,
      bytes: member.heldBytes,
    }),
    ownData: new RingOwnData({ ...dweeting, clock: effects.clock, bytes: member.heldBytes }),
    ring: { ...member.view, ring: () => ringOf(effects, member) },
    members: store.placement,
    settings: new SettingOrders(store.records),
    admissions: member.admissions,
    records: {
      store: store.records,
      random: effects.random,
      isReserved: (table: string) => store.procedures.isReserved(table),
    },
    backups: {
      isOperator: await makeOperatorKey(effects),
      collect: store.backups.collect.bind(store.backups),
      hold: store.backups.hold.bind(store.backups),
      chunk: (hash: string, signal: AbortSignal) => store.store.chunks.get(hash, { signal }),
    },
  }
}

async function ringOf(
  { crypto }: Pick<Effects, 'crypto'>,
  { issuer, rotation, store, upkeep, view }: RunningMember,
): Promise<Ring> {
  const [ring, authority] = await Promise.all([
    upkeep.coordinator.known().then((known) => ringWithStore(view, store.placement, known)),
    // A ring without its majority is looked at all the same.
    rotation().catch(() => undefined),
  ])
  // Each asker is told other doors; whether any is open beyond its machine is known here alone.
  const isOpen = ring.members.some(({ url }) => url.startsWith('https:'))
  const authorityFingerprint = crypto.fingerprint(issuer.authorityPem())
  const told = isOpen ? { ...ring, authorityFingerprint } : ring
  return authority === undefined ? told : { ...told, authority }
}

type Door = Awaited<ReturnType<typeof createGateway>>

/** On loopback, by all its names: `localhost` is ::1 for some clients and 127.0.0.1 for others. */
async function listen(door: Door, port: number, what: string): Promise<void> {
  try {
    await door.listen({ host: 'localhost', port })
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
    if (code === 'EADDRINUSE') {
      throw new AnilloError('PORT_IN_USE', { port, door: what, flag: '--http' })
    }
    throw thrown
  }
}
