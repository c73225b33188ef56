/**
 * One group of one member: the door to Raft. Events and proposals go in; `take`, once at the end of
 * a turn, gives everything that they brought about (docs/spec/raft.md).
 */
import type { LogEntry } from '../wire/raft.ts'
import type {
  ChangeOutcome,
  Membership,
  Moment,
  ProposeOutcome,
  RaftEvent,
  RaftOptions,
  RaftOutput,
  RaftStatus,
} from './types.ts'

export class RaftGroup {
  readonly #options: RaftOptions

  constructor(options: RaftOptions) {
    this.#options = options
  }

  step(event: RaftEvent, moment: Moment): void {
    throw new Error(`${event.kind} at ${moment.nowMs}`)
  }

  /** Of a leader: appends a command, which leaves with the next `take`. */
  propose(data: Uint8Array, moment: Moment): ProposeOutcome {
    throw new Error(`${data.length} at ${moment.nowMs}`)
  }

  /** Of a leader: begins a change of configuration, which then runs to its end by itself. */
  change(target: Membership, moment: Moment): ChangeOutcome {
    throw new Error(`${target.voters.length} at ${moment.nowMs}`)
  }

  /** What is to be done since the last call. Once a turn, after all that the turn brought. */
  take(): RaftOutput {
    throw new Error(`${this.#options.group}`)
  }

  /** Committed entries not given before, in order: one at least, then up to so many bytes. */
  entriesToApply(bytesMax: number): readonly LogEntry[] {
    throw new Error(`${bytesMax}`)
  }

  /** When `timer` is to be stepped; Infinity: never. May change with each step. */
  get deadlineMs(): number {
    return Infinity
  }

  /** A read waits for followers' confirmations: step `confirmed` when `Beats.answered` is true. */
  get awaitsRound(): boolean {
    return false
  }

  status(): RaftStatus {
    throw new Error(`${this.#options.group}`)
  }
}
