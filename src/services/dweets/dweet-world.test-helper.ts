/** The microblog over partitions in one process; messages go when the test says so. */
import assert from 'node:assert/strict'

import { present } from '../../base/assert.ts'
import { AnilloError, isAnilloError, parseErrorCode, type ErrorCode } from '../../base/errors.ts'
import { sha256Hex } from '../../base/hash.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { Partitions } from '../../store/partition/partitions.test-helper.ts'
import type { StoredRecord } from '../../store/partition/procedure.ts'
import { defineProcedure } from '../../store/partition/procedures.ts'
import { rangeAnswerOf } from '../../store/range-answers.ts'
import type { ListPage, Store } from '../../store/types.ts'
import { readDeliverAnswer } from '../../wire/command-codec.ts'
import type { Answer } from '../../wire/command.ts'
import { partitionOf, type PartitionId } from '../../wire/partition.ts'
import {
  FORGET_DWEETS,
  listedUser,
  USERS_INDEX_TABLE,
  userPk,
  USERS_TABLE,
} from '../../wire/users.ts'
import type { RingDweetsParts } from './dweets.ts'
import { RingDweets } from './dweets.ts'
import type { Person } from './people.ts'
import { ownPrefix, partitionOfNick } from './places.ts'
import { DWEET_PROCEDURES } from './procedures.ts'

/** As accounts do it. */
const register = defineProcedure({
  name: 'test.register',
  tables: [USERS_INDEX_TABLE],
  readInput: (value) => value as { readonly nick: string; readonly isThere: boolean },
  run: (work, { isThere, nick }): null => {
    const key = listedUser(work.partition, nick)
    if (isThere) work.put(key, new Uint8Array(0))
    else {
      work.delete(key)
      work.send({ to: work.partition, procedure: FORGET_DWEETS, input: { nick } })
    }
    return null
  },
})

export class DweetWorld implements RingDweetsParts {
  readonly partitions = new Partitions([...DWEET_PROCEDURES, register])
  readonly #people = new Map<string, Person>()
  readonly #sessions = new Map<PartitionId, number>()
  #sequence = 0
  /** The next answers are lost on the way, and the same is asked again. */
  losesAnswers = false
  /** Thrown by what is asked next, before anything is done. */
  failing: AnilloError | undefined

  constructor(...nicks: readonly string[]) {
    for (const nick of nicks) this.join(nick)
  }

  join(nick: string): void {
    const joinedAtMs = this.partitions.timeMs
    this.#people.set(nick, { nick, name: nick.toUpperCase(), joinedAtMs })
    this.#seat(nick, true)
  }

  leave(nick: string): void {
    this.#people.delete(nick)
    this.#seat(nick, false)
  }

  #seat(nick: string, isThere: boolean): void {
    this.#ask(partitionOfNick(nick), register.name, { input: { nick, isThere } })
  }

  readonly people = {
    find: async (nick: string): Promise<Person | undefined> => this.#people.get(nick),
  }

  /** As late as the partitions. */
  readonly clock = Object.assign(new ManualClock(), { wallMs: () => this.partitions.timeMs })

  readonly store: Pick<Store, 'get' | 'list' | 'read' | 'call' | 'watch'> = {
    // Of changes nothing is told here.
    watch: async function* () {},
    get: async (key) => {
      this.#mayFail()
      return this.#at(partitionOf(key.table, key.pk)).get(key)
    },
    list: async ({ cursor, ...range }): Promise<ListPage> => {
      this.#mayFail()
      assert.equal(cursor, undefined)
      const partition = this.#at(partitionOf(range.table, range.pk))
      const { hasMore, items } = partition.list(range)
      return { items, index: partition.appliedIndex, cursor: hasMore ? 'more' : undefined }
    },
    read: async (question) => {
      this.#mayFail()
      return rangeAnswerOf(this.#at(partitionOf(question.table, question.pk)), question)
    },
    call: async (partition, procedure, input, options) => {
      this.#mayFail()
      const { retry } = options ?? {}
      const own = retry && { key: sha256Hex(retry.key), request: sha256Hex(retry.request) }
      const answer = this.#ask(partition, procedure.name, { input, ...(own && { retry: own }) })
      if (answer.kind === 'refused') {
        throw new AnilloError(parseErrorCode(answer.code) ?? 'INTERNAL', answer.details)
      }
      return structuredClone(answer.value) as never
    },
  }

  /** All of a kind: keys and values. */
  rows(table: string, pk: string, prefix = ''): readonly StoredRecord[] {
    return this.#at(partitionOf(table, pk)).list({ table, pk, prefix, limit: 1_000 }).items
  }

  deliver(): void {
    this.partitions.deliver()
  }

  /**
   * One message, of those that wait between two partitions; where answers are lost, it comes twice.
   * @param choice which two, whatever number
   */
  deliverOne(choice: number): void {
    const { machines } = this.partitions
    const lines = [...machines].flatMap(([from, { partition }]) =>
      partition.destinations().map((to) => ({ from, to })),
    )
    const line = lines[choice % lines.length]
    if (line === undefined) return
    const { from, to } = line
    const source = this.partitions.machine(from)
    const messages = source.partition.outboxOf(to, 1)
    const deliver = () =>
      this.partitions.machine(to).apply({ kind: 'deliver', source: from, messages })
    if (this.losesAnswers) deliver()
    const told = deliver()
    const value = told.kind === 'done' ? told.value : undefined
    const { backup, mark } = present(readDeliverAnswer(value), 'answer')
    source.apply({ kind: 'delivered', destination: to, through: mark, backup })
  }

  pass(ms: number): void {
    this.partitions.timeMs += ms
  }

  #at(partition: PartitionId) {
    return this.partitions.machine(partition).partition
  }

  #mayFail(): void {
    if (this.failing !== undefined) throw this.failing
  }

  #ask(
    partition: PartitionId,
    procedure: string,
    what: { readonly input: unknown; readonly retry?: { key: string; request: string } },
  ): Answer {
    const machine = this.partitions.machine(partition)
    const session = this.#sessions.get(partition) ?? machine.openSession()
    this.#sessions.set(partition, session)
    const sequence = ++this.#sequence
    const request = { session, sequence, floor: sequence }
    const command = { kind: 'call', request, procedure, ...what } as const
    const answer = machine.apply(command)
    if (this.losesAnswers) assert.deepEqual(machine.apply(command), answer)
    return answer
  }
}

export function dweeter(nick: string) {
  return { nick, isModerator: false }
}

export const ANA = dweeter('ana')
export const BEN = dweeter('ben')
export const EVA = dweeter('eva')
export const MODERATOR = { nick: 'mod', isModerator: true }

/** Ana, Ben and Eva, and others. */
export function begin(...more: readonly string[]) {
  const world = new DweetWorld('ana', 'ben', 'eva', ...more)
  return { world, dweets: new RingDweets(world) }
}

/** How many notifications somebody has. */
export function notes(world: DweetWorld, nick: string): number {
  return world.rows(USERS_TABLE, userPk(nick), ownPrefix(nick, 'note')).length
}

export async function refuses(work: Promise<unknown>, code: ErrorCode): Promise<void> {
  await assert.rejects(work, (thrown) => {
    assert.ok(isAnilloError(thrown, code), `${String(thrown)}, not ${code}`)
    return true
  })
}
