/** What the node of the open network counts, as `/metrics` says it. */
import type { CountName } from '../../kademlia/counts.ts'

export const KADEMLIA_HELP: Readonly<Record<CountName, string>> = {
  asked: 'Questions that this member asked nodes of the open network.',
  slow: 'Of these, those whose answer took longer than usual; another was asked beside it.',
  lost: 'Of these, those that had no answer.',
  questions: 'Questions of other nodes that were heard.',
  answers: 'Answers that were taken.',
  malformed: 'Datagrams dropped: no message of the protocol, or no question that is known.',
  unasked: 'Answers dropped: nobody asked there.',
  flooded: 'Questions dropped: too many of one source.',
  forged: 'Nodes dropped: they are not who they say.',
  crowdedOut: 'Nodes not taken into the table: too many of one network.',
  cutShort: 'Answers cut short: the asker had not proved its address.',
  notAsked: 'Questions not asked: too many under way.',
  valuesKept: 'Plain values taken to keep.',
  recordsKept: 'Signed records taken to keep.',
  recordsKnown: 'Signed records that were kept already.',
  recordsOutdated: 'Signed records refused: a later one is kept.',
  recordsExpired: 'Signed records refused: past their end, or good for days.',
  recordsCrowded: 'Signed records refused: too many of a name, or of one network.',
  recordsForged: 'Signed records refused: no record, or not signed by its publisher.',
  tokensRefused: 'Writes refused: the writer did not show that it is heard.',
  repaired: 'Nodes given what a read found elsewhere.',
  handed: 'Names given to nodes that came into the neighbourhood.',
  republished: 'Nodes given what they lacked when it was said again.',
}
