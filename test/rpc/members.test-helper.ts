/** Members with nothing but RPC, for tests over either world. */
import { parseMemberId, parseRingId, type MemberId, type RingId } from '../../src/base/ids.ts'
import { DAY_MS } from '../../src/base/limits.ts'
import type { KeyAndCertificate } from '../../src/effects/crypto.ts'
import type { Effects } from '../../src/effects/effects.ts'
import type { MemberCredentials } from '../../src/effects/net.ts'
import { RpcNode, type RpcNodeOptions } from '../../src/rpc/node.ts'
import type { Method } from '../../src/wire/method.ts'

export const RING = parseRingId('0'.repeat(31) + '1')
export const OTHER_RING = parseRingId('0'.repeat(31) + '2')

/** The n-th member's id; ids order as their numbers do. */
export function memberIdOf(number: number): MemberId {
  return parseMemberId(number.toString(16).padStart(32, '0'))
}

export type RpcEffects = Pick<Effects, 'net' | 'clock' | 'random' | 'log' | 'crypto'>

export interface Ring {
  readonly ringId: RingId
  readonly authority: KeyAndCertificate
}

export async function makeRing(effects: RpcEffects, ringId = RING): Promise<Ring> {
  return { ringId, authority: await effects.crypto.makeAuthority(ringId, effects.clock.wallMs()) }
}

export async function certify(
  effects: RpcEffects,
  ring: Ring,
  memberId: MemberId,
  validForMs = 2 * DAY_MS,
): Promise<MemberCredentials> {
  const { authority, ringId } = ring
  const { privateKeyPem, requestPem } = await effects.crypto.makeRequest(memberId)
  const certificatePem = await effects.crypto.issue({
    authority,
    requestPem,
    ringId,
    memberId,
    validFromMs: effects.clock.wallMs() - DAY_MS,
    validForMs,
  })
  return { authorityPem: authority.certificatePem, certificatePem, privateKeyPem }
}

export interface Place {
  readonly number: number
  readonly host: string
  readonly port: number
  /** Of a certificate that begins a day ago; absent: two days. */
  readonly certificateForMs?: number
}

export async function startMember(
  effects: RpcEffects,
  ring: Ring,
  place: Place & Partial<RpcNodeOptions>,
): Promise<RpcNode> {
  const memberId = memberIdOf(place.number)
  const credentials = await certify(effects, ring, memberId, place.certificateForMs)
  return RpcNode.start({
    effects,
    ringId: ring.ringId,
    memberId,
    endpoint: { host: place.host, port: place.port },
    credentials: place.credentials ?? (() => credentials),
    ...(place.stranger === undefined ? {} : { stranger: place.stranger }),
    ...(place.isAllowed === undefined ? {} : { isAllowed: place.isAllowed }),
    ...(place.outOfDate === undefined ? {} : { outOfDate: place.outOfDate }),
  })
}

interface MethodTraits {
  readonly kind?: 'unary' | 'stream'
  readonly timeoutMs?: number
  readonly idempotent?: boolean
}

/** A method whose questions and answers are anything but undefined. */
export function methodOf(name: string, traits: MethodTraits = {}): Method {
  const any = (value: unknown): unknown => value
  return {
    name,
    kind: traits.kind ?? 'unary',
    readQuestion: any,
    readAnswer: any,
    timeoutMs: traits.timeoutMs ?? 2_000,
    idempotent: traits.idempotent ?? false,
  }
}

/** Opened by the test when something may go on. */
export interface Gate {
  readonly opened: Promise<void>
  open(): void
}

export function gate(): Gate {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { opened: promise, open: resolve }
}
