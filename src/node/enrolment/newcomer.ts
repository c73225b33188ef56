/**
 * The newcomer's side: it asks members, one after another, until one lets it in or refuses for
 * good.
 */
import { AnilloError, parseErrorCode, type ErrorCode } from '../../base/errors.ts'
import { SECOND_MS } from '../../base/limits.ts'
import type { Effects } from '../../effects/effects.ts'
import type { StrangerConnection } from '../../effects/net.ts'
import { pause } from '../../effects/pause.ts'
import {
  ENROL_VERSION,
  FromMember,
  NONCE_BYTES,
  type Admitted,
  type Newcomer,
  type Refused,
} from '../../wire/enrol.ts'
import { EnrolChannel } from './channel.ts'
import { codeOf, commitmentOf } from './code.ts'
import { STILL_WAITING_MS } from './door.ts'
import { parseAddress } from './endpoint.ts'

/** Members that are asked at most, those included that others name on the way. */
const MEMBERS_ASKED_MAX = 16
const CONNECT_TIMEOUT_MS = 5 * SECOND_MS
/** Members that start together, on a busy machine: all are asked again after each of these. */
const ASK_AGAIN_AFTER_MS: readonly number[] = [SECOND_MS, 3 * SECOND_MS]
/** To a token or a nonce, with the ring's list written in between. */
const ANSWER_TIMEOUT_MS = 15 * SECOND_MS
/** Three beats missed: the member is gone. */
const SILENCE_MS = 3 * STILL_WAITING_MS

export type NewcomerEffects = Pick<Effects, 'net' | 'clock' | 'random' | 'crypto'>

/** How the newcomer hopes to be let in. */
export type Claim =
  | { readonly kind: 'token'; readonly text: string; readonly fingerprint: string }
  /** A person compares the code, which binds the authority, so none is known beforehand. */
  | { readonly kind: 'code' }

export type EnrolNews =
  | { readonly kind: 'asking'; readonly address: string }
  | {
      readonly kind: 'code'
      readonly code: string
      readonly address: string
      readonly waitMs: number
    }
  | { readonly kind: 'failed'; readonly address: string; readonly error: AnilloError }

export interface Asking {
  readonly newcomer: Newcomer
  readonly claim: Claim
  /** Member doors, `host:port`, the likeliest first. */
  readonly addresses: readonly string[]
  readonly say: (news: EnrolNews) => void
  readonly signal?: AbortSignal
}

/** What may be over in a moment. */
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'RPC_UNREACHABLE',
  'RPC_TIMEOUT',
  'BUSY',
  'LOOKUP_EXHAUSTED',
  'RING_NOT_READY',
  'STORE_UNAVAILABLE',
  'OUTCOME_UNKNOWN',
])

/** Refusals that the next member may see otherwise. */
const TRY_ELSEWHERE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...PASSING,
  'RPC_GARBLED',
  'RPC_VERSION',
  'ENROL_ELSEWHERE',
  'INTERNAL',
  'TOKEN_WRONG',
])

/**
 * @throws AnilloError RING_NOT_REACHABLE when no member answers; TOKEN_EXPIRED, TOKEN_USED,
 * TOKEN_WRONG, ADMISSION_REFUSED, BUSY, ENROL_ELSEWHERE as the last member that answered refused;
 * RPC_CANCELLED
 */
export async function askToJoin(effects: NewcomerEffects, asking: Asking): Promise<Admitted> {
  const { signal = new AbortController().signal } = asking
  for (const waitMs of ASK_AGAIN_AFTER_MS) {
    const round = await askAll(effects, asking)
    if (round.kind === 'admitted') return round.admitted
    if (!round.mayPass) throw round.error
    await pause(effects.clock, waitMs, signal)
    throwIfCancelled(signal)
  }
  const last = await askAll(effects, asking)
  if (last.kind === 'admitted') return last.admitted
  throw last.error
}

type Round =
  | { readonly kind: 'admitted'; readonly admitted: Admitted }
  /** `mayPass`: somebody may answer otherwise in a moment. */
  | { readonly kind: 'refused'; readonly error: AnilloError; readonly mayPass: boolean }

/** Every member once, those included that others name. */
async function askAll(effects: NewcomerEffects, asking: Asking): Promise<Round> {
  const queue = [...asking.addresses]
  const asked = new Set<string>()
  let refusal: AnilloError | undefined
  let mayPass = false
  for (let address = queue.shift(); address !== undefined; address = queue.shift()) {
    if (asked.has(address) || asked.size >= MEMBERS_ASKED_MAX) continue
    asked.add(address)
    asking.say({ kind: 'asking', address })
    const outcome = await askOne(effects, asking, address)
    if (outcome.kind === 'admitted') return outcome
    const { elsewhere, error } = outcome
    asking.say({ kind: 'failed', address, error })
    if (!TRY_ELSEWHERE.has(error.code)) return { kind: 'refused', error, mayPass: false }
    if (error.code !== 'RPC_UNREACHABLE') refusal = error
    mayPass ||= PASSING.has(error.code)
    queue.push(...elsewhere)
  }
  const addresses = [...asked].join(', ')
  const nobody = { addresses, start: 'npx anillo member' }
  const error = refusal ?? new AnilloError('RING_NOT_REACHABLE', nobody)
  return { kind: 'refused', error, mayPass }
}

