/** Whole members, as composed for production, in the virtual world, with a virtual site outside. */
import { certify, memberIdOf, RING_ID } from '../../sim/world/credentials.ts'
import type { Machine } from '../../sim/world/machine.ts'
import { World } from '../../sim/world/world.ts'
import { present } from '../../src/base/assert.ts'
import { positionOf } from '../../src/base/ids.ts'
import { startMember } from '../../src/node/compose-member.ts'
import type { MemberParts, RunningMember } from '../../src/node/member-parts.ts'
import { portsAt } from '../../src/node/ports.ts'
import { readSettings } from '../../src/node/settings.ts'
import { markFounder } from '../../src/node/store/founding-mark.ts'
import { searchTasks } from '../../src/services/scrape/search/tasks.ts'
import type { Scrape } from '../../src/wire/api.ts'
import type { Contact } from '../../src/wire/contact.ts'

const RPC_PORT = 9_300
const SITE_ADDRESS = '93.184.216.34'
export const SITE = 'http://site.example'
const JOIN_WITHIN_MS = 120_000
const COMPLETE_WITHIN_MS = 300_000
/** An asker's own waiting time; the test lets at most `ANSWER_WITHIN_MS` pass. */
const WAIT_MS = 60_000
const ANSWER_WITHIN_MS = 120_000

type Credentials = Awaited<ReturnType<typeof certify>>[number]

/** One machine and the member that runs on it. */
export interface SimulatedMember {
  readonly machine: Machine
  readonly position: string
  running: RunningMember | undefined
}

export class SimulatedRing {
  readonly world: World
  readonly members: SimulatedMember[] = []
  readonly #credentials: readonly Credentials[]
  #hasBrowser = (_index: number): boolean => true

  private constructor(world: World, credentials: readonly Credentials[]) {
    this.world = world
    this.#credentials = credentials
    world.sites.name('site.example', SITE_ADDRESS)
  }

  /** Has credentials for `members` machines; starts and joins as many of them as `started` says. */
  static async start(
    seed: number,
    members: number,
    started = members,
    hasBrowser: (index: number) => boolean = () => true,
  ): Promise<SimulatedRing> {
    const world = new World({ seed, tasks: searchTasks })
    const { crypto } = world.machine().effects()
    const ring = new SimulatedRing(world, await certify(crypto, members))
    ring.#hasBrowser = hasBrowser
    for (let i = 0; i < started; i++) await ring.join()
    await ring.joined()
    await ring.complete()
    return ring
  }

