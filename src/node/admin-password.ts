/**
 * The password of the administrator that a ring was founded with, where it was made for the person:
 * in DATA, readable by its owner alone. Commands of that owner log in with it.
 */
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { Disk } from '../effects/disk.ts'
import type { Random } from '../effects/random.ts'
import { requirePassword } from '../services/accounts/texts.ts'
import { writeDurably } from './enrolment/durable-files.ts'

export const ADMIN_NICK = 'admin'

const FILE = 'admin-password'

/** Without those that are taken for others: 5 bits each. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz023456789'
const GROUPS = 5
const GROUP_LETTERS = 4

export function adminPasswordPath(dataPath: string): string {
  return join(dataPath, FILE)
}

/** `undefined` where there is none, or another account of this machine owns it. */
export async function readAdminPassword(dataPath: string): Promise<string | undefined> {
  const text = await readFile(adminPasswordPath(dataPath), 'utf8').catch(() => '')
  const [line = ''] = text.split(/\r?\n/)
  return line === '' ? undefined : line
}

function stalePath(dataPath: string): string {
  return join(dataPath, `${FILE}.wrong`)
}

/** A door refused what stands in it, and it was not written since. */
export async function isAdminPasswordStale(dataPath: string): Promise<boolean> {
  const notedMs = await changedAtMs(stalePath(dataPath))
  return notedMs > 0 && notedMs >= (await changedAtMs(adminPasswordPath(dataPath)))
}

export async function noteAdminPasswordStale(dataPath: string): Promise<void> {
  // In a directory of another account it is tried again by each command.
  await writeFile(stalePath(dataPath), '', { mode: 0o600 }).catch(() => undefined)
}

/** What to do about it. */
export function staleAdminPasswordText(dataPath: string): string {
  const path = adminPasswordPath(dataPath)
  return (
    `the password in ${path} is not that of ${ADMIN_NICK} any more: take that file away, ` +
    `and log in with “npx anillo login ${ADMIN_NICK}”`
  )
}

/** Whether there was one. */
export async function removeAdminPassword(dataPath: string): Promise<boolean> {
  const path = adminPasswordPath(dataPath)
  const wasThere = (await changedAtMs(path)) > 0
  await rm(path, { force: true })
  await rm(stalePath(dataPath), { force: true })
  return wasThere
}

function changedAtMs(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  )
}

/**
 * The one that the person gave, else that of DATA; `undefined` where a ring has no such
 * administrator, or the file was taken away. @throws AnilloError PASSWORD_UNFIT
 */
export async function adminPasswordFor(
  dataPath: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const { ANILLO_ADMIN_PASSWORD: given = '' } = env
  if (given === '') return readAdminPassword(dataPath)
  requirePassword(given, ADMIN_NICK)
  return given
}

/**
 * For a ring that is being founded, unless the person gave one: made by chance, 100 bits.
 * @param disk of DATA
 */
export async function makeAdminPassword({
  disk,
  random,
}: {
  readonly disk: Disk
  readonly random: Random
}): Promise<string> {
  const letters = [...random.bytes(GROUPS * GROUP_LETTERS)].map(
    (byte) => LETTERS[byte % LETTERS.length] ?? '',
  )
  const groups = Array.from({ length: GROUPS }, (_, group) =>
    letters.slice(group * GROUP_LETTERS, (group + 1) * GROUP_LETTERS).join(''),
  )
  const password = groups.join('-')
  await writeDurably(disk, FILE, `${password}\n`)
  return password
}

/** For the person who founds the ring; told this once. */
export function adminPasswordText(dataPath: string, password: string): string {
  const path = adminPasswordPath(dataPath)
  return `log in as ${ADMIN_NICK} with the password ${password}, which is kept in ${path}`
}
