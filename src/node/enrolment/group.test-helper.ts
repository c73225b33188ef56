/**
 * Members that enrol one another in the virtual world: the real door, disk, certificates and
 * datagrams; calls between members go over a table in place of connections.
 */
import assert from 'node:assert/strict'

import type { Machine } from '../../../sim/world/machine.ts'
import { World } from '../../../sim/world/world.ts'
import { AnilloError, isAnilloError, type ErrorCode } from '../../base/errors.ts'
import { positionOf, type MemberId } from '../../base/ids.ts'
import type { Effects } from '../../effects/effects.ts'
import type { LocalNetworks } from '../../effects/local-networks.ts'
import type { Overlay } from '../../overlay/types.ts'
import type { RpcClient, RpcServer, Target } from '../../rpc/types.ts'
import { FakePartition, storeOn } from '../../store/roster/fakes.test-helper.ts'
import { enrolMember } from '../../store/roster/procedures.ts'
import type { Store } from '../../store/types.ts'
import type { Role } from '../../wire/api.ts'
import { memberAt } from '../../wire/member.test-helper.ts'
import type { Method } from '../../wire/method.ts'
import { RING_PARTITION } from '../../wire/partition.ts'
import { answerDiscovery, type DiscoveryAnswerer } from '../discovery/answerer.ts'
import { diskBelow } from '../disk-below.ts'
import { initRing, type OpenedMember, type SelfDescription } from './commands.ts'
import { registerEnrolment, type Enrolment } from './enrolment.ts'
import { sealedDiskOf } from './found.ts'
import type { JoinEffects, JoinNews } from './join.ts'
import { readMember, type MemberFiles } from './ring-files.ts'

export const RPC_PORT = 9300
export const DISCOVERY_PORT = 9299
export const ALL_ROLES: readonly Role[] = ['entry', 'chord', 'tweeter']

type Handler = (
  question: unknown,
  context: { caller: MemberId; signal: AbortSignal; timeLeftMs: number },
) => unknown

class Served implements RpcServer {
  readonly handlers = new Map<string, Handler>()

  handle<Q, A>(
    method: Method<Q, A>,
    answer: (question: Q, context: never) => Promise<A> | A,
  ): void {
    this.handlers.set(method.name, answer as Handler)
  }

  handleStream(): void {
    assert.fail('enrolment streams nothing')
  }
}

export interface GroupMember {
  readonly machine: Machine
  readonly effects: Effects
  readonly opened: OpenedMember
  /** As it started with them. */
  readonly files: MemberFiles
  readonly enrolment: Enrolment
  readonly discovery: DiscoveryAnswerer
  readonly served: Served
  readonly address: string
  readonly id: MemberId
}

export interface GroupOptions {
  readonly admitLocalMs?: number
}

export class Group {
  readonly world: World
  readonly members: GroupMember[] = []
  /** The ring's own list of members. */
  readonly partition = new FakePartition()
  /** No majority: nothing can be written. */
  isStoreDown = false
  /** Addresses of members that answer nothing. */
  readonly dead = new Set<string>()
  /** Names of methods that were asked for. */
  readonly calls: string[] = []

  constructor(seed = 1) {
    this.world = new World({ seed })
    // As the first of a real ring.
    this.partition.generation = 1
  }

  /** What a command on this machine works with. */
  joinEffects(machine: Machine): JoinEffects & { readonly localNetworks: LocalNetworks } {
    return { ...machine.effects(), localNetworks: localNetworksOf(machine) }
  }

