/**
 * The configurations of a group: the one of the log's base, and those in the log behind it. The
 * last one counts from the moment it is appended, committed or not (Raft paper 6), and is gone
 * again when its entry is truncated.
 */
import { assert, present } from '../base/assert.ts'
import type { MemberId } from '../base/ids.ts'
import { decodeConfiguration } from '../wire/configuration.ts'
import type { Configuration, LogEntry, LogIndex } from '../wire/raft.ts'

interface Change {
  readonly index: LogIndex
  readonly configuration: Configuration
}

export class Configurations {
  #base: Configuration | undefined
  #changes: Change[] = []

  constructor(base: Configuration | undefined, entries: readonly LogEntry[]) {
    this.#base = base
    this.append(entries)
  }

  /** `undefined` while this member knows nothing of the group. */
  get current(): Configuration | undefined {
    return this.#changes.at(-1)?.configuration ?? this.#base
  }

  /** Where the current one stands in the log; 0 where the base holds it. */
  get currentIndex(): LogIndex {
    return this.#changes.at(-1)?.index ?? 0
  }

  /** As of the entry at `index`. */
  at(index: LogIndex): Configuration | undefined {
    return this.#changes.findLast((change) => change.index <= index)?.configuration ?? this.#base
  }

  append(entries: readonly LogEntry[]): void {
    for (const { kind, index, data } of entries) {
      if (kind !== 'configuration') continue
      assert(index > this.currentIndex, 'configurations are in the order of the log')
      const configuration = present(decodeConfiguration(data), `configuration at ${index}`)
      assert(configuration.voters.length > 0, 'a configuration without voters')
      this.#changes.push({ index, configuration })
    }
  }

  truncateFrom(index: LogIndex): void {
    while (this.currentIndex >= index && this.#changes.length > 0) this.#changes.pop()
  }

  /** The base of the log moved on to `index`. */
  forgetThrough(index: LogIndex): void {
    this.#base = this.at(index)
    this.#changes = this.#changes.filter((change) => change.index > index)
  }

  reset(configuration: Configuration): void {
    this.#base = configuration
    this.#changes = []
  }
}

export function isJoint(configuration: Configuration): boolean {
  return configuration.outgoing !== undefined
}

/** Its vote counts: in a joint configuration also that of an outgoing voter. */
export function isVoter(configuration: Configuration | undefined, member: MemberId): boolean {
  if (configuration === undefined) return false
  const { voters, outgoing } = configuration
  return voters.includes(member) || (outgoing?.includes(member) ?? false)
}

/** Everybody in it, each once. */
export function membersOf({ voters, learners, outgoing }: Configuration): readonly MemberId[] {
  return [...new Set([...voters, ...(outgoing ?? []), ...learners])]
}
