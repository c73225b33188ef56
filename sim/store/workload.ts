/** The clients of a run, and what is checked of all that they were told once they have ended. */
import { assert } from '../../src/base/assert.ts'
import { SeededChance } from '../../src/base/random.ts'
import type { StoredRecord } from '../../src/store/partition/procedure.ts'
import type { World } from '../world/world.ts'
import { Client } from './client.ts'
import type { Doors, Records } from './doors.ts'
import { History } from './history.ts'
import { ACCOUNT_TABLE, type KeySpace } from './keys.ts'
import { KV_OPERATIONS, KvClient, type KvOperation } from './kv-client.ts'
import { Ledger, type FinalAccount } from './ledger.ts'
import { checkObjects } from './linearizable.ts'
import { LOCK_OPERATIONS, LockBook, LockClient, type LockOperation } from './lock-client.ts'
import { MoneyClient } from './money-client.ts'
import type { OperationKind, PlannedOperation, WorkloadPlan } from './plan.ts'
import { numberIn, OPENING_BALANCE } from './procedures.ts'

export const WORKLOAD_CHECKS = [
  'check: heads are linearizable',
  'check: an ETag names one write',
  'check: ETags grow',
  'check: counters count once',
  'check: transfers arrive once',
  'check: fences keep others out',
  'check: a repeated request has its first answer',
] as const

export interface WorkloadParts {
  readonly world: World
  readonly doors: Doors
  readonly space: KeySpace
  readonly plan: WorkloadPlan
}

const RECORDS_MAX = 100
const READ_TIMEOUT_MS = 5_000

export class Workload {
  readonly history = new History()
  readonly ledger = new Ledger()
  readonly locks = new LockBook()
  readonly #parts: WorkloadParts
  #busy = 0
  #startMs = 0
  #failure: Error | undefined

  constructor(parts: WorkloadParts) {
    this.#parts = parts
  }

  /** All clients have done what was planned, or one was told what cannot be. */
  get isOver(): boolean {
    return this.#busy === 0 || this.#failure !== undefined
  }

  start(): void {
    const { plan, world } = this.#parts
    this.#startMs = world.nowMs
    for (let number = 0; number < plan.clients; number++) {
      const own = plan.operations.filter(({ client }) => client === number)
      this.#busy++
      const ended = (): void => void this.#busy--
      this.#live(number, own).then(ended, (error: unknown) => {
        this.#failure ??= error instanceof Error ? error : new Error(String(error))
      })
    }
  }

  async #live(number: number, operations: readonly PlannedOperation[]): Promise<void> {
    const { world, doors, space } = this.#parts
    const { tally } = world
    const client = new Client({ name: `c${number}`, doors, tally }, number)
    const kv = new KvClient(client, this.history, space)
    const money = new MoneyClient(client, this.ledger, space)
    const locks = new LockClient(client, this.locks, space)
    for (const { atMs, kind, seed, focus } of operations) {
      await doors.pause(Math.max(0, this.#startMs + atMs - world.nowMs))
      const chance = new SeededChance(seed)
      client.wander(chance)
      if (isKv(kind)) await kv.perform(kind, chance, focus)
      else if (isLock(kind)) await locks.perform(kind, chance)
      else await money.perform(kind, chance)
      tally.add(`operation: ${kind}`)
    }
  }

  /** @throws what a client found wrong at once */
  checkClients(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Every key once more: what was acknowledged is there. */
  async readAll(): Promise<void> {
    const { doors, space, world } = this.#parts
    const client = new Client({ name: 'end', doors, tally: world.tally }, 0)
    const kv = new KvClient(client, this.history, space)
    for (const key of space.keys) await kv.get(key)
  }

  /** What was told must fit one copy of each record. */
  checkHistory(): void {
    this.checkClients()
    const { tally } = this.#parts.world
    const objects = this.history.objects()
    checkObjects(objects)
    tally.add('check: heads are linearizable', objects.size)
    tally.add('check: an ETag names one write', this.history.learned)
    tally.add('check: ETags grow', this.history.checkEtagsGrow())
    tally.add('check: fences keep others out', this.locks.check())
  }

  /** Accounts and counters as they stand in a store that has come to rest. */
  async checkLedger(store: Records): Promise<void> {
    const { world, space } = this.#parts
    const accounts = new Map<string, FinalAccount>()
    for (const account of space.accounts) accounts.set(account, await readAccount(store, account))
    this.ledger.checkAccounts(accounts, OPENING_BALANCE)
    world.tally.add('check: transfers arrive once', accounts.size)
    for (const counter of space.counters) {
      const key = { table: ACCOUNT_TABLE, pk: counter, sk: 'count' }
      const record = await store.get(key, { timeoutMs: READ_TIMEOUT_MS })
      this.ledger.checkCounter(counter, record === undefined ? 0 : numberIn(record.value))
      world.tally.add('check: counters count once')
    }
  }
}

const isKv = (kind: OperationKind): kind is KvOperation => KV_OPERATIONS.some((one) => one === kind)

const isLock = (kind: OperationKind): kind is LockOperation =>
  LOCK_OPERATIONS.some((one) => one === kind)

async function readAccount(store: Records, account: string): Promise<FinalAccount> {
  const range = { table: ACCOUNT_TABLE, pk: account, limit: RECORDS_MAX }
  const { items, cursor } = await store.list(range, { timeoutMs: READ_TIMEOUT_MS })
  assert(cursor === undefined, 'an account fits one page')
  const numbersUnder = (prefix: string): ReadonlyMap<string, number> =>
    new Map(
      items
        .filter(({ sk }) => sk.startsWith(prefix))
        .map(({ sk, value }) => [sk.slice(prefix.length), numberIn(value)]),
    )
  const one = (name: string): StoredRecord | undefined => items.find(({ sk }) => sk === name)
  const balance = one('balance')
  const wrong = one('wrong')
  return {
    balance: balance === undefined ? OPENING_BALANCE : numberIn(balance.value),
    wrong: wrong === undefined ? 0 : numberIn(wrong.value),
    out: numbersUnder('out '),
    in: numbersUnder('in '),
  }
}