  async join(): Promise<SimulatedMember> {
    const index = this.members.length
    const machine = this.world.machine()
    machine.hasBrowser = this.#hasBrowser(index)
    const address = addressOf(machine)
    const member: SimulatedMember = { machine, position: positionOf(address), running: undefined }
    this.members.push(member)
    const memory: { peers: readonly Contact[] | undefined } = { peers: undefined }
    let isFounder = index === 0
    await this.world.start(machine, async (effects) => {
      if (isFounder) await markFounder(effects.disk, '')
      isFounder = false
      // What ran before its restart would still say where it stood.
      member.running = undefined
      const running = await startMember(effects, this.#parts(index, { address, memory }))
      member.running = running
      return { stop: () => running.stop() }
    })
    return member
  }

  /** Lets time pass until everybody who runs knows the neighbours that it ought to have. */
  async joined(withinMs = JOIN_WITHIN_MS): Promise<void> {
    const isWhole = (): boolean => this.running().every((member) => this.#isInPlace(member))
    await this.world.until(isWhole, 'the ring is whole', withinMs)
  }

  /** Lets time pass until every group has all the voters that the ring bears. */
  async complete(): Promise<void> {
    const isComplete = (): boolean =>
      this.running().every(
        ({ running }) => running?.overlay.joined === true && running.groupsNotWhole() === 0,
      )
    await this.world.until(isComplete, 'the groups are whole', COMPLETE_WITHIN_MS)
  }

  running(): SimulatedMember[] {
    return this.members.filter(({ machine }) => machine.isRunning)
  }

  ownerOf(id: string): SimulatedMember {
    const ordered = this.#ordered()
    return present(ordered.find(({ position }) => position >= id) ?? ordered[0], 'a member')
  }

  /** Asks at the member and lets time pass until it answers. */
  scrape(member: SimulatedMember, path: string, maxAge?: number): Promise<Scrape> {
    return this.world.settle(ask(member, path, maxAge), `answer to ${path}`, ANSWER_WITHIN_MS)
  }

  /** All at once. */
  scrapeAll(members: readonly SimulatedMember[], path: string): Promise<Scrape[]> {
    const asked = Promise.all(members.map((member) => ask(member, path)))
    return this.world.settle(asked, `answers to ${path}`, ANSWER_WITHIN_MS)
  }

  async bodyAt(member: SimulatedMember, id: string): Promise<Uint8Array> {
    return this.world.settle(readBody(member, id), `content of ${id}`, ANSWER_WITHIN_MS)
  }

  #ordered(): SimulatedMember[] {
    return this.running().toSorted((a, b) => (a.position < b.position ? -1 : 1))
  }

  #isInPlace(member: SimulatedMember): boolean {
    const ordered = this.#ordered()
    const at = ordered.indexOf(member)
    const before = ordered.at(at - 1)
    const overlay = member.running?.overlay
    if (overlay?.joined !== true) return false
    if (ordered.length === 1) return true
    const behind = [...ordered.slice(at + 1), ...ordered.slice(0, at)].slice(0, 2)
    const known = overlay.successors(2).map(({ position }) => position)
    const isBehindKnown = behind.every(({ position }, index) => known[index] === position)
    return isBehindKnown && overlay.predecessor()?.position === before?.position
  }

  #parts(
    index: number,
    place: { readonly address: string; readonly memory: { peers: readonly Contact[] | undefined } },
  ): MemberParts {
    const { address, memory } = place
    const first = this.members[0]
    return {
      files: {
        ringId: RING_ID,
        identity: {
          memberId: memberIdOf(index),
          name: `member-${index + 1}`,
          address,
          roles: ['entry', 'chord', 'tweeter'],
          hostLabel: address,
          warrant: '',
          certificateUntilMs: Number.MAX_SAFE_INTEGER,
          entryAddresses: [],
        },
        credentials: present(this.#credentials[index], 'credentials'),
        authority: undefined,
      },
      listen: { host: address.split(':')[0] ?? '', port: RPC_PORT },
      ports: portsAt(9_100),
      ftpScheme: 'ftp',
      localNetworks: { isAttached: () => true, isBeside: () => true, ownAddresses: () => [] },
      peers: {
        read: async () => memory.peers,
        write: async (peers) => {
          memory.peers = peers
        },
      },
      begins: index === 0,
      entries: index === 0 || first === undefined ? [] : [addressOf(first.machine)],
      admitLocalMs: 0,
      settings: readSettings({ file: undefined, env: {} }).settings,
      version: '0.0.0',
      key: new Uint8Array(32),
      onFailure: (error) => {
        throw error
      },
    }
  }
}

function addressOf(machine: Machine): string {
  return `${machine.address}:${RPC_PORT}`
}

export async function ask(member: SimulatedMember, path: string, maxAge?: number): Promise<Scrape> {
  const { scraper } = present(member.running, 'a running member')
  const request = maxAge === undefined ? { url: SITE + path } : { url: SITE + path, maxAge }
  return scraper.scrape(request, WAIT_MS, new AbortController().signal)
}

async function readBody(member: SimulatedMember, id: string): Promise<Uint8Array> {
  const { scraper } = present(member.running, 'a running member')
  const content = await scraper.content(id, new AbortController().signal)
  const pieces: Uint8Array[] = []
  for await (const piece of present(content, 'the page').body) pieces.push(piece)
  return Buffer.concat(pieces)
}
