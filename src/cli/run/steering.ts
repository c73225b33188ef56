/**
 * What the words of `anillo crawls` and `anillo schedules` do alike: list, order, test its webhook,
 * delete.
 */
import type { AnilloClient } from '../../client/client.ts'
import type { Steered } from '../../client/steered.ts'
import { allOf } from '../../effects/listed.ts'
import { isMeant } from '../confirm.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, type Io } from '../io.ts'
import type { ConfirmedFlags, DoorFlags } from '../options.ts'
import { reachRing } from '../reach.ts'
import type { Column } from '../table.ts'
import { printTable, told } from '../told.ts'
import { webhookText } from '../webhook-lines.ts'

export interface SteeredWords<T, Order extends string> {
  readonly name: 'crawl' | 'schedule'
  readonly of: (client: AnilloClient) => Steered<T, Order>
  readonly columns: readonly Column<T>[]
  /** What was done, in a line. */
  readonly ordered: (one: T, order: Order) => string
  /** `of https://example.org, which is running`. */
  readonly which: (one: T) => string
  /** What is there still when it is deleted. */
  readonly leaves: string
}

export interface Ordered<Order extends string> {
  readonly id: string
  readonly order: Order
}

export class Steering<T, Order extends string> {
  readonly #words: SteeredWords<T, Order>

  constructor(words: SteeredWords<T, Order>) {
    this.#words = words
  }

  async list(io: Io, flags: DoorFlags): Promise<ExitCode> {
    const { columns, of } = this.#words
    const items = await allOf(of(await reachRing(io, flags)).list())
    if (flags.json) jsonLine(io, { items })
    else printTable(io, columns, items)
    return EXIT.done
  }

  async order(io: Io, { id, order }: Ordered<Order>, flags: DoorFlags): Promise<ExitCode> {
    const { of, ordered } = this.#words
    const one = await of(await reachRing(io, flags)).order(id, order)
    return told(io, flags, { json: one, text: ordered(one, order) })
  }

  async testWebhook(io: Io, id: string, flags: DoorFlags): Promise<ExitCode> {
    const webhook = await this.#words.of(await reachRing(io, flags)).testWebhook(id)
    return told(io, flags, {
      json: webhook,
      text: [`a test event is on its way to ${webhook.url}`, `before it: ${webhookText(webhook)}`],
    })
  }

  async delete(io: Io, id: string, flags: ConfirmedFlags): Promise<ExitCode> {
    const { leaves, name, of, which } = this.#words
    const steered = of(await reachRing(io, flags))
    const one = await steered.get(id)
    const question = `Delete the ${name} ${which(one)}? Type yes: `
    const doubt = { question, answer: 'yes', command: `${name}s delete ${id}` }
    if (!(await isMeant(io, flags, doubt))) return EXIT.failed
    await steered.delete(id)
    const text = `${name} ${id} is deleted; ${leaves} stay`
    return told(io, flags, { json: { deleted: id }, text })
  }
}
