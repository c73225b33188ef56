/** What `anillo lock` does. */
import type { LockHeld } from '../../wire/api-records.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { reachRing } from '../reach.ts'
import { told } from '../told.ts'

export interface AcquireFlags extends DoorFlags {
  readonly ttl: number
  readonly wait?: number
}

export interface RenewFlags extends DoorFlags {
  readonly ttl: number
}

export interface HeldName {
  readonly name: string
  readonly token: string
}

/** The token alone on standard output, so that a script can keep it. */
export async function runAcquire(io: Io, name: string, flags: AcquireFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const { ttl, wait } = flags
  const held = await client.locks.acquire(name, { ttl, ...(wait === undefined ? {} : { wait }) })
  if (flags.json) jsonLine(io, { name, ...held })
  else {
    line(io.out, held.token)
    line(io.err, heldText(held))
  }
  return EXIT.done
}

export async function runRenew(io: Io, held: HeldName, flags: RenewFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const { name, token } = held
  const renewed = await client.locks.renew(name, { token, ttl: flags.ttl })
  if (flags.json) jsonLine(io, { name, ...renewed })
  else line(io.err, heldText(renewed))
  return EXIT.done
}

export async function runRelease(io: Io, held: HeldName, flags: DoorFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  await client.locks.release(held.name, held.token)
  if (flags.json) jsonLine(io, { name: held.name })
  else line(io.err, 'given back')
  return EXIT.done
}

export async function runShow(io: Io, name: string, flags: DoorFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const seen = await client.locks.look(name)
  return told(io, flags, {
    json: { name, isHeld: seen !== undefined, ...seen },
    text: seen === undefined ? 'free' : `held: ${heldText(seen)}`,
  })
}

function heldText({ expiresAt, fence }: Pick<LockHeld, 'expiresAt' | 'fence'>): string {
  return `until ${expiresAt}, fence ${fence}`
}
