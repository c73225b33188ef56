/**
 * The password of the administrator that a ring was founded with, where it was made for the person:
 * in DATA, readable by its owner alone. Commands of that owner log in with it.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

export const ADMIN_NICK = 'admin'

export function adminPasswordPath(dataPath: string): string {
  return join(dataPath, 'admin-password')
}

/** `undefined` where there is none, or another account of this machine owns it. */
export async function readAdminPassword(dataPath: string): Promise<string | undefined> {
  const text = await readFile(adminPasswordPath(dataPath), 'utf8').catch(() => '')
  const [line = ''] = text.split(/\r?\n/)
  return line === '' ? undefined : line
}
