/**
 * Certificates for doors for clients, issued by the ring's own authority: by this member where it
 * holds the key, else by any member that does.
 */
import { AnilloError } from '../../base/errors.ts'
import { DAY_MS } from '../../base/limits.ts'
import type { Effects } from '../../effects/effects.ts'
import type { RpcClient, Target } from '../../rpc/types.ts'
import { certifyDoor } from '../../wire/enrolment.ts'
import { CLOCK_SKEW_MS, type FoundedRing } from './found.ts'

/** Four weeks: asked for anew after two, and long enough for a holiday of who looks after it. */
export const DOOR_VALID_MS = 28 * DAY_MS

export interface DoorRequest {
  readonly requestPem: string
  readonly names: readonly string[]
}

export interface DoorCertificate {
  readonly certificatePem: string
  readonly authorityPem: string
  /** Wall clock. */
  readonly certificateUntilMs: number
}

/** @throws AnilloError BAD_REQUEST when the request's own signature does not hold */
export async function issueDoor(
  { clock, crypto }: Pick<Effects, 'clock' | 'crypto'>,
  { ringId, authority }: FoundedRing,
  { requestPem, names }: DoorRequest,
): Promise<DoorCertificate> {
  const nowMs = clock.wallMs()
  const certificatePem = await crypto.issueDoor({
    authority,
    requestPem,
    ringId,
    names,
    validFromMs: nowMs - CLOCK_SKEW_MS,
    validForMs: DOOR_VALID_MS + CLOCK_SKEW_MS,
  })
  const authorityPem = authority.certificatePem
  return { certificatePem, authorityPem, certificateUntilMs: nowMs + DOOR_VALID_MS }
}

/** The first answer of any member; the last failure where none answers. */
export async function askForDoor(
  client: RpcClient,
  members: readonly Target[],
  request: DoorRequest,
): Promise<DoorCertificate> {
  let failure: unknown = new AnilloError('RING_NOT_READY')
  for (const member of members) {
    try {
      const { requestPem, names } = request
      return await client.call(member, certifyDoor, { requestPem, names: [...names] })
    } catch (thrown) {
      failure = thrown
    }
  }
  throw failure
}
