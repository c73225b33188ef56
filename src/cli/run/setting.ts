/** What `anillo setting` does. */
import { AnilloError } from '../../base/errors.ts'
import type { AnilloClient } from '../../client/client.ts'
import type { RingSetting } from '../../wire/api.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { paintFor } from '../paint.ts'
import { reachRing } from '../reach.ts'
import { tableLines } from '../table.ts'

interface Wanted {
  readonly name: string | undefined
  readonly value: string | undefined
}

export async function runSetting(io: Io, wanted: Wanted, flags: DoorFlags): Promise<ExitCode> {
  const value = wanted.value === undefined ? undefined : valueOf(wanted.value)
  const client = await reachRing(io, flags)
  const settings = chosen(await askFor(client, wanted.name, value), wanted.name)
  if (flags.json) jsonLine(io, { settings })
  else for (const text of settingLines(io, settings)) line(io.out, text)
  return EXIT.done
}

/** @throws AnilloError USAGE */
function valueOf(text: string): number | null {
  if (text === 'default') return null
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new AnilloError('USAGE', { problem: `“${text}” is no whole number, and not “default”` })
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

function settingLines(io: Io, settings: readonly RingSetting[]): readonly string[] {
  const paint = paintFor(io, io.out)
  const lines = tableLines<RingSetting>(
    [
      { title: 'SETTING', text: ({ name }) => name },
      { title: 'VALUE', text: ({ value }) => String(value), right: true },
      { title: 'DEFAULT', text: (setting) => String(setting.default), right: true },
      { title: 'FROM', text: ({ min }) => String(min), right: true },
      { title: 'TO', text: ({ max }) => String(max), right: true },
      { title: 'WHAT', text: ({ what }) => what },
    ],
    settings,
  )
  return lines.map((text, at) => (at === 0 ? paint('dim', text) : text))
}
