/** What fills the sentences of the log. */

/** The members that a sentence about an event names, as they are shown. */
export interface EventWords {
  readonly other: string
  readonly page: string
  readonly count: number
  readonly bytes: string
  readonly duration: string
  readonly hops: string
  readonly text: string
  /** The sentence of the event's code; empty where it has none. */
  readonly why: string
}
