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
  /** Configurations before this place are forgotten. */
  #from: LogIndex
  #base: Configuration | undefined
  #changes: Change[] = []

  constructor(
    applied: { readonly at: LogIndex; readonly known: Configuration | undefined },
    entries: readonly LogEntry[],
  ) {
    this.#from = applied.at
    this.#base = applied.known
    this.append(entries.filter(({ index }) => index > applied.at))
  }

  /** `undefined` while this member knows nothing of the group. */
  get current(): Configuration | undefined {
    return this.#changes.at(-1)?.configuration ?? this.#base
  }

  /** Where the current one stands in the log; where it was first known, if that is gone. */
  get currentIndex(): LogIndex {
    return this.#changes.at(-1)?.index ?? this.#from
  }

  /** The first place whose configuration is known; `undefined` where none is. */
  get firstKnown(): LogIndex | undefined {
    return this.#base === undefined ? this.#changes[0]?.index : this.#from
  }

  /** As of the entry at `index`. */
  at(index: LogIndex): Configuration | undefined {
    if (index < this.#from) return undefined
    return this.#changes.findLast((change) => change.index <= index)?.configuration ?? this.#base
  }

  /** It votes in one of those that may still be the last one committed. */
  mayVote(member: MemberId, commit: LogIndex): boolean {
    if (this.currentIndex <= commit) return isVoter(this.current, member)
    return (
      isVoter(this.at(commit), member) ||
      this.#changes.some((change) => change.index > commit && isVoter(change.configuration, member))
    )
  }

  append(entries: readonly LogEntry[]): void {
    for (const { kind, index, data } of entries) {
      if (kind !== 'configuration') continue
      assert(index > this.currentIndex, 'configurations are in the order of the log')
      const configuration = present(decodeConfiguration(data), `configuration at ${index}`)
      this.#changes.push({ index, configuration })
    }
  }

  truncateFrom(index: LogIndex): void {
    this.#changes = this.#changes.filter((change) => change.index < index)
  }

  /** The base of the log moved on to `index`. */
  forgetThrough(index: LogIndex): void {
    if (index <= this.#from) return
    this.#base = this.at(index)
    this.#from = index
    this.#changes = this.#changes.filter((change) => change.index > index)
  }

  reset(index: LogIndex, configuration: Configuration): void {
    this.#from = index
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