  #isEntry(id: MemberId): boolean {
    const member = this.#alive().find((one) => one.id === id)
    return member?.opened.files.identity.roles.includes('entry') ?? false
  }

  async found(options: GroupOptions = {}): Promise<GroupMember> {
    const machine = this.world.machine()
    const effects = this.joinEffects(machine)
    const opened = await this.settle(initRing(effects, selfOf('founder')))
    return this.run(machine, opened, options)
  }

  async run(
    machine: Machine,
    opened: OpenedMember,
    options: GroupOptions = {},
  ): Promise<GroupMember> {
    const effects = machine.effects()
    const disk = diskBelow(effects.disk, opened.directory)
    const { files, key } = await this.settle(filesIn(effects, opened.directory))
    const { ringId, identity } = files
    const { memberId: id, address } = identity
    const served = new Served()
    const enrolment = registerEnrolment(served, {
      effects: { ...effects, disk },
      localNetworks: localNetworksOf(machine),
      client: this.#clientOf(id),
      overlay: this.#overlayOf(opened),
      store: this.#store(),
      members: async () => this.#alive().map((member) => memberAt(refOf(member))),
      files,
      key,
      isEntry: (asking) => this.#isEntry(asking),
      papersChanged: () => undefined,
      tell: () => undefined,
      admitLocalMs: options.admitLocalMs ?? 0,
    })
    await this.settle(
      effects.net.listen({
        endpoint: { host: machine.address, port: RPC_PORT },
        credentials: () => enrolment.credentials(),
        connected: (connection) => connection.destroy(),
        stranger: (connection) => enrolment.stranger(connection),
        refused: () => undefined,
      }),
    )
    const discovery = await this.settle(
      answerDiscovery(effects, {
        port: DISCOVERY_PORT,
        ringId,
        fingerprint: () => effects.crypto.fingerprint(enrolment.credentials().authorityPem),
        selfAddress: address,
        liveAddresses: () => this.#othersOf(id).map((other) => other.address),
        others: () => false,
        mayEnrol: () => enrolment.mayEnrol(),
      }),
    )
    const member = { machine, effects, opened, files, enrolment, discovery, served, address, id }
    this.members.push(member)
    return member
  }

  /** What a member that `init` or `up` made does when it starts. */
  enrolSelf({ files, address, id }: GroupMember): void {
    const { name, roles, hostLabel: host } = files.identity
    this.partition.run(enrolMember, { member: { id, name, roles, address, host } })
  }

  /** The same directory again, in another process. */
  async restart(member: GroupMember): Promise<GroupMember> {
    member.machine.kill()
    this.members.splice(this.members.indexOf(member), 1)
    return this.run(member.machine, member.opened)
  }

  kill(member: GroupMember): void {
    this.dead.add(member.address)
    member.machine.kill()
  }

  settle<T>(promise: Promise<T>, withinMs = 60_000): Promise<T> {
    return this.world.settle(promise, 'the step of the test', withinMs)
  }

  #alive(): readonly GroupMember[] {
    return this.members.filter(({ address }) => !this.dead.has(address))
  }

  #othersOf(id: MemberId): readonly GroupMember[] {
    return this.#alive().filter((member) => member.id !== id)
  }

  #store(): Pick<Store, 'call' | 'get' | 'list' | 'transact'> {
    const store = async (): Promise<ReturnType<typeof storeOn>> => {
      if (!this.isStoreDown) return storeOn(this.partition)
      const problem = 'too few voters answer'
      throw new AnilloError('STORE_UNAVAILABLE', { partition: RING_PARTITION, problem })
    }
    return {
      call: async (...asked) => (await store()).call(...asked),
      get: async (...asked) => (await store()).get(...asked),
      list: async (...asked) => (await store()).list(...asked),
      transact: async (...asked) => (await store()).transact(...asked),
    }
  }

  /** The ring: members in order of their positions. */
  #overlayOf(opened: OpenedMember): Pick<Overlay, 'self' | 'successors'> {
    const { memberId: id, address, name } = opened.files.identity
    const self = { id, address, name, position: positionOf(address) }
    return {
      self,
      successors: (count) => {
        const others = this.#othersOf(id).map((member) => ({ ...refOf(member), id: member.id }))
        const order = [self, ...others].toSorted((a, b) => (a.position < b.position ? -1 : 1))
        const at = order.findIndex((member) => member.id === id)
        return [...order.slice(at + 1), ...order.slice(0, at)].slice(0, count)
      },
    }
  }

  #clientOf(caller: MemberId): RpcClient {
    const call = async <Q, A>(target: Target, method: Method<Q, A>, question: Q): Promise<A> => {
      this.calls.push(method.name)
      const address = target.addresses[0] ?? ''
      const member = this.#alive().find((other) => other.address === address)
      const handler = member?.served.handlers.get(method.name)
      if (handler === undefined)
        throw new AnilloError('RPC_UNREACHABLE', { address, problem: 'dead' })
      if (target.id !== undefined && target.id !== member?.id) {
        throw new AnilloError('RPC_WRONG_MEMBER', { address })
      }
      const read = method.readQuestion(structuredClone(question))
      assert.ok(read !== undefined, `${method.name} was asked with another shape`)
      const signal = new AbortController().signal
      const answer = await handler(read, { caller, signal, timeLeftMs: 1_000 })
      const readAnswer = method.readAnswer(structuredClone(answer))
      assert.ok(readAnswer !== undefined, `${method.name} was answered with another shape`)
      return readAnswer
    }
    return { call, stream: () => assert.fail('enrolment streams nothing') }
  }
}

/** A member's directory, as its own process reads it. */
export async function filesIn(
  effects: Pick<Effects, 'disk' | 'cipher' | 'random'>,
  directory: string,
): Promise<{ readonly files: MemberFiles; readonly key: Uint8Array }> {
  const sealedDisk = await sealedDiskOf(effects, directory)
  return { files: await readMember(sealedDisk, directory), key: sealedDisk.key }
}

function refOf(member: GroupMember) {
  const { address, id } = member
  return { name: member.opened.files.identity.name, id, address, position: positionOf(address) }
}

function localNetworksOf(machine: Machine): LocalNetworks {
  return {
    isAttached: (address) => address.startsWith(`${machine.segment}.`),
    isBeside: (_own, address) => address.startsWith(`${machine.segment}.`),
    ownAddresses: () => [machine.address],
  }
}

export function selfOf(name: string, roles: readonly Role[] = ALL_ROLES): SelfDescription {
  return { name, port: RPC_PORT, roles, hostLabel: name }
}

/** What a newcomer said to its person. */
export class Said {
  readonly news: JoinNews[] = []
  readonly say = (news: JoinNews): void => void this.news.push(news)

  get codes(): readonly string[] {
    return this.news.flatMap((news) => (news.kind === 'code' ? [news.code] : []))
  }

  get asked(): readonly string[] {
    return this.news.flatMap((news) => (news.kind === 'asking' ? [news.address] : []))
  }
}

export async function rejectsWith(code: ErrorCode, promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(isAnilloError(error, code), `${code} expected, not ${String(error)}`)
    return true
  })
}
