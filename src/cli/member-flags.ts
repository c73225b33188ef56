/** What `init`, `join` and `member` let a person say of the member that they run. */
import { hostname } from 'node:os'

import { InvalidArgumentError, Option } from 'commander'

import type { SelfDescription } from '../node/enrolment/commands.ts'
import { memberNameOf } from '../node/enrolment/ring-files.ts'
import { FTP_PORT, HTTP_PORT, portsAt } from '../node/ports.ts'
import { GUEST_PLACES, SETTINGS, type GuestPlace, type Settings } from '../node/settings.ts'
import type { Role } from '../wire/api.ts'
import { dataOption, portFrom } from './options.ts'

/** Of every command that goes on as the member. */
export interface RunFlags {
  readonly data?: string
  readonly http?: number
  readonly ftp?: number
  readonly address?: string
  readonly httpHost?: string
  readonly httpName: readonly string[]
  readonly rpcHost?: string
  readonly guest?: GuestPlace
}

/** Of those that make the member. */
export interface SelfFlags extends RunFlags {
  readonly name?: string
  readonly roles: readonly Role[]
  readonly hostLabel?: string
}

export function runOptions(): readonly Option[] {
  return [
    dataOption(),
    new Option('--http <port>', 'port of the page; all other ports move with it')
      .argParser(portFrom)
      .default(undefined, String(HTTP_PORT)),
    ftpOption(),
    new Option('--address <host>', 'how other machines reach this one (default: as they see it)'),
    new Option(
      '--http-host <host>',
      'address for clients of other machines, by TLS; 0.0.0.0 for all (default: this machine alone)',
    ).argParser((text) => readAs('httpHost', text)),
    new Option('--http-name <name>', 'a name by which those clients come; may be repeated')
      .argParser((text, before: readonly string[]) => [...before, readAs('httpNames', text)])
      .default([], 'the address'),
    new Option(
      '--rpc-host <host>',
      'address on which other members are heard (default: as others reach this machine)',
    ).argParser((text) => readAs('rpcHost', text)),
    guestOption(),
  ]
}

export function ftpOption(): Option {
  return new Option('--ftp <port>', 'port of FTP (default: moves along with --http)')
    .argParser(portFrom)
    .default(undefined, String(FTP_PORT))
}

export function guestOption(): Option {
  return new Option('--guest <where>', 'where people may look without an account')
    .choices(GUEST_PLACES)
    .default(undefined, 'loopback')
}

export function selfOptions(): readonly Option[] {
  return [
    ...runOptions(),
    new Option('--name <name>', 'how people call this member (default: the name of the machine)'),
    new Option('--roles <roles>', 'any of entry (clients’ doors), chord, tweeter (storage)')
      .argParser(readRoles)
      .default(ROLES, 'all'),
    new Option('--host-label <label>', 'what fails together with it (default: the machine)'),
  ]
}

const ROLES: readonly Role[] = ['entry', 'chord', 'tweeter']

function readRoles(text: string): readonly Role[] {
  const words = text.split(',').map((word) => word.trim())
  const strange = words.find((word) => !ROLES.some((role) => role === word))
  if (strange === undefined) return ROLES.filter((role) => words.includes(role))
  throw new InvalidArgumentError(`“${strange}” is no role; there are entry, chord and tweeter.`)
}

/** As the setting of that name is read. */
function readAs(name: 'httpHost' | 'httpNames' | 'rpcHost', text: string): string {
  const read = SETTINGS[name].read(text)
  if ('value' in read) return read.value
  throw new InvalidArgumentError(`${read.problem}.`)
}

export function selfOf(
  flags: SelfFlags,
  { httpPort }: Pick<Settings, 'httpPort'>,
): SelfDescription {
  return {
    name: flags.name ?? memberNameOf(hostname()),
    port: portsAt(flags.http ?? httpPort).rpc,
    roles: flags.roles,
    hostLabel: flags.hostLabel ?? hostname(),
    ...(flags.address === undefined ? {} : { host: flags.address }),
  }
}
