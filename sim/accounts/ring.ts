/** Stores with accounts on virtual machines, and nicks whose partitions are among those there. */
import { assert, present } from '../../src/base/assert.ts'
import type { ErrorCode } from '../../src/base/errors.ts'
import type { MemberId } from '../../src/base/ids.ts'
import { createAccounts, type AccountsService } from '../../src/services/accounts/accounts.ts'
import {
  ADMINISTRATORS_PARTITION,
  partitionOfNick,
  TOKENS_PARTITION,
} from '../../src/services/accounts/places.ts'
import { ACCOUNT_PROCEDURES } from '../../src/services/accounts/procedures.ts'
import { ALL_PARTITIONS, type PartitionId } from '../../src/wire/partition.ts'
import type { Reply } from '../store/doors.ts'
import type { AddedTo } from '../store/member.ts'
import { Stores } from '../store/stores.ts'
import { RING_ID } from '../world/credentials.ts'
import type { World } from '../world/world.ts'

const GROUPS = 4

/** All that may be told while members fail, beside what is the answer to the question. */
const TROUBLES: ReadonlySet<ErrorCode> = new Set([
  'BUSY',
  'DATA_DAMAGED',
  'OUTCOME_UNKNOWN',
  'STORE_UNAVAILABLE',
])

export type Told<T> =
  | { readonly kind: 'answer'; readonly value: T }
  | { readonly kind: 'refused'; readonly code: ErrorCode }
  /** It may have been done, or not. */
  | { readonly kind: 'unknown' }

export class AccountRing {
  readonly world: World
  readonly stores: Stores
  readonly #accounts = new Map<MemberId, AccountsService>()
  #nicks = 0

  constructor(world: World) {
    this.world = world
    this.stores = new Stores({
      world,
      groups: groupsOf(),
      codec: undefined,
      addition: { procedures: ACCOUNT_PROCEDURES, attach: (added) => this.#attach(added) },
    })
  }

  get doors(): number {
    return this.stores.doors.count
  }

  /** One that nobody has. */
  nick(): string {
    for (;;) {
      const nick = `user${this.#nicks++}`
      if (this.stores.groups.includes(partitionOfNick(nick))) return nick
    }
  }

  /** Asks the member at the door, once. */
  async ask<T>(door: number, run: (accounts: AccountsService) => Promise<T>): Promise<Told<T>> {
    const number = door % this.doors
    const reply: Reply<T> = await this.stores.doors.ask(
      number,
      () => {
        const { id } = present(this.stores.seats[number], 'seat')
        return run(present(this.#accounts.get(id), 'accounts of a member that runs'))
      },
      true,
    )
    if (reply.kind === 'answer') return reply
    const what = reply.kind === 'error' ? reply.code : 'silence'
    if (reply.kind === 'error' && !TROUBLES.has(reply.code)) {
      return { kind: 'refused', code: reply.code }
    }
    this.world.tally.add(`client: ${what}`)
    return { kind: 'unknown' }
  }

  async #attach({ effects, id, store }: AddedTo): Promise<{ stop(): Promise<void> }> {
    const accounts = createAccounts({ effects, ringId: RING_ID, store })
    this.#accounts.set(id, accounts)
    return { stop: () => accounts.close() }
  }
}

/** Those of the ring’s own rows, and others. */
function groupsOf(): readonly PartitionId[] {
  const own = [TOKENS_PARTITION, ADMINISTRATORS_PARTITION]
  const groups = [...new Set([...own, ...ALL_PARTITIONS])].slice(0, GROUPS)
  assert(
    own.every((group) => groups.includes(group)),
    'the ring’s own are among them',
  )
  return groups
}
