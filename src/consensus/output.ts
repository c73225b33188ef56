/** Collects what the steps of one turn bring about, until `take` hands it over. */
import type { MemberId } from '../base/ids.ts'
import type { RaftMessage } from '../wire/raft.ts'
import type { AddressedMessage, RaftOutput, ReadOutcome } from './types.ts'

type Install = RaftOutput['install']
type Rest = Pick<RaftOutput, 'persist' | 'commit' | 'wantsRound'>

export class Output {
  #messages: AddressedMessage[] = []
  #messagesAfterPersist: AddressedMessage[] = []
  #reads: ReadOutcome[] = []
  #install: Install
  #isChanged = false

  send(to: MemberId, message: RaftMessage, canWait = false): void {
    this.#messages.push({ to, message, canWait })
  }

  /** What the message says is a promise: it leaves when everything up to here is on disk. */
  promise(to: MemberId, message: RaftMessage): void {
    this.#messagesAfterPersist.push({ to, message, canWait: false })
  }

  read(outcome: ReadOutcome): void {
    this.#reads.push(outcome)
  }

  install(install: Install): void {
    this.#install = install
  }

  changed(): void {
    this.#isChanged = true
  }

  /** What is handed over is its taker's: nothing is added to it any more. */
  take({ commit, persist, wantsRound }: Rest): RaftOutput {
    const output = {
      messages: taken(this.#messages),
      persist,
      messagesAfterPersist: taken(this.#messagesAfterPersist),
      commit,
      reads: taken(this.#reads),
      install: this.#install,
      wantsRound,
      isChanged: this.#isChanged,
    }
    if (this.#messages.length > 0) this.#messages = []
    if (this.#messagesAfterPersist.length > 0) this.#messagesAfterPersist = []
    if (this.#reads.length > 0) this.#reads = []
    this.#install = undefined
    this.#isChanged = false
    return output
  }
}

const NOTHING: readonly never[] = []

function taken<T>(collected: readonly T[]): readonly T[] {
  return collected.length === 0 ? NOTHING : collected
}