type Outcome =
  | { readonly kind: 'admitted'; readonly admitted: Admitted }
  | { readonly kind: 'failed'; readonly error: AnilloError; readonly elsewhere: readonly string[] }

async function askOne(effects: NewcomerEffects, asking: Asking, address: string): Promise<Outcome> {
  try {
    const connection = await connectTo(effects, address)
    return await converse(effects, asking, connection)
  } catch (thrown) {
    if (thrown instanceof AnilloError) return { kind: 'failed', error: thrown, elsewhere: [] }
    throw thrown
  }
}

function connectTo(effects: NewcomerEffects, address: string): Promise<StrangerConnection> {
  const endpoint = parseAddress(address)
  if (endpoint === undefined) {
    throw new AnilloError('RPC_UNREACHABLE', { address, problem: 'that is no host:port' })
  }
  return effects.net.connectAsStranger({ endpoint, timeoutMs: CONNECT_TIMEOUT_MS })
}

type Channel = EnrolChannel<typeof FromMember>

async function converse(
  effects: NewcomerEffects,
  asking: Asking,
  connection: StrangerConnection,
): Promise<Outcome> {
  const channel = new EnrolChannel(connection, FromMember, effects.clock)
  const cancel = (): void => channel.destroy()
  asking.signal?.addEventListener('abort', cancel)
  try {
    throwIfCancelled(asking.signal)
    const fingerprint = connection.authorityFingerprint
    const answer = await present(effects, asking, { channel, fingerprint })
    if (answer.kind === 'refused') return refusedBy(answer)
    checkAuthority(effects, answer, fingerprint)
    return { kind: 'admitted', admitted: answer }
  } catch (thrown) {
    throwIfCancelled(asking.signal)
    throw thrown
  } finally {
    asking.signal?.removeEventListener('abort', cancel)
    channel.end()
  }
}

interface Member {
  readonly channel: Channel
  readonly fingerprint: string
}

function present(
  effects: NewcomerEffects,
  asking: Asking,
  member: Member,
): Promise<Admitted | Refused> {
  const { claim } = asking
  return claim.kind === 'token'
    ? showToken(asking.newcomer, claim, member)
    : showCode(effects, asking, member)
}

/**
 * The token goes only to the ring that made it: whoever else stands at its address must not have
 * it.
 */
async function showToken(
  newcomer: Newcomer,
  claim: Claim & { kind: 'token' },
  { channel, fingerprint }: Member,
): Promise<Admitted | Refused> {
  if (fingerprint !== claim.fingerprint) throw new AnilloError('TOKEN_WRONG')
  channel.send({ kind: 'token', version: ENROL_VERSION, newcomer, token: claim.text })
  return decisive(channel, await channel.next(ANSWER_TIMEOUT_MS))
}

async function showCode(
  effects: NewcomerEffects,
  asking: Asking,
  { channel, fingerprint }: Member,
): Promise<Admitted | Refused> {
  const { newcomer, say } = asking
  const ownNonce = Buffer.from(effects.random.bytes(NONCE_BYTES)).toString('hex')
  const statement = { fingerprint, newcomer }
  const commitment = commitmentOf(statement, ownNonce)
  channel.send({ kind: 'ask', version: ENROL_VERSION, newcomer, commitment })
  const first = await channel.next(ANSWER_TIMEOUT_MS)
  if (first.kind !== 'nonce') return decisive(channel, first)
  channel.send({ kind: 'reveal', nonce: ownNonce })
  const code = codeOf(effects.crypto, statement, { newcomer: ownNonce, member: first.nonce })
  let told = false
  for (;;) {
    const message = await channel.next(SILENCE_MS)
    if (message.kind !== 'waiting') return decisive(channel, message)
    if (!told) say({ kind: 'code', code, address: channel.address, waitMs: message.leftMs })
    told = true
  }
}

function decisive(channel: Channel, message: FromMember): Admitted | Refused {
  if (message.kind === 'admitted' || message.kind === 'refused') return message
  const problem = `“${message.kind}” out of turn`
  throw new AnilloError('RPC_GARBLED', { address: channel.address, problem })
}

/** Codes of a later version that this one does not know count as a plain refusal. */
function refusedBy(refused: Refused): Outcome {
  const code = parseErrorCode(refused.code) ?? 'FORBIDDEN'
  const details = code === 'FORBIDDEN' ? { problem: refused.code } : refused.details
  return { kind: 'failed', error: new AnilloError(code, details), elsewhere: refused.elsewhere }
}

/**
 * The authority that is handed over must be the one that the connection, and so token or code,
 * proved.
 */
function checkAuthority(effects: NewcomerEffects, admitted: Admitted, fingerprint: string): void {
  if (effects.crypto.fingerprint(admitted.authorityPem) === fingerprint) return
  throw new AnilloError('TOKEN_WRONG')
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new AnilloError('RPC_CANCELLED', { method: 'enrolment' })
}
