/**
 * What the owner of a member's directory shows to its door for orders that tell everything it
 * keeps: a backup. Made anew at each start, readable by the owner alone.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { sha256Hex } from '../base/hash.ts'
import type { Effects } from '../effects/effects.ts'
import { memberPathsIn, readDoor } from './doors.ts'
import { writeDurably } from './enrolment/durable-files.ts'

const NAME = 'operator'
const KEY_BYTES = 32

/** @returns whether a text is the key; told by hashes, so that time tells nothing of it. */
export async function makeOperatorKey({
  disk,
  random,
}: Pick<Effects, 'disk' | 'random'>): Promise<(text: string) => boolean> {
  const key = Buffer.from(random.bytes(KEY_BYTES)).toString('hex')
  await writeDurably(disk, NAME, `${key}\n`)
  const expected = sha256Hex(key)
  return (text) => sha256Hex(text) === expected
}

export interface OperatorDoor {
  readonly url: string
  readonly key: string
}

/** Doors of members in DATA, running or not, with their keys. */
export async function operatorDoorsIn(dataPath: string): Promise<readonly OperatorDoor[]> {
  const doors = await Promise.all([dataPath, ...(await memberPathsIn(dataPath))].map(doorIn))
  return doors.flatMap((door) => door ?? [])
}

async function doorIn(path: string): Promise<OperatorDoor | undefined> {
  const url = await readDoor(path)
  const key = await readFile(join(path, NAME), 'utf8').catch(() => '')
  return url === undefined || key === '' ? undefined : { url, key: key.trim() }
}
