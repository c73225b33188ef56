/** What is to be thought of a testimony, for people. */
import { sizeText } from '../base/size-text.ts'
import type {
  TestimonyProblem,
  TestimonyProblemCode,
  TestimonyVerdict,
  WitnessSaid,
} from '../wire/api-testimony.ts'
import { AUTHORITY_FILE } from './options.ts'
import { factText, type Paint } from './paint.ts'
import { durationText } from './table.ts'

/** What each problem means (docs/spec/testimony.md). */
const PROBLEMS: Readonly<Record<TestimonyProblemCode, string>> = {
  unreadable: 'it is no testimony, or not written as one: something in it was changed',
  statement: 'what it says is not written as a statement is',
  certificate: 'its certificate is none of the authority, or another member’s',
  signature: 'the signature does not hold: the statement was changed, or another signed it',
  dates: 'its certificate did not hold at the time that it tells',
  authority: 'it is of another authority',
  twice: 'a member stands in it twice',
  another: 'its statements are of different requests',
  times: 'its times do not fit together',
  tooMany: 'it has more members than were asked',
}

/** It is what it says it is, most saw the same, and the content that was shown is that. */
export function isGood({ contentGroup, isMajority, problems }: TestimonyVerdict): boolean {
  return problems.length === 0 && isMajority && (contentGroup === undefined || contentGroup === 0)
}

export function verdictLines(
  verdict: TestimonyVerdict,
  look: { readonly paint: Paint; readonly isAuthorityGiven: boolean },
): readonly string[] {
  const { paint } = look
  const { authorities, problems, url, witnesses } = verdict
  const head = isGood(verdict) ? paint('green', headOf(verdict)) : paint('red', headOf(verdict))
  if (witnesses.length === 0) return [head, ...problems.map((one) => `  ${problemText(one)}`)]
  const row = (name: string, text: string): string => `  ${factText(paint, name, text)}`
  const common = witnesses.find(({ group }) => group === 0)
  return [
    head,
    ...problems.map((one) => `  ${problemText(one)}`),
    row('address', printable(url)),
    ...(common === undefined ? [] : [row('content', contentText(common))]),
    ...(verdict.contentGroup === undefined ? [] : [row('file', fileText(verdict))]),
    row('requests', `within ${durationText(verdict.spreadMs)}`),
    ...authorities.map((fingerprint) => row('authority', `sha256 ${fingerprint}`)),
    ...(look.isAuthorityGiven
      ? []
      : [row('', `Is that your ring? --authority ${AUTHORITY_FILE} checks it.`)]),
    ...witnesses.map((said) => row('member', saidText(said))),
  ]
}

function headOf(verdict: TestimonyVerdict): string {
  const { agree, asked, contentGroup, isMajority, problems } = verdict
  if (problems.length > 0) return 'NOT verified'
  const counts = `${agree} of ${asked} members saw the same`
  if (!isMajority) return `NOT agreed: only ${counts}`
  if (contentGroup !== undefined && contentGroup !== 0) return 'NOT that content'
  return `verified: ${counts}`
}

function problemText({ code, statement }: TestimonyProblem): string {
  const which = statement === undefined ? '' : `statement ${statement + 1}: `
  return `${which}${PROBLEMS[code]}`
}

function contentText({ contentBytes, contentSha256, status }: WitnessSaid): string {
  return `sha256 ${contentSha256}, ${sizeText(contentBytes)}, status ${status}`
}

function fileText({ agree, asked, contentGroup = -1, witnesses }: TestimonyVerdict): string {
  if (contentGroup === 0) return `it is what ${agree} of ${asked} saw`
  if (contentGroup < 0) return 'nobody saw this content'
  const few = witnesses.filter(({ group }) => group === contentGroup).length
  return `only ${few} of ${asked} saw this content`
}

function saidText({ address, asked, contentSha256, group, member, status }: WitnessSaid): string {
  const saw = group === 0 ? 'the same' : `another: ${status}, sha256 ${contentSha256.slice(0, 16)}…`
  return `${member} at ${asked} from ${printable(address)}: ${saw}`
}

/** Nothing that stands in a file steers the terminal. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '')
}
