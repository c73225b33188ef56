/**
 * What the words of `anillo crawls` and `anillo schedules` do alike: list, order, test its webhook,
 * delete.
 */
import type { AnilloClient } from '../../client/client.ts'
import type { Steered } from '../../client/steered.ts'
import { allOf } from '../../effects/listed.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { reachRing } from '../reach.ts'
import { tableLines, type Column } from '../table.ts'
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

export interface DeleteFlags extends DoorFlags {
  readonly yes?: true
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
    else for (const text of tableLines(columns, items)) line(io.out, text)
    return EXIT.done
  }

  async order(io: Io, { id, order }: Ordered<Order>, flags: DoorFlags): Promise<ExitCode> {
    const { of, ordered } = this.#words
    const one = await of(await reachRing(io, flags)).order(id, order)
    if (flags.json) jsonLine(io, one)
    else line(io.out, ordered(one, order))
    return EXIT.done
  }

  async testWebhook(io: Io, id: string, flags: DoorFlags): Promise<ExitCode> {
    const webhook = await this.#words.of(await reachRing(io, flags)).testWebhook(id)
    if (flags.json) jsonLine(io, webhook)
    else {
      line(io.out, `a test event is on its way to ${webhook.url}`)
      line(io.out, `before it: ${webhookText(webhook)}`)
    }
    return EXIT.done
  }

  async delete(io: Io, id: string, flags: DeleteFlags): Promise<ExitCode> {
    const { leaves, name, of, which } = this.#words
    const steered = of(await reachRing(io, flags))
    const one = await steered.get(id)
    if (flags.yes !== true) {
      const question = `Delete the ${name} ${which(one)}? Type yes: `
      const typed = flags.json === true ? undefined : (await io.ask(question))?.trim()
      if (typed !== 'yes') {
        line(io.err, `Nothing was done; if you mean it: npx anillo ${name}s delete ${id} --yes`)
        return EXIT.failed
      }
    }
    await steered.delete(id)
    if (flags.json) jsonLine(io, { deleted: id })
    else line(io.out, `${name} ${id} is deleted; ${leaves} stay`)
    return EXIT.done
  }
}
