/** What a node counts: what it did, and what it dropped instead of believing. */

export const COUNT_NAMES = [
  /** Own questions, how many were slow, and how many had no answer in the end. */
  'asked',
  'slow',
  'lost',
  /** Questions and answers of others that were taken. */
  'questions',
  'answers',
  /** Dropped: what is no datagram of this protocol, or a question that is not known here. */
  'malformed',
  /** Dropped: answers to nothing that was asked there. */
  'unasked',
  /** Dropped: questions of a source that asks too much. */
  'flooded',
  /** Dropped: nodes that are not who they say they are, or say that they are this one. */
  'forged',
  /** Not taken into the table: too many of one network. */
  'crowdedOut',
  /** Answers cut short, or left out, since the asker had not proved its address. */
  'cutShort',
  /** Own questions not asked: too many under way. */
  'notAsked',
  /** Plain values and records kept, and records refused, by why. */
  'valuesKept',
  'recordsKept',
  'recordsKnown',
  'recordsOutdated',
  'recordsExpired',
  'recordsCrowded',
  'recordsForged',
  'tokensRefused',
  /** Given to nodes that should have them. */
  'repaired',
  'handed',
  'republished',
] as const

export type CountName = (typeof COUNT_NAMES)[number]
