/** Where the doors for clients stand, as flags and settings say. */
import { AnilloError } from '../../base/errors.ts'
import type { Role } from '../../wire/api.ts'
import { DOOR_NAME } from '../../wire/enrolment.ts'
import { isLoopback } from '../enrolment/endpoint.ts'
import type { Settings } from '../settings.ts'

/** A door that clients of other machines come through. */
export interface DoorPlan {
  /** An address or a name of this machine, or all addresses: `0.0.0.0`, `::`. */
  readonly host: string
  /** By which clients come, in lower case; none told: by the addresses. */
  readonly names: readonly string[]
  /** Paths of a certificate and its key that were given; else the ring's authority issues one. */
  readonly given: { readonly certificate: string; readonly key: string } | undefined
}

type DoorSettings = Pick<Settings, 'httpHost' | 'httpNames' | 'httpCertificate' | 'httpKey'>

/**
 * `undefined`: the doors are reached on loopback alone.
 * @throws AnilloError USAGE, SETTING_INVALID
 */
export function planDoor(settings: DoorSettings, roles: readonly Role[]): DoorPlan | undefined {
  const { httpCertificate, httpHost, httpKey, httpNames } = settings
  if (isLoopback(httpHost)) return undefined
  if (!roles.includes('entry')) {
    const problem = 'a member without the role entry opens no door to clients (--http-host)'
    throw new AnilloError('USAGE', { problem })
  }
  const names = httpNames.split(',').filter((name) => name !== '')
  const strange = names.find((name) => !NAME.test(name))
  if (strange !== undefined) throw invalid('httpNames', strange, 'it names no host')
  if ((httpCertificate === '') !== (httpKey === '')) {
    const [name, value] = httpKey === '' ? ['httpKey', httpKey] : ['httpCertificate', '']
    throw invalid(name, value, 'a certificate and its key are given together')
  }
  const isGiven = httpCertificate !== ''
  return {
    host: httpHost,
    names: names.map((name) => name.toLowerCase()),
    given: isGiven ? { certificate: httpCertificate, key: httpKey } : undefined,
  }
}

const NAME = new RegExp(DOOR_NAME)

function invalid(name: string, value: string, problem: string): AnilloError {
  return new AnilloError('SETTING_INVALID', { name, value, problem })
}

/** Every address of the machine. */
export function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}
