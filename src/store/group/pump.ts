/**
 * Messages between partitions: the leader of a source sends what waits to the destination's leader,
 * some messages at a time, until the destination's log has taken them, then has its own log drop
 * them. Whatever is lost on the way is sent again; the destination takes each once.
 */
import { decodeAnswer, encodeCommand, readDeliverAnswer } from '../../wire/command-codec.ts'
import type { DeliverAnswer } from '../../wire/command.ts'
import type { PartitionId } from '../../wire/partition.ts'
import { DELIVERY_BYTES_MAX } from '../../wire/record-limits.ts'
import type { Core } from './core.ts'
import type { HeldGroup } from './held-group.ts'
import {
  DELIVERIES_MAX,
  DELIVERY_RETRY_MS_MAX,
  DELIVERY_RETRY_MS_MIN,
  DELIVERY_TIMEOUT_MS,
} from './limits.ts'
import type { Proposals } from './proposals.ts'

export class Pump {
  readonly #core: Core
  readonly #proposals: Proposals
  /** Pairs that are being served, as `source destination`. */
  readonly #under = new Set<string>()

  constructor(core: Core, proposals: Proposals) {
    this.#core = core
    this.#proposals = proposals
  }

  /** Entries of the group have messages to these partitions. */
  sent(held: HeldGroup, destinations: readonly PartitionId[]): void {
    if (!held.isLeader) return
    for (const destination of destinations) this.#begin(held, destination)
  }

  /** What waits in groups that this member leads: after elections, and what was too much before. */
  look(held: HeldGroup): void {
    if (held.isLeader) this.sent(held, held.partition.destinations())
  }

  #begin(held: HeldGroup, destination: PartitionId): void {
    const pair = `${held.id} ${destination}`
    if (this.#under.has(pair) || this.#under.size >= DELIVERIES_MAX) return
    this.#under.add(pair)
    this.#serve(held, destination)
      // As in a turn: a bug, or rot under a read. Unheard it would end the process before what it
      // keeps is given up, and again after each start.
      .catch((error: unknown) => this.#core.fail(error))
      .finally(() => this.#under.delete(pair))
  }

  async #serve(held: HeldGroup, destination: PartitionId): Promise<void> {
    const { term } = held
    let retryMs = DELIVERY_RETRY_MS_MIN
    while (this.#leads(held, term)) {
      const messages = held.partition.outboxOf(destination, DELIVERY_BYTES_MAX)
      const [first] = messages
      if (first === undefined) return
      const answer = await this.#deliver(held.id, destination, messages)
      if (!this.#leads(held, term)) return
      if (answer !== undefined && (await this.#drop(held, destination, answer))) {
        const [next] = held.partition.outboxOf(destination, 1)
        const dropped = next === undefined ? messages.length : next.number - first.number
        this.#core.counting.messagesDelivered += dropped
        if (next === undefined) return
        if (dropped > 0) {
          retryMs = DELIVERY_RETRY_MS_MIN
          continue
        }
      }
      await this.#pause(retryMs)
      retryMs = Math.min(2 * retryMs, DELIVERY_RETRY_MS_MAX)
    }
  }

  #leads(held: HeldGroup, term: number): boolean {
    return held.isOpen && held.isLeader && held.term === term && !this.#core.isStopped
  }

  /** @returns what the destination has taken; `undefined`: nobody knows. */
  async #deliver(
    source: PartitionId,
    destination: PartitionId,
    messages: ReturnType<HeldGroup['partition']['outboxOf']>,
  ): Promise<DeliverAnswer | undefined> {
    const { directions } = this.#core.options
    const at = this.#core.find(destination)?.leader ?? directions.leaderOf(destination)
    if (at === undefined) return undefined
    const data = encodeCommand({ kind: 'deliver', source, messages })
    const ask = { group: destination, at, data }
    const outcome = await this.#proposals.submit(ask, { timeoutMs: DELIVERY_TIMEOUT_MS })
    if (outcome.kind === 'refused') directions.wrong(destination, at, outcome.hint)
    if (outcome.kind !== 'applied') return undefined
    const answer = decodeAnswer(outcome.answer)
    return answer?.kind === 'done' ? readDeliverAnswer(answer.value) : undefined
  }

  async #drop(
    held: HeldGroup,
    destination: PartitionId,
    { mark, backup }: DeliverAnswer,
  ): Promise<boolean> {
    const data = encodeCommand({ kind: 'delivered', destination, through: mark, backup })
    const ask = { group: held.id, at: this.#core.self, data }
    const outcome = await this.#proposals.submit(ask, { timeoutMs: DELIVERY_TIMEOUT_MS })
    return outcome.kind === 'applied'
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.#core.effects.clock.after(delayMs, resolve))
  }
}
