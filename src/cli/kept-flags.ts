/**
 * What `init`, `join` and `up` are told about doors stands in `DATA/settings.json` from the first
 * start on, so that a bare `anillo member` or `anillo up` opens the same doors and no others.
 */
import { join } from 'node:path'

import { AnilloError, asAnilloError } from '../base/errors.ts'
import { readJson, writeDurably } from '../node/enrolment/durable-files.ts'
import { SETTINGS_FILE, type SettingInfo, type Settings } from '../node/settings.ts'
import { platformDisk } from '../platform/disk.ts'
import type { RunFlags } from './member-flags.ts'

/** Those settings that flags of the same meaning can say. */
type Flagged = Partial<Pick<Settings, keyof typeof FLAGS>>

const FLAGS = {
  httpPort: '--http',
  ftpPort: '--ftp',
  httpHost: '--http-host',
  httpNames: '--http-name',
  rpcHost: '--rpc-host',
  guest: '--guest',
} as const
const NAMES = ['httpPort', 'ftpPort', 'httpHost', 'httpNames', 'rpcHost', 'guest'] as const

export function givenBy({ ftp, guest, http, httpHost, httpName, rpcHost }: RunFlags): Flagged {
  return {
    ...(http === undefined ? {} : { httpPort: http }),
    ...(ftp === undefined ? {} : { ftpPort: ftp }),
    ...(httpHost === undefined ? {} : { httpHost }),
    ...(httpName.length === 0 ? {} : { httpNames: httpName.join() }),
    ...(rpcHost === undefined ? {} : { rpcHost }),
    ...(guest === undefined ? {} : { guest }),
  }
}

/** Flags win over settings. */
export function withFlags(settings: Settings, flags: RunFlags): Settings {
  return { ...settings, ...givenBy(flags) }
}

/** What a flag says otherwise than `settings.json` does. */
export function overrides(infos: readonly SettingInfo[], flags: RunFlags): readonly string[] {
  const given = givenBy(flags)
  return NAMES.flatMap((name) => {
    const info = infos.find((one) => one.name === name)
    const value = given[name]
    if (info?.source !== 'settings.json' || value === undefined || value === info.value) return []
    return [`${FLAGS[name]} ${value} instead of ${info.value || 'none'}`]
  })
}

/**
 * @returns the names of those that were written
 * @throws AnilloError DATA_NOT_WRITABLE, DISK_FULL
 */
export async function keepFlags(
  dataPath: string,
  infos: readonly SettingInfo[],
  flags: RunFlags,
): Promise<readonly string[]> {
  const given = givenBy(flags)
  // What stands there is never left out: a default may be another one in a later version.
  const changed = NAMES.filter((name) => {
    const info = infos.find((one) => one.name === name)
    const isThere = info?.source === 'settings.json' && info.value === given[name]
    return given[name] !== undefined && !isThere
  })
  if (changed.length === 0) return changed
  const disk = platformDisk(dataPath)
  const before = objectOf(await readJson(disk, SETTINGS_FILE))
  const file = { ...before, ...Object.fromEntries(changed.map((name) => [name, given[name]])) }
  await writeDurably(disk, SETTINGS_FILE, `${JSON.stringify(file, undefined, 2)}\n`)
  return changed
}

/** To be called when the doors are open: what cannot be opened is not kept. Never throws. */
export async function keepAndTell(
  dataPath: string,
  kept: {
    readonly infos: readonly SettingInfo[]
    readonly flags: RunFlags
    readonly say: (text: string) => void
  },
): Promise<void> {
  const path = join(dataPath, SETTINGS_FILE)
  try {
    const names = await keepFlags(dataPath, kept.infos, kept.flags)
    if (names.length > 0) kept.say(`${names.join(', ')} kept in ${path}`)
  } catch (thrown) {
    const problem = asAnilloError(thrown).message
    kept.say(`${path} cannot be written, give the flags at each start: ${problem}`)
  }
}

/** `readSettings` refused anything else when the member started. */
function objectOf(file: unknown): object {
  if (file === undefined) return {}
  if (typeof file === 'object' && file !== null) return file
  throw new AnilloError('DATA_DAMAGED', { path: SETTINGS_FILE, problem: 'it holds no object' })
}
