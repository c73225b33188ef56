/**
 * Settings: none is needed. Each has a default, may stand in `DATA/settings.json`, and may be given
 * as `ANILLO_<NAME>` in the environment, which wins. `anillo status --settings` shows them all.
 */
import { AnilloError } from '../base/errors.ts'
import { KIB, SECOND_MS } from '../base/limits.ts'
import { DWEETS_PER_PERIOD } from '../wire/dweet-limits.ts'
import { RATE_MIN_PER_SECOND } from '../wire/file-limits.ts'
import { HTTP_PORT, parsePortRange } from './ports.ts'
import { BOOTSTRAP_MAX, MAINLINE_BOOTSTRAP, parseBootstrap } from './share/bootstrap.ts'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export const GUEST_PLACES = ['loopback', 'none'] as const
export const ON_OFF = ['on', 'off'] as const
const SHARE_COMPATS = ['none', 'iic2523'] as const
const SOCKET_ANSWERS = ['json', 'iic2523'] as const
/** Where whoever shows no credential is a guest. */
export type GuestPlace = (typeof GUEST_PLACES)[number]

export const FTP_TLS = ['explicit', 'implicit'] as const
/** Whether an FTP connection begins with the handshake, or asks for it by AUTH TLS. */
export type FtpTls = (typeof FTP_TLS)[number]

export const FTP_GUESTS = ['none', 'anonymous'] as const
/** Whether FTP lets in whoever calls himself `anonymous`, as a guest who only reads. */
export type FtpGuests = (typeof FTP_GUESTS)[number]

export const FTP_DATA_TLS = ['any', 'resumed'] as const
/** Whether an encrypted data connection must go on with the TLS session of its commands. */
export type FtpDataTls = (typeof FTP_DATA_TLS)[number]

/** In DATA. */
export const SETTINGS_FILE = 'settings.json'

export interface Settings {
  readonly downloads: number
  readonly busyDownloads: number
  readonly freshSeconds: number
  readonly workerIdleMs: number
  readonly hangAfterMs: number
  readonly discoveryPort: number
  readonly httpPort: number
  readonly httpHost: string
  readonly httpNames: string
  readonly httpCertificate: string
  readonly httpKey: string
  readonly rpcHost: string
  readonly ftpPort: number
  readonly ftpTls: FtpTls
  readonly ftpDataTls: FtpDataTls
  readonly ftpGuests: FtpGuests
  readonly ftpPassivePorts: string
  readonly ftpAddress: string
  readonly uploadKib: number
  readonly downloadKib: number
  /** Within `DWEETS_PERIOD_MS`. */
  readonly dweetRate: number
  /** Whether sites that dweets link to are asked for a preview. */
  readonly dweetPreviews: (typeof ON_OFF)[number]
  /** `host:port,...` of the open network. */
  readonly shareBootstrap: string
  readonly shareHost: string
  /** Whether the open network is one in which keys have lists. */
  readonly shareCompat: (typeof SHARE_COMPATS)[number]
  /** How the unix socket answers. */
  readonly shareSocket: (typeof SOCKET_ANSWERS)[number]
  /** To all strangers that have shares from a member; 0: no limit. */
  readonly shareKib: number
  /** Downloads of shares that one member serves at once. */
  readonly shareTransfers: number
  /** Whether downloads from outside may go to private networks. */
  readonly sharePrivate: (typeof ON_OFF)[number]
  /** Whether BitTorrent’s Mainline DHT is told where shares are, and asked. */
  readonly shareMainline: (typeof ON_OFF)[number]
  /** `host:port,...` of it. */
  readonly shareMainlineBootstrap: string
  readonly guest: GuestPlace
  readonly diskReserveMib: number
  readonly logLevel: LogLevel
  readonly contact: string
  readonly browser: string
}

export type SettingName = keyof Settings
export type SettingValue = string | number

interface Row<V extends SettingValue> {
  readonly default: V
  /** For `status --settings`. */
  readonly what: string
  /** The value that a text or a JSON value stands for, or a sentence on what is wrong with it. */
  readonly read: (given: SettingValue) => { readonly value: V } | { readonly problem: string }
}

type Table = { readonly [N in SettingName]: Row<Settings[N]> }

const PORT_MAX = 65_535
const PIB_MIB = 2 ** 30
const YEAR_SECONDS = 366 * 24 * 3600

