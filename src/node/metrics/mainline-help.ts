/** What a node of Mainline counts, as `/metrics` says it. */
import type { MainlineCountName } from '../../gateways/mainline/counts.ts'

export const MAINLINE_HELP: Readonly<Record<MainlineCountName, string>> = {
  asked: 'Questions that this member asked nodes of Mainline.',
  answers: 'Of these, those that were answered.',
  unasked: 'Answers dropped: nobody asked there, or it is too late.',
  malformed: 'Datagrams dropped: no message of the protocol.',
  questions: 'Questions of other nodes dropped: this one answers nobody.',
  forbidden: 'Questions not asked: the address is none that strangers may name.',
  overdrawn: 'Questions not asked: the look-up had asked enough.',
  failures: 'Answers that the library could not take.',
  said: 'Times that a place of a share was said, or taken back.',
  found: 'Times that a place of a share was found.',
}
