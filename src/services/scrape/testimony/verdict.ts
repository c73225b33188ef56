/**
 * What is to be thought of a testimony (docs/spec/testimony.md): checked with nothing but the
 * document itself. Whom the authority's certificate belongs to is for whoever reads it to know.
 */
import { tryBase64 } from '../../../base/base64.ts'
import { utf8 } from '../../../base/bytes.ts'
import { MINUTE_MS } from '../../../base/limits.ts'
import type { Crypto } from '../../../effects/crypto.ts'
import type {
  TestimonyProblem,
  TestimonyProblemCode,
  TestimonyVerdict,
  WitnessSaid,
} from '../../../wire/api-testimony.ts'
import { readStatement, type Statement } from '../../../wire/statement.ts'
import { readTestimony, type SignedStatement } from '../../../wire/testimony.ts'

/**
 * From the first request to the last: those that are asked in the place of others begin later, and
 * clocks differ.
 */
export const TESTIMONY_SPREAD_MS_MAX = 2 * MINUTE_MS

export interface VerdictQuestion {
  /** Fingerprints of those that count; absent: whichever are in the document. */
  readonly authorities?: readonly string[] | undefined
  /** Content that is said to be the one. */
  readonly content?: { readonly sha256: string; readonly bytes: number } | undefined
}

type Checks = Pick<Crypto, 'certified' | 'verify' | 'fingerprint'>

/** One statement, and why it does not count. */
interface Checked {
  readonly statement: Statement | undefined
  readonly problem: TestimonyProblemCode | undefined
  /** The one that signed its certificate. */
  readonly authority?: string
}

export function verdictOn(
  text: string,
  crypto: Checks,
  { authorities: trusted, content }: VerdictQuestion = {},
): TestimonyVerdict {
  const testimony = readTestimony(text)
  if (testimony === undefined) return { ...NOTHING, problems: [{ code: 'unreadable' }] }
  const { authorities, statements } = testimony
  const checked = statements.map((one) => checkStatement(one, authorities, crypto))
  const said = checked.flatMap(({ statement }) => statement ?? [])
  const used = authorities.filter((pem) => checked.some((one) => one.authority === pem))
  const fingerprints = used.map((pem) => crypto.fingerprint(pem))
  const isForeign = fingerprints.some((one) => trusted?.includes(one) === false)
  const isIdle = used.length < authorities.length
  const witnesses = grouped(said)
  return {
    problems: [
      ...checked.flatMap(({ problem: code }, statement) =>
        code === undefined ? [] : [{ code, statement }],
      ),
      ...problemsTogether(said),
      ...(isForeign || isIdle ? [{ code: 'authority' } as const] : []),
    ],
    ...countsOf(said, witnesses),
    authorities: fingerprints,
    witnesses,
    ...(content === undefined ? {} : { contentGroup: groupOf(witnesses, content) }),
  }
}

/** Whether it counts, and what it says. */
export function checkStatement(
  { certificate, signature, text }: SignedStatement,
  authorities: readonly string[],
  crypto: Pick<Crypto, 'certified' | 'verify'>,
): Checked {
  const statement = readStatement(text)
  if (statement === undefined) return { statement, problem: 'statement' }
  for (const authority of authorities) {
    const member = crypto.certified(certificate, authority)
    if (member === undefined) continue
    if (member.memberId !== statement.member || member.ringId !== statement.ring) break
    const bytes = tryBase64(signature)
    if (bytes === undefined || !crypto.verify(certificate, utf8(text), bytes)) {
      return { statement, authority, problem: 'signature' }
    }
    const isValid = [statement.asked, statement.received].every((instant) => {
      const atMs = Date.parse(instant)
      return atMs >= member.validFromMs && atMs <= member.validUntilMs
    })
    return { statement, authority, problem: isValid ? undefined : 'dates' }
  }
  return { statement, problem: 'certificate' }
}

/** What is wrong with statements that may each be right. */
function problemsTogether(said: readonly Statement[]): readonly TestimonyProblem[] {
  const [first] = said
  if (first === undefined) return []
  const members = new Set(said.map(({ member }) => member))
  const isOfOne = said.every(
    ({ nonce, ring, url, witnesses }) =>
      nonce === first.nonce &&
      ring === first.ring &&
      url === first.url &&
      witnesses === first.witnesses,
  )
  const areTimes = said.every(({ asked, received }) => asked <= received)
  const codes: readonly (readonly [boolean, TestimonyProblemCode])[] = [
    [members.size < said.length, 'twice'],
    [!isOfOne, 'another'],
    [!areTimes || spreadOf(said) > TESTIMONY_SPREAD_MS_MAX, 'times'],
    [said.length > first.witnesses, 'tooMany'],
  ]
  return codes.flatMap(([isWrong, code]) => (isWrong ? [{ code }] : []))
}

function countsOf(said: readonly Statement[], witnesses: readonly WitnessSaid[]) {
  const asked = said[0]?.witnesses ?? 0
  const agree = witnesses.filter(({ group }) => group === 0).length
  return {
    url: said[0]?.url ?? '',
    ring: said[0]?.ring ?? '',
    asked,
    told: said.length,
    agree,
    isMajority: 2 * agree > asked,
    spreadMs: spreadOf(said),
  }
}

function spreadOf(said: readonly Statement[]): number {
  const times = said.map(({ asked }) => Date.parse(asked))
  return times.length === 0 ? 0 : Math.max(...times) - Math.min(...times)
}

/** Those that saw the same, by how many they are; of as many, whose copy is kept. */
function grouped(said: readonly Statement[]): WitnessSaid[] {
  const members = new Map<string, number>()
  for (const one of said) members.set(seenBy(one), (members.get(seenBy(one)) ?? 0) + 1)
  // Maps keep the order in which their keys came, and sorting keeps it among equals.
  const order = [...members].toSorted(([, a], [, b]) => b - a).map(([seen]) => seen)
  return said.map((statement) => {
    const { address, asked, contentBytes, contentSha256, finalUrl, headersSha256 } = statement
    const { member, received, status } = statement
    const seen = { status, finalUrl, contentSha256, contentBytes, headersSha256, address }
    return { member, ...seen, asked, received, group: order.indexOf(seenBy(statement)) }
  })
}

/** What makes two of them agree: headers have dates and cookies that always differ. */
function seenBy({ contentBytes, contentSha256, status }: Statement): string {
  return `${status} ${contentSha256} ${contentBytes}`
}

function groupOf(
  witnesses: readonly WitnessSaid[],
  { bytes, sha256 }: { readonly sha256: string; readonly bytes: number },
): number {
  const seen = witnesses.filter(
    ({ contentBytes, contentSha256 }) => contentSha256 === sha256 && contentBytes === bytes,
  )
  return seen.length === 0 ? -1 : Math.min(...seen.map(({ group }) => group))
}

const NOTHING: TestimonyVerdict = {
  problems: [],
  url: '',
  ring: '',
  asked: 0,
  told: 0,
  agree: 0,
  isMajority: false,
  spreadMs: 0,
  authorities: [],
  witnesses: [],
}