const RATE_KIB_MIN = RATE_MIN_PER_SECOND / KIB
const RATE_KIB_MAX = 2 ** 30

const HOST = /^[\w.:-]{1,253}$/
const MAYBE_HOST = /^[\w.:-]{0,253}$/
const HOSTS = /^(?:[\w.:-]{1,253}(?:,[\w.:-]{1,253}){0,15})?$/
const PATH = { is: /^\P{Cc}{0,4096}$/u, problem: 'it must be the path of a file' }

export const SETTINGS: Table = {
  downloads: integer(64, 'downloads at once at one member', { min: 1, max: 1_024 }),
  busyDownloads: integer(16, 'from so many downloads on a member counts as busy', {
    min: 1,
    max: 1_024,
  }),
  freshSeconds: integer(86_400, 'age up to which a held page is shown without asking its site', {
    min: 0,
    max: YEAR_SECONDS,
  }),
  workerIdleMs: integer(
    20 * SECOND_MS,
    'a member added under load goes after so long without work',
    {
      min: SECOND_MS,
      max: 86_400 * SECOND_MS,
    },
  ),
  hangAfterMs: integer(3 * SECOND_MS, 'a member silent for so long is killed and started again', {
    min: SECOND_MS,
    max: 600 * SECOND_MS,
  }),
  discoveryPort: integer(9_299, 'UDP port on which members find each other', {
    min: 1,
    max: PORT_MAX,
  }),
  httpPort: integer(HTTP_PORT, 'port of the page; all other ports move with it', {
    min: 1,
    max: PORT_MAX,
  }),
  httpHost: text(
    'localhost',
    'address on which the doors for clients listen; TLS beyond loopback',
    {
      is: HOST,
      problem: 'it must be an address or a name of this machine, 0.0.0.0 or :: for all it has',
    },
  ),
  httpNames: text('', 'names and addresses by which clients come from elsewhere, a comma between', {
    is: HOSTS,
    problem: 'it must be up to 16 names or addresses, with a comma between two',
  }),
  httpCertificate: text('', 'file of a certificate for these names, with its chain, as PEM', PATH),
  httpKey: text('', 'file of the key of that certificate, as PEM', PATH),
  rpcHost: text(
    '',
    'address on which other members are heard; where empty, the one told to them beside a door for clients',
    {
      is: MAYBE_HOST,
      problem: 'it must be an address or a name of this machine, 0.0.0.0 or :: for all it has',
    },
  ),
  ftpPort: integer(0, 'port of FTP; 0: 2121, moved along with httpPort', {
    min: 0,
    max: PORT_MAX,
  }),
  ftpTls: choice('explicit', 'how FTP encrypts: explicit by AUTH TLS, implicit at once', FTP_TLS),
  ftpDataTls: choice(
    'any',
    'resumed: encrypted data of FTP must go on with the TLS session of its commands',
    FTP_DATA_TLS,
  ),
  ftpGuests: choice('none', 'anonymous: FTP lets guests in, to read what they may', FTP_GUESTS),
  ftpPassivePorts: {
    default: '30000-30999',
    what: 'ports of FTP’s data connections; the members of one machine share them',
    read: (given) =>
      parsePortRange(String(given)) === undefined
        ? { problem: 'it must be two ports from 1024 to 65535, such as 30000-30999' }
        : { value: String(given) },
  },
  ftpAddress: text('', 'IPv4 address that FTP tells clients of other networks, behind a router', {
    is: /^(?:|(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4})$/,
    problem: 'it must be an IPv4 address, such as 198.51.100.7',
  }),
  uploadKib: rate('KiB of files a second from all clients of a member; 0: no limit'),
  downloadKib: rate('KiB of files a second to all clients of a member; 0: no limit'),
  dweetRate: integer(DWEETS_PER_PERIOD, 'dweets of one account in ten minutes', {
    min: 1,
    max: 1_000_000,
  }),
  dweetPreviews: choice('on', 'whether sites that dweets link to are asked for a preview', ON_OFF),
  shareBootstrap: {
    default: '',
    what: 'nodes of the open network to start from, HOST:PORT, a comma between',
    read: (given) =>
      parseBootstrap(String(given)) === undefined
        ? { problem: `it must be up to ${BOOTSTRAP_MAX} times HOST:PORT, with a comma between two` }
        : { value: String(given) },
  },
  shareHost: text(
    '',
    'address on which the node of the open network is heard; where empty, the member’s own',
    {
      is: MAYBE_HOST,
      problem: 'it must be an address of this machine, or 0.0.0.0 for all it has',
    },
  ),
  shareCompat: choice(
    'none',
    'iic2523: all of the open network keeps lists of values, as nodes of that program',
    SHARE_COMPATS,
  ),
  shareSocket: choice(
    'json',
    'how share.sock answers: json, or iic2523 for programs written for that',
    SOCKET_ANSWERS,
  ),
  shareKib: rate('KiB of shares a second to all strangers, of one member; 0: no limit'),
  shareTransfers: integer(64, 'downloads of shares that one member serves strangers at once', {
    min: 1,
    max: 1_000,
  }),
  sharePrivate: choice(
    'off',
    'on: downloads of shares may go to private networks, whoever names an address there',
    ON_OFF,
  ),
  shareMainline: choice(
    'off',
    'on: BitTorrent’s public DHT is told where shares are, and asked where those of links are',
    ON_OFF,
  ),
  shareMainlineBootstrap: {
    default: MAINLINE_BOOTSTRAP,
    what: 'nodes of that DHT to start from, HOST:PORT, a comma between',
    read: (given) =>
      (parseBootstrap(String(given)) ?? []).length === 0
        ? { problem: `it must be 1 to ${BOOTSTRAP_MAX} times HOST:PORT, with a comma between two` }
        : { value: String(given) },
  },
  guest: choice('loopback', 'where people may look without an account', GUEST_PLACES),
  diskReserveMib: integer(64, 'MiB of the disk kept back: with less free writes are refused', {
    min: 1,
    max: PIB_MIB,
  }),
  logLevel: choice('info', 'the least important lines that the log keeps', LOG_LEVELS),
  contact: text('', 'page or mail address of a person, told to the sites that are asked', {
    // What fits the User-Agent header as a comment (RFC 9110, 5.6.5 and 10.1.5) without quoting.
    is: /^[\w.:/@+~?&=%-]{0,200}$/,
    problem: 'it must be one address of up to 200 letters, digits and ./:@+-_~?&=%',
  }),
  browser: text('', 'program that renders pages, or none; where empty, Chromium is looked for', {
    is: /^(?:|none|(?:\/|[A-Za-z]:[\\/])\P{Cc}{1,4096})$/u,
    problem: 'it must be the whole path of Chromium or Chrome, or none',
  }),
}

