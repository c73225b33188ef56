/** A ring of whole stores on virtual machines: calls, logs, states, groups, doors. */
import { World } from '../../sim/world/world.ts'
import type { MemberId } from '../../src/base/ids.ts'
import { SECOND_MS } from '../../src/base/limits.ts'
import { CIPHER_KEY_BYTES } from '../../src/effects/cipher.ts'
import type { Effects } from '../../src/effects/effects.ts'
import type { RpcNode } from '../../src/rpc/node.ts'
import { openChunks, type MemberChunks } from '../../src/store/chunks/member-chunks.ts'
import { CHUNK_PROCEDURES } from '../../src/store/chunks/procedures.ts'
import { createGroupHost } from '../../src/store/group/host.ts'
import type { GroupHost } from '../../src/store/group/types.ts'
import { LOCK_PROCEDURES } from '../../src/store/locks/lock-procedures.ts'
import { ProcedureTable } from '../../src/store/partition/procedures.ts'
import { transact } from '../../src/store/partition/transact.ts'
import { Router } from '../../src/store/routing/router.ts'
import { RpcPeers } from '../../src/store/rpc-peers.ts'
import { createStore, withChunks } from '../../src/store/store.ts'
import type { Store } from '../../src/store/types.ts'
import type { PartitionId } from '../../src/wire/partition.ts'
import { makeRing, memberIdOf, startMember, type Ring } from '../rpc/members.test-helper.ts'
import type { ChunkSubject } from './chunks.ts'
import type { StoreSubject } from './store-promise.ts'

const WITHIN_MS = 600 * SECOND_MS
const PORT = 9_300
const GENERATION = 1
const PROCEDURES = [transact, ...LOCK_PROCEDURES, ...CHUNK_PROCEDURES]
const CHUNKS = {
  key: new Uint8Array(CIPHER_KEY_BYTES),
  path: 'chunks',
  hostOf: (id: MemberId) => id,
  mayCollect: async () => true,
  onVerdict: () => undefined,
}

interface Member {
  readonly effects: Effects
  readonly rpc: RpcNode
  readonly host: GroupHost
  readonly router: Router
  readonly chunks: MemberChunks
  readonly store: Store
}

/** Doors with records and chunks. */
type WholeSubject = StoreSubject & ChunkSubject

export class WholeRing {
  readonly world: World
  readonly #members: Member[] = []
  readonly #addresses = new Map<MemberId, string>()
  #ring: Ring | undefined

  readonly #groups: readonly PartitionId[]

  private constructor(seed: number, groups: readonly PartitionId[]) {
    this.#groups = groups
    this.world = new World({ seed })
  }

  /** The first founds; `voters` of them hold every group, the others none. */
  static async of(options: {
    readonly seed: number
    readonly members: number
    readonly voters: number
    readonly groups: readonly PartitionId[]
  }): Promise<WholeRing> {
    const ring = new WholeRing(options.seed, options.groups)
    for (let number = 1; number <= options.members; number++) await ring.#add(number)
    await ring.#spread(options.voters)
    return ring
  }

  store(number: number): Store {
    return this.#member(number).store
  }

  #member(number: number): Member {
    const member = this.#members[number - 1]
    if (member === undefined) throw new Error(`no member ${number}`)
    return member
  }

  async #add(number: number): Promise<void> {
    const machine = this.world.machine()
    const effects = machine.effects()
    this.#ring ??= await makeRing(effects)
    const place = { number, host: machine.address, port: PORT }
    const rpc = await this.#within(startMember(effects, this.#ring, place))
    const self = memberIdOf(number)
    this.#addresses.set(self, rpc.address)
    const peers = new RpcPeers({ rpc, addressesOf: (id) => this.#addressesOf(id) })
    const members = (): readonly MemberId[] => [...this.#addresses.keys()]
    const router = new Router({ effects, self, peers, members })
    const opening = createGroupHost(effects, {
      self,
      generation: GENERATION,
      path: 'store',
      key: new Uint8Array(CIPHER_KEY_BYTES).fill(number),
      peers,
      procedures: new ProcedureTable({ procedures: PROCEDURES }),
      directions: router,
      isEnrolled: () => true,
      settings: { groups: this.#groups },
      onFailure: (error) => {
        throw error
      },
    })
    const host = await this.#within(opening)
    const nameOf = (id: MemberId): string => id
    const parts = { effects, self, host, peers, router, nameOf }
    if (number === 1) await this.#within(host.found())
    router.start(host)
    const records = createStore(parts)
    const chunks = await this.#within(openChunks({ ...parts, ...CHUNKS, records }))
    chunks.start()
    const store = withChunks(records, chunks.store)
    this.#members.push({ effects, rpc, host, router, chunks, store })
  }

  #addressesOf(id: MemberId): readonly string[] {
    const address = this.#addresses.get(id)
    return address === undefined ? [] : [address]
  }

  /** Gives every group its voters. */
  async #spread(voters: number): Promise<void> {
    const { host } = this.#member(1)
    const members = Array.from({ length: voters }, (_, i) => memberIdOf(i + 1))
    const isDone = (group: PartitionId): boolean => {
      const status = host.status(group)
      if (status?.configuration?.voters.length === voters) return !status.isChanging
      if (status?.isReady === true) host.change(group, { voters: members, learners: [] })
      return false
    }
    await this.world.until(() => this.#groups.every(isDone), 'all groups are spread', WITHIN_MS)
  }

  #within<T>(promise: Promise<T>): Promise<T> {
    return this.world.settle(promise, 'the promise', WITHIN_MS)
  }

  /** Doors at the first and the last member. */
  subject(): WholeSubject {
    const { clock } = this.#member(1).effects
    return {
      stores: [this.store(1), this.store(this.#members.length)],
      run: (body) => this.world.settle(body(), 'the body', WITHIN_MS),
      passLoggedTime: (ms) => new Promise((resolve) => clock.after(ms + EXPIRY_LAG_MS, resolve)),
      close: () => this.#close(),
    }
  }

  async #close(): Promise<void> {
    for (const { chunks, host, router, rpc } of this.#members) {
      await this.#within(chunks.stop())
      router.stop()
      await this.#within(host.close())
      await this.#within(rpc.stop())
    }
  }
}

/** What is due is taken away by an entry that a leader proposes then. */
const EXPIRY_LAG_MS = 5 * SECOND_MS
