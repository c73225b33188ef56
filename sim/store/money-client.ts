/** What a client does with accounts and counters, and what it records of it. */
import { pick, shuffled, type Chance } from '../../src/base/random.ts'
import { partitionOf } from '../../src/wire/partition.ts'
import type { Client } from './client.ts'
import { ACCOUNT_TABLE, type KeySpace } from './keys.ts'
import type { Ledger } from './ledger.ts'
import { answeredNumber, count, transfer } from './procedures.ts'

const AMOUNT_MAX = 20

export const MONEY_OPERATIONS = ['transfer', 'count'] as const
export type MoneyOperation = (typeof MONEY_OPERATIONS)[number]

export class MoneyClient {
  readonly #client: Client
  readonly #ledger: Ledger
  readonly #space: KeySpace

  constructor(client: Client, ledger: Ledger, space: KeySpace) {
    this.#client = client
    this.#ledger = ledger
    this.#space = space
  }

  async perform(operation: MoneyOperation, chance: Chance): Promise<void> {
    if (operation === 'transfer') await this.#transfer(chance)
    else await this.#count(chance)
  }

  async #transfer(chance: Chance): Promise<void> {
    const [from = '', to = ''] = shuffled(chance, this.#space.accounts)
    const input = { from, to, amount: 1 + chance.below(AMOUNT_MAX) }
    const partition = partitionOf(ACCOUNT_TABLE, from)
    const told = await this.#client.change(chance, (store, options) =>
      store.call(partition, transfer, input, options),
    )
    this.#ledger.transferred(input, told.kind === 'answer' ? 'done' : told.kind)
  }

  async #count(chance: Chance): Promise<void> {
    const counter = pick(chance, this.#space.counters)
    const called = this.#ledger.next()
    const partition = partitionOf(ACCOUNT_TABLE, counter)
    const told = await this.#client.change(chance, (store, options) =>
      store.call(partition, count, { counter }, options),
    )
    if (told.kind === 'answer') {
      this.#ledger.counted(counter, { called, answer: answeredNumber(told.value) })
    } else if (told.kind === 'unknown') this.#ledger.countUnknown(counter)
  }
}