function text(
  byDefault: string,
  what: string,
  rule: { readonly is: RegExp; readonly problem: string },
): Row<string> {
  return {
    default: byDefault,
    what,
    read: (given) => {
      const value = String(given)
      return rule.is.test(value) ? { value } : { problem: rule.problem }
    },
  }
}

function integer(
  byDefault: number,
  what: string,
  range: { readonly min: number; readonly max: number },
): Row<number> {
  const problem = `it must be a whole number from ${range.min} to ${range.max}`
  return {
    default: byDefault,
    what,
    read: (given) => {
      const value = typeof given === 'number' ? given : wholeNumber(given)
      const isFit = Number.isInteger(value) && value >= range.min && value <= range.max
      return isFit ? { value } : { problem }
    },
  }
}

/** KiB a second; 0 is none. */
function rate(what: string): Row<number> {
  const problem = `it must be 0, or a whole number from ${RATE_KIB_MIN} to ${RATE_KIB_MAX}`
  const { read } = integer(0, what, { min: 0, max: RATE_KIB_MAX })
  return {
    default: 0,
    what,
    read: (given) => {
      const told = read(given)
      const isFit = 'value' in told && (told.value === 0 || told.value >= RATE_KIB_MIN)
      return isFit ? told : { problem }
    },
  }
}

/** Only digits: `Number` would also take `""`, `1e3` and `0x10`. */
function wholeNumber(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
}

function choice<V extends string>(byDefault: V, what: string, values: readonly V[]): Row<V> {
  return {
    default: byDefault,
    what,
    read: (given) => {
      const value = values.find((one) => one === given)
      return value === undefined ? { problem: `it must be ${values.join(' or ')}` } : { value }
    },
  }
}

/** Where a value comes from. */
export type SettingSource = 'default' | 'settings.json' | 'environment'

