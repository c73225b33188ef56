/** Partitions without a ring: entries and messages one by one, as the test wants them. */
import { present } from '../../base/assert.ts'
import { readDeliverAnswer } from '../../wire/command-codec.ts'
import type { PartitionId } from '../../wire/partition.ts'
import { Machine, valueOf } from './machine.test-helper.ts'
import type { AnyProcedure } from './procedures.ts'

const MESSAGE_BYTES = 100_000

export class Partitions {
  readonly machines = new Map<PartitionId, Machine>()
  /** Logged time of what is called from now on. */
  timeMs = 1_700_000_000_000
  readonly #procedures: readonly AnyProcedure[]

  constructor(procedures: readonly AnyProcedure[]) {
    this.#procedures = procedures
  }

  machine(partition: PartitionId): Machine {
    const machine =
      this.machines.get(partition) ?? new Machine({ partition, procedures: this.#procedures })
    machine.timeMs = this.timeMs
    this.machines.set(partition, machine)
    return machine
  }

  /** All messages, those that they cause among them; none to or from one that is cut off. */
  deliver({ but }: { readonly but?: PartitionId } = {}): void {
    for (let isMore = true; isMore;) {
      isMore = false
      for (const [from, source] of this.machines) {
        for (const to of source.partition.destinations()) {
          if (from === but || to === but) continue
          const messages = source.partition.outboxOf(to, MESSAGE_BYTES)
          const told = this.machine(to).apply({ kind: 'deliver', source: from, messages })
          const { backup, mark } = present(readDeliverAnswer(valueOf(told)), 'answer')
          source.apply({ kind: 'delivered', destination: to, through: mark, backup })
          isMore = true
        }
      }
    }
  }
}
