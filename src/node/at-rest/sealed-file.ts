/**
 * A member's small secrets in files of their own, sealed under its key: a line that says so, then
 * base64. Files that an earlier version left in clear are read too; `isSealed` tells them apart, so
 * that they are sealed at the next start.
 */
import { tryText, utf8 } from '../../base/bytes.ts'
import { AnilloError } from '../../base/errors.ts'
import type { Effects } from '../../effects/effects.ts'
import { readText, writeDurably } from '../enrolment/durable-files.ts'

/** A member's directory, and the key that seals what is secret in it. */
export interface SealedDisk extends Pick<Effects, 'disk' | 'cipher'> {
  /** Of the member, 32 bytes. */
  readonly key: Uint8Array
}

export interface SealedText {
  readonly text: string
  readonly isSealed: boolean
}

const HEAD = 'anillo-sealed-1\n'

export async function writeSealed(
  { disk, cipher, key }: SealedDisk,
  path: string,
  text: string,
): Promise<void> {
  const sealed = cipher.seal(key, utf8(text), boundTo(path))
  await writeDurably(disk, path, `${HEAD}${Buffer.from(sealed).toString('base64')}\n`)
}

/** `undefined` when there is none. @throws AnilloError DATA_DAMAGED */
export async function readSealed(
  { disk, cipher, key }: SealedDisk,
  path: string,
): Promise<SealedText | undefined> {
  const text = await readText(disk, path)
  if (text === undefined) return undefined
  if (!text.startsWith(HEAD)) return { text, isSealed: false }
  const sealed = new Uint8Array(Buffer.from(text.slice(HEAD.length), 'base64'))
  const opened = cipher.open(key, sealed, boundTo(path))
  const read = opened === undefined ? undefined : tryText(opened)
  if (read !== undefined) return { text: read, isSealed: true }
  const problem = 'it was changed, or sealed under another key'
  throw new AnilloError('DATA_DAMAGED', { path, problem })
}

/** One file does not pass for another under the same key. */
function boundTo(path: string): Uint8Array {
  return utf8(`anillo sealed file 1 ${path.slice(path.lastIndexOf('/') + 1)}`)
}
