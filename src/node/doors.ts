/**
 * What a running member leaves in its directory for people and commands on this machine: its pid,
 * so that anyone can kill it and watch, and the address of its clients' door.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { memberPath } from './data-directory.ts'

const PID = 'pid'
const DOOR = 'door'

/** To be called by the process that holds the directory, once its door is open. */
export async function writeMarks(directory: string, url: string): Promise<void> {
  await writeFile(join(directory, PID), `${process.pid}\n`)
  await writeFile(join(directory, DOOR), `${url}\n`)
}

/** Doors of the members in DATA, running or not, in the order of their names. */
export async function doorsIn(dataPath: string): Promise<readonly string[]> {
  const names = await readdir(join(dataPath, 'members')).catch(() => [])
  const sorted = names.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  const doors = await Promise.all(
    sorted.map((name) => readFile(join(memberPath(dataPath, name), DOOR), 'utf8').catch(() => '')),
  )
  return doors.map((text) => text.trim()).filter((url) => /^https?:\/\/\S+$/.test(url))
}
