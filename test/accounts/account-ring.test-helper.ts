/** Accounts at three members over real partitions, in a world whose time the test passes. */
import assert from 'node:assert/strict'

import type { Machine } from '../../sim/world/machine.ts'
import { World } from '../../sim/world/world.ts'
import { isAnilloError, type ErrorCode } from '../../src/base/errors.ts'
import { parseRingId } from '../../src/base/ids.ts'
import { SECOND_MS } from '../../src/base/limits.ts'
import type { Effects } from '../../src/effects/effects.ts'
import { createAccounts, type AccountsService } from '../../src/services/accounts/accounts.ts'
import { ACCOUNT_PROCEDURES } from '../../src/services/accounts/procedures.ts'
import type { IssuedTokens, Origin, Principal } from '../../src/services/accounts/types.ts'
import { DWEET_PROCEDURES } from '../../src/services/dweets/procedures.ts'
import { LocalRing } from '../../src/store/local-ring.test-helper.ts'
import type { RecordStore } from '../../src/store/store.ts'

export const RING_ID = parseRingId('5'.repeat(32))
export const HERE: Origin = { address: undefined, client: 'a test' }
export const PASSWORD = 'correct horse'

const MEMBERS = 3
const WITHIN_MS = 3_600_000

export class AccountRing {
  readonly world: World
  readonly ring: LocalRing
  readonly effects: Effects
  readonly #machine: Machine
  readonly #accounts: readonly AccountsService[]

  constructor(seed = 1, wrap: (store: RecordStore) => RecordStore = (store) => store) {
    this.world = new World({ seed })
    this.#machine = this.world.machine()
    this.effects = this.#machine.effects()
    const { effects } = this
    this.ring = new LocalRing({
      effects,
      members: MEMBERS,
      holders: (group) => [(group % MEMBERS) + 1],
      procedures: [...ACCOUNT_PROCEDURES, ...DWEET_PROCEDURES],
    })
    this.#accounts = [1, 2, 3].map((number) =>
      createAccounts({ effects, ringId: RING_ID, store: wrap(this.ring.store(number)) }),
    )
  }

  /** As members have it, from 1 on. */
  at(number: number): AccountsService {
    const accounts = this.#accounts[number - 1]
    assert.ok(accounts !== undefined)
    return accounts
  }

  get everywhere(): readonly AccountsService[] {
    return this.#accounts
  }

  within<T>(promise: Promise<T>): Promise<T> {
    return this.world.settle(promise, 'the promise', WITHIN_MS)
  }

  async refused(code: ErrorCode, promise: Promise<unknown>): Promise<void> {
    await assert.rejects(
      this.within(promise),
      (thrown) => isAnilloError(thrown, code),
      `refused with ${code}`,
    )
  }

  /** Logged time and that of the clocks; of a long time most is jumped over. */
  async pass(forMs: number): Promise<void> {
    const livedMs = Math.min(forMs, SECOND_MS)
    await this.world.pass(livedMs)
    this.#machine.time.jump(forMs - livedMs)
    this.ring.expire(forMs)
  }

  async register(nick: string): Promise<void> {
    await this.within(this.at(1).register({ nick, password: PASSWORD }, HERE))
  }

  logIn(nick: string, password = PASSWORD, from = HERE): Promise<IssuedTokens> {
    return this.within(this.at(1).logIn({ nick, password }, from))
  }

  /** Who the holder of the token is, at that member. */
  who({ accessToken }: Pick<IssuedTokens, 'accessToken'>, number = 1): Promise<Principal> {
    return this.within(this.at(number).authenticate(accessToken))
  }

  /** The token counts for nothing at any member. */
  async isNobody({ accessToken }: Pick<IssuedTokens, 'accessToken'>): Promise<void> {
    for (const accounts of this.everywhere) {
      await this.refused('LOGIN_FIRST', accounts.authenticate(accessToken))
    }
  }

  /** An administrator, logged in. */
  async administrator(nick = 'admin'): Promise<Principal> {
    await this.within(this.at(1).found({ nick, password: PASSWORD }))
    return this.who(await this.logIn(nick))
  }
}
