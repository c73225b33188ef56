/** Where DATA is, and what of it the processes of one machine share. */
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

import { AnilloError } from '../base/errors.ts'
import { readSettings, type ReadSettings } from './settings.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** `--data`, else ANILLO_DATA, else as the XDG base directory specification says. Absolute. */
export function dataPathOf(flag: string | undefined, env: Environment): string {
  const given = flag ?? notEmpty(env['ANILLO_DATA'])
  if (given !== undefined) return resolve(given)
  const home = notEmpty(env['HOME']) ?? homedir()
  return resolve(notEmpty(env['XDG_DATA_HOME']) ?? join(home, '.local', 'share'), 'anillo')
}

function notEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}

/** A member's own directory, complete in itself. */
export function memberPath(dataPath: string, name: string): string {
  return join(dataPath, 'members', name)
}

/** @throws AnilloError SETTING_INVALID, DATA_NOT_WRITABLE where the file cannot be read */
export async function loadSettings(dataPath: string, env: Environment): Promise<ReadSettings> {
  const path = join(dataPath, 'settings.json')
  return readSettings({ file: await jsonFile(path), env })
}

async function jsonFile(path: string): Promise<unknown> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (thrown) {
    if (isAbsent(thrown)) return undefined
    throw new AnilloError('DATA_NOT_WRITABLE', { path, problem: problemOf(thrown) })
  }
  try {
    return JSON.parse(text)
  } catch (thrown) {
    const problem = `it is not JSON: ${problemOf(thrown)}`
    throw new AnilloError('SETTING_INVALID', { name: 'settings.json', value: path, problem })
  }
}

function isAbsent(thrown: unknown): boolean {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  return code === 'ENOENT' || code === 'ENOTDIR'
}

function problemOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
