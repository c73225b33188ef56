/**
 * The address of a member's clients' door, left in its directory, so that commands on this machine
 * find it whatever port it was given.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { memberPath } from './data-directory.ts'

const DOOR = 'door'
/** By which clients of other machines come; empty where none do. */
const DOOR_BEYOND = 'door-beyond'
const DOOR_FTP = 'door-ftp'

/** Where a member is reached, on its machine and from others. */
export interface DoorUrls {
  readonly url: string
  readonly beyond: string | undefined
  /** Of FTP, on its machine. */
  readonly ftp: string
}

/** To be called by the process that holds the directory, once its door is open. */
export async function writeDoor(directory: string, doors: DoorUrls): Promise<void> {
  const { beyond = '', ftp, url } = doors
  await writeFile(join(directory, DOOR), `${url}\n`)
  await writeFile(join(directory, DOOR_BEYOND), `${beyond}\n`)
  await writeFile(join(directory, DOOR_FTP), `${ftp}\n`)
}

/** Doors of the members in DATA, running or not, in the order of their names. */
export async function doorsIn(dataPath: string): Promise<readonly string[]> {
  const doors = await Promise.all((await memberPathsIn(dataPath)).map(readDoor))
  return doors.flatMap((url) => url ?? [])
}

/** Directories of the members in DATA, in the order of their names. */
export async function memberPathsIn(dataPath: string): Promise<readonly string[]> {
  const names = await readdir(join(dataPath, 'members')).catch(() => [])
  const sorted = names.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  return sorted.map((name) => memberPath(dataPath, name))
}

/** Of the member with this directory; `undefined` where it never stood. */
export function readDoor(directory: string): Promise<string | undefined> {
  return readUrl(join(directory, DOOR))
}

/** By which clients of other machines come; `undefined` where none do. */
export function readDoorBeyond(directory: string): Promise<string | undefined> {
  return readUrl(join(directory, DOOR_BEYOND))
}

/** Port of the member's FTP door; `undefined` where it never stood. */
export async function readFtpPort(directory: string): Promise<number | undefined> {
  const text = await readFile(join(directory, DOOR_FTP), 'utf8').catch(() => '')
  const port = Number(/^ftps?:\/\/[^\s/]+:(\d{1,5})$/.exec(text.trim())?.[1])
  return Number.isInteger(port) ? port : undefined
}

async function readUrl(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '')
  return /^https?:\/\/\S+$/.test(text.trim()) ? text.trim() : undefined
}
