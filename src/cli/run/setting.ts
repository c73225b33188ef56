/** What `anillo setting` does. */
import { AnilloError } from '../../base/errors.ts'
import type { AnilloClient } from '../../client/client.ts'
import type { RingSetting } from '../../wire/api.ts'
import { parseDuration } from '../duration.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, type Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { reachRing } from '../reach.ts'
import { durationText, type Column } from '../table.ts'
import { printTable } from '../told.ts'

interface Wanted {
  readonly name: string | undefined
  readonly value: string | undefined
}

export async function runSetting(io: Io, wanted: Wanted, flags: DoorFlags): Promise<ExitCode> {
  const value = wanted.value === undefined ? undefined : readSettingValue(wanted)
  const client = await reachRing(io, flags)
  const settings = chosen(await askFor(client, wanted.name, value), wanted.name)
  if (flags.json) jsonLine(io, { settings })
  else printTable(io, COLUMNS, settings)
  return EXIT.done
}

/** What is in ms may be told as `90s`, `15m`, `1h`, `2d`. @throws AnilloError USAGE */
export function readSettingValue({ name = '', value: text = '' }: Wanted): number | null {
  if (text === 'default') return null
  if (/^\d{1,15}$/.test(text)) return Number(text)
  const durationMs = isDuration(name) ? parseDuration(text) : undefined
  if (durationMs !== undefined) return durationMs
  const orDuration = isDuration(name) ? ', no duration as 90s, 15m, 1h or 2d,' : ''
  throw new AnilloError('USAGE', {
    problem: `“${text}” is no whole number${orDuration} and not “default”`,
  })
}

/** Its name tells the unit. */
function isDuration(name: string): boolean {
  return name.endsWith('Ms')
}

function askFor(
  client: AnilloClient,
  name: string | undefined,
  value: number | null | undefined,
): Promise<readonly RingSetting[]> {
  return name === undefined || value === undefined ? client.settings() : client.set(name, value)
}

/** @throws AnilloError NOT_FOUND */
function chosen(
  settings: readonly RingSetting[],
  name: string | undefined,
): readonly RingSetting[] {
  if (name === undefined) return settings
  const one = settings.filter((setting) => setting.name === name)
  if (one.length > 0) return one
  throw new AnilloError('NOT_FOUND', { what: `setting ${name}` })
}

/** `900000 (15 min)`; a number of other things as it is. */
function valueText(name: string, value: number): string {
  return isDuration(name) && value > 0 ? `${value} (${durationText(value)})` : String(value)
}

const COLUMNS: readonly Column<RingSetting>[] = [
  { title: 'SETTING', text: ({ name }) => name },
  { title: 'VALUE', text: ({ name, value }) => valueText(name, value), right: true },
  { title: 'DEFAULT', text: (setting) => valueText(setting.name, setting.default), right: true },
  { title: 'FROM', text: ({ name, min }) => valueText(name, min), right: true },
  { title: 'TO', text: ({ name, max }) => valueText(name, max), right: true },
  { title: 'WHAT', text: ({ what }) => what },
]