export interface SettingInfo {
  readonly name: SettingName
  readonly value: SettingValue
  readonly default: SettingValue
  readonly source: SettingSource
  /** The variable that sets it, e.g. `ANILLO_BUSY_DOWNLOADS`. */
  readonly variable: string
  readonly what: string
}

export interface SettingSources {
  /** The parsed content of `settings.json`; `undefined` where there is none. */
  readonly file: unknown
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface ReadSettings {
  readonly settings: Settings
  readonly infos: readonly SettingInfo[]
}

/** @throws AnilloError SETTING_INVALID, also for a name in the file that is no setting */
export function readSettings(sources: SettingSources): ReadSettings {
  const file = objectOf(sources.file)
  const infos: SettingInfo[] = []
  const one = <N extends SettingName>(name: N): Settings[N] => {
    const row: Row<Settings[N]> = SETTINGS[name]
    const variable = variableOf(name)
    const given = givenFor({ inFile: file[name], inEnv: sources.env[variable] })
    const value = given === undefined ? row.default : checked(name, row, given.value)
    const source = given?.source ?? 'default'
    infos.push({ name, value, default: row.default, source, variable, what: row.what })
    return value
  }
  const settings: Settings = {
    downloads: one('downloads'),
    busyDownloads: one('busyDownloads'),
    freshSeconds: one('freshSeconds'),
    workerIdleMs: one('workerIdleMs'),
    hangAfterMs: one('hangAfterMs'),
    discoveryPort: one('discoveryPort'),
    httpPort: one('httpPort'),
    httpHost: one('httpHost'),
    httpNames: one('httpNames'),
    httpCertificate: one('httpCertificate'),
    httpKey: one('httpKey'),
    rpcHost: one('rpcHost'),
    ftpPort: one('ftpPort'),
    ftpTls: one('ftpTls'),
    ftpDataTls: one('ftpDataTls'),
    ftpGuests: one('ftpGuests'),
    ftpPassivePorts: one('ftpPassivePorts'),
    ftpAddress: one('ftpAddress'),
    uploadKib: one('uploadKib'),
    downloadKib: one('downloadKib'),
    dweetRate: one('dweetRate'),
    dweetPreviews: one('dweetPreviews'),
    shareBootstrap: one('shareBootstrap'),
    shareHost: one('shareHost'),
    shareCompat: one('shareCompat'),
    shareSocket: one('shareSocket'),
    shareKib: one('shareKib'),
    shareTransfers: one('shareTransfers'),
    sharePrivate: one('sharePrivate'),
    shareMainline: one('shareMainline'),
    shareMainlineBootstrap: one('shareMainlineBootstrap'),
    guest: one('guest'),
    diskReserveMib: one('diskReserveMib'),
    logLevel: one('logLevel'),
    contact: one('contact'),
    browser: one('browser'),
  }
  return { settings, infos }
}

/** `busyDownloads` -> `ANILLO_BUSY_DOWNLOADS`. */
export function variableOf(name: SettingName): string {
  return `ANILLO_${name.replaceAll(/[A-Z]/g, '_$&').toUpperCase()}`
}

function givenFor(given: { readonly inFile: unknown; readonly inEnv: string | undefined }) {
  if (given.inEnv !== undefined && given.inEnv !== '') {
    return { value: given.inEnv, source: 'environment' } as const
  }
  if (given.inFile === undefined) return undefined
  return { value: given.inFile, source: 'settings.json' } as const
}

function checked<V extends SettingValue>(name: string, row: Row<V>, given: unknown): V {
  const read =
    typeof given === 'string' || typeof given === 'number'
      ? row.read(given)
      : { problem: 'it must be text or a number' }
  if ('value' in read) return read.value
  throw new AnilloError('SETTING_INVALID', {
    name,
    value: typeof given === 'string' ? given : JSON.stringify(given),
    problem: read.problem,
  })
}

function objectOf(file: unknown): Readonly<Record<string, unknown>> {
  if (file === undefined) return {}
  if (typeof file !== 'object' || file === null || Array.isArray(file)) {
    throw invalid('settings.json', 'it must hold one object, {"name": value, ...}')
  }
  const entries = Object.entries(file)
  for (const [name] of entries) {
    if (!Object.hasOwn(SETTINGS, name)) throw invalid(name, 'there is no such setting')
  }
  return Object.fromEntries(entries)
}

function invalid(name: string, problem: string): AnilloError {
  return new AnilloError('SETTING_INVALID', { name, value: name, problem })
}
