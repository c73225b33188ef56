/** Words that `anillo crawls` and `anillo schedules` have alike. */
import { Command } from 'commander'

import type { CommandContext } from '../context.ts'
import { type ConfirmedFlags, type DoorFlags, yesOption } from '../options.ts'
import type { Steering } from '../run/steering.ts'

export class SteeringWords<T, Order extends string> {
  readonly #context: CommandContext
  readonly #name: 'crawl' | 'schedule'
  readonly #load: () => Promise<Steering<T, Order>>

  /** @param load what the words do is read when one is typed */
  constructor(
    context: CommandContext,
    name: 'crawl' | 'schedule',
    load: () => Promise<Steering<T, Order>>,
  ) {
    this.#context = context
    this.#name = name
    this.#load = load
  }

  list(): Command {
    const { io } = this.#context
    return new Command('list')
      .description(`show all ${this.#name}s, newest first`)
      .action((flags: DoorFlags) =>
        this.#context.run(async () => (await this.#load()).list(io, flags)),
      )
  }

  order(order: Order, description: string): Command {
    const { io } = this.#context
    return this.of(order)
      .description(description)
      .action((id: string, flags: DoorFlags) =>
        this.#context.run(async () => (await this.#load()).order(io, { id, order }, flags)),
      )
  }

  testWebhook(): Command {
    const { io } = this.#context
    return this.of('test-webhook')
      .description('send its webhook a test event at once')
      .action((id: string, flags: DoorFlags) =>
        this.#context.run(async () => (await this.#load()).testWebhook(io, id, flags)),
      )
  }

  delete(description: string): Command {
    const { io } = this.#context
    return this.of('delete')
      .description(description)
      .addOption(yesOption())
      .action((id: string, flags: ConfirmedFlags) =>
        this.#context.run(async () => (await this.#load()).delete(io, id, flags)),
      )
  }

  /** A word about one of them. */
  of(word: string): Command {
    return new Command(word).argument('<id>', `of the ${this.#name}`)
  }
}
