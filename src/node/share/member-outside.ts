/**
 * A member’s own node of the open network: where it listens, whom it starts from, that the members
 * of one ring know one another there, and its socket.
 */
import { join } from 'node:path'

import { SECOND_MS } from '../../base/limits.ts'
import type { Timer } from '../../effects/clock.ts'
import type { Effects } from '../../effects/effects.ts'
import type { LocalListener } from '../../effects/local-listen.ts'
import type { Endpoint } from '../../effects/net.ts'
import { openOutsideNode, type OutsideNode } from '../../gateways/kademlia/outside-node.ts'
import { outsideCommands } from '../../gateways/socket/commands.ts'
import type { Overlay } from '../../overlay/types.ts'
import type { SealedDisk } from '../at-rest/sealed-file.ts'
import { isLoopback, parseAddress } from '../enrolment/endpoint.ts'
import { kademliaPortAt, kademliaPortBeside, type MemberPorts } from '../ports.ts'
import type { Settings } from '../settings.ts'
import { parseBootstrap } from './bootstrap.ts'
import { nodeKey, nodeMemory, sealedFiles } from './node-files.ts'
import { openShareSocket, SHARE_SOCKET_NAME } from './share-socket.ts'
import { memberShareCommands, type SocketMember } from './socket-commands.ts'

const EVERY_INTERFACE = '0.0.0.0'

/** Between two looks who else is of the ring. */
const MEET_EVERY_MS = 5 * SECOND_MS
/** At first, until all of them are known; so many looks, since one may not be heard at all. */
const FIRST_MEET_EVERY_MS = SECOND_MS / 2
const FIRST_LOOKS_MAX = 40

/** The whole successor list. */
const NEIGHBOURS_MAX = 64

export interface MemberOutsideOptions {
  readonly ports: Pick<MemberPorts, 'http'>
  /** Where the member itself is heard. */
  readonly listenHost: string
  readonly settings: Pick<Settings, 'shareBootstrap' | 'shareCompat' | 'shareHost'>
  readonly sealed: SealedDisk
}

/** @throws AnilloError PORT_IN_USE, DATA_DAMAGED */
export async function openMemberOutside(
  effects: Effects,
  { listenHost, ports, sealed, settings }: MemberOutsideOptions,
): Promise<OutsideNode> {
  const files = sealedFiles(sealed)
  const bootstrap = parseBootstrap(settings.shareBootstrap) ?? []
  return openOutsideNode(effects, {
    endpoint: {
      host: hostFor(settings.shareHost, { listenHost, bootstrap }),
      port: kademliaPortAt(ports.http),
    },
    movedBy: '--http, which moves all doors of a member',
    key: await nodeKey(effects, files),
    values: settings.shareCompat === 'iic2523' ? 'lists' : 'one',
    bootstrap,
    memory: nodeMemory(effects, files),
  })
}

/** A ring on loopback stays there, unless nodes elsewhere are named to start from. */
export function hostFor(
  told: string,
  at: { readonly listenHost: string; readonly bootstrap: readonly Endpoint[] },
): string {
  if (told !== '') return told
  const isLocal = at.bootstrap.every(({ host }) => isLoopback(host))
  if (!isLocal || at.listenHost === '::') return EVERY_INTERFACE
  return at.listenHost
}

/** Members of one ring are contacts of one another. @returns how to stop */
function meetMembers(
  { clock, dns }: Pick<Effects, 'clock' | 'dns'>,
  node: Pick<OutsideNode, 'meet'>,
  overlay: Pick<Overlay, 'successors' | 'predecessor'>,
): () => void {
  let timer: Timer | undefined
  let isStopped = false
  let looks = 0
  const look = async (): Promise<void> => {
    const others = [...overlay.successors(NEIGHBOURS_MAX), overlay.predecessor()]
    const found = await Promise.all(others.map((other) => nodesOf(dns, other?.address)))
    if (isStopped) return
    const lacksSome = node.meet(found.flat()) || found.every((one) => one.length === 0)
    const isSoon = lacksSome && ++looks <= FIRST_LOOKS_MAX
    timer = clock.after(isSoon ? FIRST_MEET_EVERY_MS : MEET_EVERY_MS, () => void look())
  }
  void look()
  return () => {
    isStopped = true
    timer?.cancel()
  }
}

/** None where its name is not known now. */
async function nodesOf(
  dns: Effects['dns'],
  address: string | undefined,
): Promise<readonly Endpoint[]> {
  const place = address === undefined ? undefined : parseAddress(address)
  if (place === undefined) return []
  const addresses = await dns.resolve(place.host).catch(() => [])
  const port = kademliaPortBeside(place.port)
  return addresses.map((one) => ({ host: one.address, port }))
}

export interface TakingPart {
  /** The member’s own directory, absolute. */
  readonly path: string
  readonly node: OutsideNode
  readonly member: SocketMember & {
    readonly overlay: Pick<Overlay, 'successors' | 'predecessor'>
  }
  readonly settings: Pick<Settings, 'shareSocket'>
}

/** Meets the others of the ring, and opens the socket. */
export async function takePart(
  effects: Pick<Effects, 'clock' | 'dns' | 'log'>,
  taking: TakingPart,
): Promise<{ close(): Promise<void> }> {
  const stopMeeting = meetMembers(effects, taking.node, taking.member.overlay)
  const socket = await openMemberSocket(effects, taking)
  return {
    close: () => {
      stopMeeting()
      return socket.close()
    },
  }
}

/** A member goes on without it where it cannot be made, and says why. */
async function openMemberSocket(
  effects: Pick<Effects, 'clock' | 'log'>,
  { member, node, path, settings }: TakingPart,
): Promise<LocalListener> {
  try {
    return await openShareSocket(effects, {
      path: join(path, SHARE_SOCKET_NAME),
      commands: { ...outsideCommands(node), ...memberShareCommands(effects, member) },
      answers: settings.shareSocket,
    })
  } catch (error) {
    effects.log.warn('no socket for shares', { error })
    return { close: async () => undefined }
  }
}
